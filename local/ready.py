"""What the user and the tests learn once everything is up."""

from typing import Any

from local.private_files import Secrets
from local.settings import DEMO_EMAIL, LocalSettings


def ready_document(settings: LocalSettings, secrets: Secrets) -> dict[str, Any]:
    """`ready.json`."""
    return {
        "http_url": settings.http_url,
        "ws_url": settings.ws_url,
        "rtmp_url": settings.rtmp_url,
        "demo": {"email": DEMO_EMAIL, "password": secrets.demo_password},
        "admin_secret": secrets.admin_secret,
    }


def ready_block(settings: LocalSettings, secrets: Secrets, seconds: float) -> str:
    return f"""
stream-sync is ready ({seconds:.1f} s)

  Dashboard   {settings.http_url}
  Sign in     {DEMO_EMAIL}  /  {secrets.demo_password}
  Ingest      {settings.rtmp_url}

  In OBS      Settings > Stream: Service "Custom...", Server {settings.rtmp_url}
              Stream Key: sign in to the dashboard and press Copy beside the key
  No OBS?     make demo     (in another terminal: broadcasts a test card with sound)
  For curl    make token    (-H "Authorization: Bearer $(make -s token)" {settings.http_url}/api/channel)

  Logs and state are in {settings.state_dir}. Ctrl-C stops everything; channels and keys are kept."""
