"""The ready message and `ready.json`, written once everything runs."""

from typing import Any

from chalicelib.config import Settings
from local.network import listens_everywhere
from local.private_files import Secrets
from local.settings import ADMIN_EMAIL, DEMO_EMAIL, HOST, REGION, LocalSettings


def ready_document(settings: LocalSettings, secrets: Secrets, users: Settings) -> dict[str, Any]:
    """`ready.json`. `users` is what the user has set."""
    return {
        "http_url": settings.http_url,
        "ws_url": settings.ws_url,
        "rtmp_url": settings.rtmp_url,
        "demo": {"email": DEMO_EMAIL, "password": secrets.demo_password},
        "admin_secret": users.admin_secrets[0] if users.admin_secrets else secrets.admin_secret,
    }


def ready_block(settings: LocalSettings, secrets: Secrets, users: Settings, seconds: float) -> str:
    ingest = settings.rtmp_url
    elsewhere = "ingest_urls" in users.model_fields_set
    server = users.ingest_url(REGION) if elsewhere else ingest
    return f"""
stream-sync is ready ({seconds:.1f} s)

  Watch       {settings.http_url}
  Studio      {settings.http_url}/studio
  Metrics     {settings.http_url}/metrics
  Admin       {settings.http_url}/admin
  Sign in     {DEMO_EMAIL}  /  {secrets.demo_password}  (as administrator: {ADMIN_EMAIL}, same password)
  Ingest      {ingest}  ({_reach(settings)})

  In OBS      Settings > Stream: Service "Custom...", Server {server}
              Stream Key: sign in to the studio and press Copy beside the key
  No OBS?     make demo     (in another terminal: streams a test card with sound)
  curl        make token    (-H "Authorization: Bearer $(make -s token)" {settings.http_url}/api/channel)

  Logs and state are in {settings.state_dir}. Ctrl-C stops everything; channels and keys are kept."""


def _reach(settings: LocalSettings) -> str:
    if settings.rtmp_host == HOST:
        return "this machine only; set STREAM_SYNC_RTMP_HOST=0.0.0.0 to publish from others"
    if listens_everywhere(settings.rtmp_host):
        return "on every address of this machine; other machines can publish"
    return "other machines can publish"
