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
    """One audience's part of the document. `problems` are refused beside each operation's own."""

    tag: str
    text: str
    problems: Problems


_TOKEN_PROBLEMS: Problems = (
    *(errors.TokenMissing, errors.TokenInvalid, errors.TokenExpired),
    errors.IdentityUnavailable,
)

# In the order of the document.
SECTIONS: Mapping[Audience, Section] = {
    Audience.ANYONE: Section("Public", "Open to everybody, without a credential.", ()),
    Audience.BROADCASTER: Section(
        "Broadcasters",
        "For somebody who is signed in, about their own channel: `Authorization: Bearer <JWT>`.",
        (*_TOKEN_PROBLEMS, refusals.BroadcasterBlocked),
    ),
    Audience.ADMIN: Section(
        "Administrators",
        "For operators: `Authorization: Bearer <JWT>` of somebody with the administrator's role. For backends: the "
        "shared secret in `X-Api-Key`. Where both are sent, the secret decides.",
        (errors.AdminSecretInvalid, errors.AdminRoleMissing, *_TOKEN_PROBLEMS),
    ),
    Audience.MEDIA_SERVER: Section(
        "Media servers",
        "Hooks of MediaMTX, nginx-rtmp, SRS and OvenMediaEngine, with the hook secret.",
        (errors.HookSecretInvalid,),
    ),
}

_SCHEMES: Mapping[Credential, dict[str, Any]] = {
    Credential.BEARER: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Of the configured issuer (Cognito's ID or access token), or of the user service (HS256). For "
        "administrators' operations it must have the administrator's role: by default the group `admin` in "
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
        "description": "The hook secret as password, for any user.",
    },
    Credential.HOOK_PARAMETER: {
        "type": "apiKey",
        "in": "query",
        "name": "secret",
        "description": "The hook secret, from servers that can neither set headers nor sign.",
    },
    Credential.HOOK_SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "X-OME-Signature",
        "description": "Base64url of the body's HMAC-SHA1 under the hook secret, as OvenMediaEngine makes it.",
    },
}
SECURITY_SCHEMES: dict[str, Any] = {credential.value: scheme for credential, scheme in _SCHEMES.items()}


def security(audience: Audience) -> list[dict[str, list[str]]]:
    """Any one of the accepted credentials."""
    return [{credential.value: []} for credential in ACCEPTED[audience]]
