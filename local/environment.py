"""The environment of each child process: the variables it reads, from the user or with local defaults, and no others.

A documented variable that the user has set takes precedence, except those in `FIXED`; `not_used` explains them.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from chalicelib.config import PREFIX, Settings
from ingest_container.base.settings import IngestSettings
from local.private_files import Secrets, SignIn
from local.settings import HOST, KEY_ALIAS, NODE_ID, REGION, STAGE, LocalSettings

SYSTEM = re.compile(r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH")
PYTHON = re.compile(r"PYTHON\w+|COVERAGE\w*|SSL_CERT_FILE|SSL_CERT_DIR")

# The settings of both planes that an ingest node needs ("Both planes" in docs/operations.md). All others, and all
# secrets but the one that it checks playback tokens with, belong to the control plane.
SHARED_WITH_NODE = (
    "stage",
    "table_prefix",
    "region",
    "data_region",
    "event_bus",
    "ingest_urls",
    "playback_base_url",
    "playback_secrets",
    "source_playback",
    "recording",
    "recording_base_url",
    "recording_days",
    "kms_key_id",
    "log_level",
)

_IN_THE_EMULATOR = "it names a resource of the AWS emulator"
_ACCOUNTS = "sign-in uses the AWS emulator's own user pool"
# Variables of the control plane and the node that the user cannot change in `make run`, and why.
FIXED = {
    "STAGE": _IN_THE_EMULATOR,
    "REGION": _IN_THE_EMULATOR,
    "DATA_REGION": _IN_THE_EMULATOR,
    "TABLE_PREFIX": _IN_THE_EMULATOR,
    "EVENT_BUS": _IN_THE_EMULATOR,
    "KMS_KEY_ID": _IN_THE_EMULATOR,
    "OIDC_ISSUER": _ACCOUNTS,
    "OIDC_AUDIENCE": _ACCOUNTS,
    "OIDC_JWKS_URL": _ACCOUNTS,
    "HEALTH_HOST": "metrics are shown by the local gateway",
    "ORIGIN_HOST": "viewers come through the local gateway",
    "WS_MANAGEMENT_URL": "the local gateway holds the WebSocket connections",
    "WS_MANAGEMENT_PARAMETER": "the local gateway holds the WebSocket connections",
    "SECRET_PREFIX": "the laptop's secrets are in its state folder",
}


# What users set to choose an account; other AWS variables are dropped silently.
AWS_TARGETS = frozenset({"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"})


def not_used(inherited: Mapping[str, str]) -> list[str]:
    """A line for each variable of the user's that `make run` ignores, without its value."""
    given = {name.upper() for name in inherited}
    lines = [f"{PREFIX}{name} is ignored: {why}." for name, why in FIXED.items() if PREFIX + name in given]
    if aws := sorted(given & AWS_TARGETS):
        lines.append(f"{', '.join(aws)}: ignored, so that no call can reach a real AWS account.")
    return lines


def of_the_system(inherited: Mapping[str, str]) -> dict[str, str]:
    """What any program needs: paths, locale, time zone."""
    return _matching(SYSTEM, inherited)


def cloud_environment(
    settings: LocalSettings, secrets: Secrets, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """For whatever calls the emulator. No AWS variable of the user's is in it."""
    return (
        of_the_system(inherited)
        | _matching(PYTHON, inherited)
        | {
            "AWS_ENDPOINT_URL": settings.cloud_url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": secrets.access_key_id,
            "AWS_SECRET_ACCESS_KEY": secrets.secret_access_key,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONUNBUFFERED": "1",
            "STREAM_SYNC_STAGE": STAGE,
            "STREAM_SYNC_REGION": REGION,
            "STREAM_SYNC_TABLE_PREFIX": f"stream-sync-{STAGE}-",
            "STREAM_SYNC_EVENT_BUS": f"stream-sync-{STAGE}",
            "STREAM_SYNC_KMS_KEY_ID": KEY_ALIAS,
        }
    )


def bootstrap_environment(
    settings: LocalSettings, secrets: Secrets, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """For `local.bootstrap`."""
    return cloud_environment(settings, secrets, inherited) | _local(settings)


def gateway_environment(
    settings: LocalSettings, secrets: Secrets, sign_in: SignIn, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """For the control plane's handlers in the local gateway."""
    defaults = _shared_defaults(settings, secrets) | {
        "secret_key": secrets.jwt_secret,
        "admin_secrets": secrets.admin_secret,
        "hook_secrets": secrets.hook_secret,
        "key_cooldown": "0",  # on a laptop, keys may be reset as often as desired
        "allowed_origins": f"{settings.http_url},http://localhost:{settings.http_port}",
        # A webhook receiver under development runs on this machine.
        "webhook_allowed_networks": "127.0.0.0/8,::1/128",
    }
    return (
        cloud_environment(settings, secrets, inherited)
        | _local(settings)
        | _set(Settings, Settings.model_fields, defaults, inherited)
        | {
            # The issuer in a token is Cognito's public address, wherever the emulator listens.
            "STREAM_SYNC_OIDC_ISSUER": f"https://cognito-idp.{REGION}.amazonaws.com/{sign_in.user_pool}",
            "STREAM_SYNC_OIDC_AUDIENCE": sign_in.client_id,
            "STREAM_SYNC_OIDC_JWKS_URL": f"{settings.cloud_url}/{sign_in.user_pool}/.well-known/jwks.json",
            "STREAM_SYNC_WS_MANAGEMENT_URL": f"{settings.http_url}/ws-management",
        }
    )


def node_environment(
    settings: LocalSettings, secrets: Secrets, inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """For the ingest node: of the control plane's secrets only the one for playback tokens."""
    defaults = {"node_id": NODE_ID, "address": settings.rtmp_authority, "packaging": "on"}
    return (
        cloud_environment(settings, secrets, inherited)
        | _matching(re.compile(f"{PREFIX}PURE_PYTHON"), inherited)
        | _set(Settings, SHARED_WITH_NODE, _shared_defaults(settings, secrets), inherited)
        | _set(IngestSettings, IngestSettings.model_fields, defaults, inherited)
        | {
            "STREAM_SYNC_RTMP_HOST": settings.rtmp_host,
            "STREAM_SYNC_RTMP_PORT": str(settings.rtmp_port),
            "STREAM_SYNC_ORIGIN_HOST": HOST,
            "STREAM_SYNC_ORIGIN_PORT": str(settings.origin_port),
            "STREAM_SYNC_HEALTH_HOST": HOST,
            "STREAM_SYNC_HEALTH_PORT": str(settings.health_port),
        }
    )


def _shared_defaults(settings: LocalSettings, secrets: Secrets) -> dict[str, str]:
    return {
        "ingest_urls": json.dumps({REGION: settings.rtmp_url}),
        "playback_base_url": f"{settings.http_url}/live",
        "playback_secrets": secrets.playback_secret,
        "recording": str(settings.state_dir.resolve() / "recordings"),
    }


def _local(settings: LocalSettings) -> dict[str, str]:
    return {
        "STREAM_SYNC_HTTP_PORT": str(settings.http_port),
        "STREAM_SYNC_RTMP_PORT": str(settings.rtmp_port),
        "STREAM_SYNC_CLOUD_PORT": str(settings.cloud_port),
        "STREAM_SYNC_ORIGIN_PORT": str(settings.origin_port),
        "STREAM_SYNC_HEALTH_PORT": str(settings.health_port),
        "STREAM_SYNC_STATE_DIR": str(settings.state_dir.resolve()),
    }


def _set(
    model: type[BaseSettings], fields: Iterable[str], defaults: Mapping[str, str], inherited: Mapping[str, str]
) -> dict[str, str]:
    """The variables of these fields of `model`: the user's, else the default."""
    given = {name.upper(): value for name, value in inherited.items()}
    found: dict[str, str] = {}
    for field in fields:
        names = _names(model, field)
        if names[0].removeprefix(PREFIX) in FIXED:
            continue
        if users := {name: given[name] for name in names if name in given}:
            found |= users
        elif field in defaults:
            found[names[0]] = defaults[field]
    return found


def _names(model: type[BaseSettings], field: str) -> list[str]:
    """What a field's variable may be called, its own name first."""
    alias = model.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return [str(choice).upper() for choice in alias.choices]
    return [f"{PREFIX}{field}".upper()]


def _matching(pattern: re.Pattern[str], inherited: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in inherited.items() if pattern.fullmatch(name)}
