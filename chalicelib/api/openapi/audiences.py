"""Audiences and credentials, as the document describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.api.access import ACCEPTED, Audience, Credential
from chalicelib.domain import errors, refusals
from chalicelib.domain.errors import StreamSyncError

Problems = tuple[type[StreamSyncError], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One audience's part of the document. `problems` are the errors that all of its operations share."""

    tag: str
    text: str
    problems: Problems


_TOKEN_PROBLEMS: Problems = (
    *(errors.TokenMissing, errors.TokenInvalid, errors.TokenExpired),
    errors.IdentityUnavailable,
)

# In the order of the document.
SECTIONS: Mapping[Audience, Section] = {
    Audience.ANYONE: Section("Public", "Open to everyone, without a credential.", ()),
    Audience.BROADCASTER: Section(
        "Broadcasters",
        "For signed-in users, about their own channel: `Authorization: Bearer <JWT>`.",
        (*_TOKEN_PROBLEMS, refusals.BroadcasterBlocked, errors.AccountDeleted),
    ),
    Audience.ADMIN: Section(
        "Administrators",
        "For people: `Authorization: Bearer <JWT>` with the administrator's role. For backends: the shared secret in "
        "`X-Api-Key`. If both are sent, the secret is used.",
        (errors.AdminSecretInvalid, errors.AdminRoleMissing, *_TOKEN_PROBLEMS),
    ),
    Audience.MEDIA_SERVER: Section(
        "Media servers",
        "Hooks for MediaMTX, nginx-rtmp, SRS and OvenMediaEngine, with the hook secret.",
        (errors.HookSecretInvalid,),
    ),
}

_SCHEMES: Mapping[Credential, dict[str, Any]] = {
    Credential.BEARER: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "From the configured issuer (Cognito's ID or access token) or from the user service (HS256). "
        "Administrators' operations require the administrator's role: by default the group `admin` in "
        "`cognito:groups`.",
    },
    Credential.ADMIN_SECRET: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "The shared admin secret, for machines.",
    },
    Credential.HOOK_HEADER: {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hook-Secret",
        "description": "The hook secret.",
    },
    Credential.HOOK_PASSWORD: {
        "type": "http",
        "scheme": "basic",
        "description": "The hook secret as password, with any user name.",
    },
    Credential.HOOK_PARAMETER: {
        "type": "apiKey",
        "in": "query",
        "name": "secret",
        "description": "The hook secret, for servers that can neither set headers nor sign.",
    },
    Credential.HOOK_SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "X-OME-Signature",
        "description": "HMAC-SHA1 of the body, keyed with the hook secret, in base64url, as OvenMediaEngine sends it.",
    },
}
SECURITY_SCHEMES: dict[str, Any] = {credential.value: scheme for credential, scheme in _SCHEMES.items()}


def security(audience: Audience) -> list[dict[str, list[str]]]:
    """Any one of the accepted credentials."""
    return [{credential.value: []} for credential in ACCEPTED[audience]]
