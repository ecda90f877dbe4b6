"""Who a route is for, and how its caller proves their identity. The two are separate:

    Audience      whom a route is for; `ACCEPTED` lists the credentials that it accepts
    Credential    one way to prove an identity; `_VERIFIERS` has the check of each

An administrator is a person whose JSON Web Token has the administrator's role, or a machine with the shared secret.
The WebSocket's handshake is not a route and has no audience (decision 35); `realtime` handles it.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from chalice.app import Request

from chalicelib.api import http
from chalicelib.domain.errors import (
    AdminRoleMissing,
    AdminSecretInvalid,
    HookSecretInvalid,
    TokenInvalid,
    TokenMissing,
    Unauthenticated,
)
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services import identity, limits
from chalicelib.services.identity import Principal


class Audience(StrEnum):
    """Whom a route is for."""

    ANYONE = "anyone"
    BROADCASTER = "broadcaster"
    ADMIN = "admin"
    MEDIA_SERVER = "media server"


class Credential(StrEnum):
    """The values are the names of the security schemes in the OpenAPI document."""

    BEARER = "bearer"
    ADMIN_SECRET = "apiKey"  # noqa: S105 - a name, not a secret
    HOOK_SIGNATURE = "hookSignature"
    HOOK_HEADER = "hookSecret"
    HOOK_PASSWORD = "hookPassword"  # noqa: S105 - a name, not a secret
    HOOK_PARAMETER = "hookParameter"


# If a request carries several, the first one listed here is used.
ACCEPTED: Mapping[Audience, tuple[Credential, ...]] = {
    Audience.ANYONE: (),
    Audience.BROADCASTER: (Credential.BEARER,),
    Audience.ADMIN: (Credential.ADMIN_SECRET, Credential.BEARER),
    Audience.MEDIA_SERVER: (
        Credential.HOOK_SIGNATURE,
        Credential.HOOK_HEADER,
        Credential.HOOK_PASSWORD,
        Credential.HOOK_PARAMETER,
    ),
}

# The error of a request without any accepted credential.
_NONE_SENT: Mapping[Audience, type[Unauthenticated]] = {
    Audience.BROADCASTER: TokenMissing,
    Audience.ADMIN: AdminSecretInvalid,
    Audience.MEDIA_SERVER: HookSecretInvalid,
}

SHARED_SECRET = "shared secret"  # noqa: S105 - who acted, in audit records: not a person


@dataclass(frozen=True, slots=True)
class Caller:
    """`name` identifies the caller in logs and audit records; `principal` is set if they sent a token."""

    name: str
    principal: Principal | None = None


def authenticate(request: Request, audience: Audience) -> Caller:
    """The caller, who may use the audience's routes.

    Raises Unauthenticated, AdminRoleMissing, IdentityUnavailable, TooManyRequests.
    """
    if not ACCEPTED[audience]:
        return Caller(audience.value)
    with counting_wrong_guesses(http.address_of(request)):
        caller = _identified(request, audience)
    if audience is Audience.ADMIN and caller.principal is not None and not caller.principal.is_admin:
        raise AdminRoleMissing()
    return caller


@contextmanager
def counting_wrong_guesses(address: str) -> Iterator[None]:
    """Counts credentials that are wrong, not those that are missing or have expired. Raises TooManyRequests in place of
    the error if there were too many from `address`."""
    try:
        yield
    except (AdminSecretInvalid, HookSecretInvalid, TokenInvalid):
        wrong_guess(address)
        raise


def wrong_guess(address: str) -> None:
    """Counts a wrong credential from `address`. Raises TooManyRequests if there were too many; while the database is
    unreachable nothing is counted."""
    with suppress(StoreUnavailable):
        limits.failure(address, http.now_ms())


def _identified(request: Request, audience: Audience) -> Caller:
    for credential in ACCEPTED[audience]:
        caller = _VERIFIERS[credential](request)
        if caller is not None:
            return caller
    raise _NONE_SENT[audience]()


# --- one verifier a credential: None if the request does not carry it, an error if it is wrong -----------------------


def _bearer(request: Request) -> Caller | None:
    """Verified by the route's authorizer, or here if it has none."""
    known = request.context.get("authorizer") or {}
    if known.get("principalId"):
        principal = Principal(str(known["principalId"]), known.get("email"))
    else:
        authorization = request.headers.get("authorization")
        if not authorization:
            return None
        principal = identity.principal_of_header(authorization)
    return Caller(principal.user_id, principal)


def _admin_secret(request: Request) -> Caller | None:
    secret = request.headers.get("x-api-key")
    if secret is None:
        return None
    identity.check_admin_secret(secret)
    return Caller(SHARED_SECRET)


def _hook_signature(request: Request) -> Caller | None:
    """The signature of the body, as OvenMediaEngine sends it."""
    signature = request.headers.get("x-ome-signature")
    if signature is None:
        return None
    identity.check_hook_signature(signature, http.raw_body(request))
    return Caller(Audience.MEDIA_SERVER.value)


def _hook_header(request: Request) -> Caller | None:
    return _with_hook_secret(request.headers.get("x-hook-secret"))


def _hook_password(request: Request) -> Caller | None:
    return _with_hook_secret(_basic_password(request.headers.get("authorization")))


def _hook_parameter(request: Request) -> Caller | None:
    """`?secret=`, for servers that can neither set headers nor sign."""
    query: Mapping[str, str] = request.query_params or {}
    return _with_hook_secret(query.get("secret"))


def _with_hook_secret(secret: str | None) -> Caller | None:
    if not secret:
        return None
    identity.check_hook_secret(secret)
    return Caller(Audience.MEDIA_SERVER.value)


def _basic_password(authorization: str | None) -> str | None:
    """Of `Basic <base64 of user:password>` (RFC 7617)."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:  # not ASCII, not base64, not UTF-8
        return None


_VERIFIERS: Mapping[Credential, Callable[[Request], Caller | None]] = {
    Credential.BEARER: _bearer,
    Credential.ADMIN_SECRET: _admin_secret,
    Credential.HOOK_SIGNATURE: _hook_signature,
    Credential.HOOK_HEADER: _hook_header,
    Credential.HOOK_PASSWORD: _hook_password,
    Credential.HOOK_PARAMETER: _hook_parameter,
}
