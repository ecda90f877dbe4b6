"""The environment of the children: ours, the emulator's, and nothing of the user's own AWS account."""

import json
import os
from collections.abc import Mapping

from local.private_files import Secrets, SignIn
from local.settings import HOST, KEY_ALIAS, NODE_ID, REGION, STAGE, LocalSettings


def cloud_environment(settings: LocalSettings, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The inherited environment with every AWS variable replaced, so that no call can reach a real account."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    no_proxy = ",".join(filter(None, [kept.get("NO_PROXY") or kept.get("no_proxy"), HOST, "localhost"]))
    return kept | {
        "AWS_ENDPOINT_URL": settings.cloud_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "PYTHONUNBUFFERED": "1",
        "STREAM_SYNC_STAGE": STAGE,
        "STREAM_SYNC_REGION": REGION,
        "STREAM_SYNC_TABLE_PREFIX": f"stream-sync-{STAGE}-",
        "STREAM_SYNC_EVENT_BUS": f"stream-sync-{STAGE}",
        "STREAM_SYNC_KMS_KEY_ID": KEY_ALIAS,
        "STREAM_SYNC_HTTP_PORT": str(settings.http_port),
        "STREAM_SYNC_RTMP_PORT": str(settings.rtmp_port),
        "STREAM_SYNC_CLOUD_PORT": str(settings.cloud_port),
        "STREAM_SYNC_STATE_DIR": str(settings.state_dir.resolve()),
    }


def service_environment(
    base: Mapping[str, str], settings: LocalSettings, secrets: Secrets, sign_in: SignIn
) -> dict[str, str]:
    """What the gateway and the ingest node read beside `base`."""
    # The issuer in a token is Cognito's public address, wherever the emulator listens.
    issuer = f"https://cognito-idp.{REGION}.amazonaws.com/{sign_in.user_pool}"
    return dict(base) | {
        "STREAM_SYNC_INGEST_URLS": json.dumps({REGION: settings.rtmp_url}),
        "STREAM_SYNC_PLAYBACK_BASE_URL": f"{settings.http_url}/hls",
        "STREAM_SYNC_OIDC_ISSUER": issuer,
        "STREAM_SYNC_OIDC_AUDIENCE": sign_in.client_id,
        "STREAM_SYNC_OIDC_JWKS_URL": f"{settings.cloud_url}/{sign_in.user_pool}/.well-known/jwks.json",
        "STREAM_SYNC_SECRET_KEY": secrets.jwt_secret,
        "STREAM_SYNC_ADMIN_SECRETS": secrets.admin_secret,
        "STREAM_SYNC_KEY_COOLDOWN": "0",  # who tries things out resets a key as often as they like
        "STREAM_SYNC_HOOK_SECRETS": secrets.hook_secret,
        "STREAM_SYNC_ALLOWED_ORIGINS": f"{settings.http_url},http://localhost:{settings.http_port}",
        # A receiver that somebody writes runs on this machine.
        "STREAM_SYNC_WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "STREAM_SYNC_WS_MANAGEMENT_URL": f"{settings.http_url}/ws-management",
        "STREAM_SYNC_RTMP_HOST": HOST,
        "STREAM_SYNC_NODE_ID": NODE_ID,
        "STREAM_SYNC_ADDRESS": f"{HOST}:{settings.rtmp_port}",
    }
