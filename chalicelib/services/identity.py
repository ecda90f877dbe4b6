"""Who is calling: JSON Web Tokens (RFC 7519), the shared admin secret, the media servers' hook secret.

Two issuers are known: an OIDC issuer (Cognito; RS256 against its JWKS, RFC 7517) and the user service (HS256 with the
shared `SECRET_KEY`). The algorithm in the header only chooses between the two; each accepts exactly its own, so
`none` and key confusion have no way in.
"""

import base64
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt import PyJWKClient

from chalicelib import secret_values
from chalicelib.config import settings
from chalicelib.domain.broadcasters import MAX_USER_ID, is_email
from chalicelib.domain.errors import (
    AdminSecretInvalid,
    HookSecretInvalid,
    IdentityUnavailable,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)

LEEWAY_S = 10  # clock difference between the issuer and us
MAX_TOKEN = 8_192  # characters; Cognito's are about 1,100
JWKS_KEPT_S = 300
JWKS_REFETCH_S = 10  # a rotated key is known after this long at most
USER_SERVICE = "user:"  # before its users' ids, so that they are nobody else's


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller; `user_id` is unique across issuers. `email` is their verified address, if the token has one.

    `expires_at` (ms) is when the token is no longer taken. `is_admin`: the token has the administrator's role.
    """

    user_id: str
    email: str | None = None
    expires_at: int | None = field(default=None, compare=False)
    is_admin: bool = False


def principal_of_header(authorization: str | None) -> Principal:
    """From an `Authorization: Bearer <token>` header (RFC 6750). Raises TokenMissing, TokenInvalid, TokenExpired."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if not authorization or not token.strip():
        raise TokenMissing()
    if scheme.lower() != "bearer":
        raise TokenInvalid("The Authorization header must have the form `Bearer <token>`")
    return principal_of_token(token.strip())


def principal_of_token(token: str) -> Principal:
    """Raises TokenInvalid, TokenExpired, IdentityUnavailable."""
    if len(token) > MAX_TOKEN or not token.isascii():
        raise TokenInvalid()
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm == "RS256" and settings().oidc_issuer:
            claims = _claims_of_issuer(token)
            subject = _subject(claims)
            if subject.startswith(USER_SERVICE):
                raise TokenInvalid("The token is for a user of another issuer")
            return Principal(subject, _email(claims), _expiry(claims), _is_admin(claims))
        if algorithm == "HS256" and (secret := secret_values.user_service_secret()):
            claims = _claims_of_user_service(token, secret)
            return Principal(USER_SERVICE + _subject(claims), _email(claims), _expiry(claims), _is_admin(claims))
    except jwt.ExpiredSignatureError:
        raise TokenExpired() from None
    except jwt.PyJWTError:
        raise TokenInvalid() from None
    raise TokenInvalid()


def check_admin_secret(candidate: str | None) -> None:
    """Constant time for each of the valid secrets. Raises AdminSecretInvalid."""
    if not _is_one_of(candidate, secret_values.admin_secrets()):
        raise AdminSecretInvalid()


def check_hook_secret(candidate: str | None) -> None:
    """As the admin secret. Raises HookSecretInvalid."""
    if not _is_one_of(candidate, secret_values.hook_secrets()):
        raise HookSecretInvalid()


def check_hook_signature(signature: str, body: bytes) -> None:
    """OvenMediaEngine's `X-OME-Signature`: base64url of HMAC-SHA1 of the body, padded or not.

    Raises HookSecretInvalid.
    """
    expected = [
        base64.urlsafe_b64encode(hmac.digest(secret.encode(), body, "sha1")).decode().rstrip("=")
        for secret in secret_values.hook_secrets()
    ]
    if not _is_one_of(signature.rstrip("="), expected):
        raise HookSecretInvalid()


def _is_one_of(candidate: str | None, secrets: list[str]) -> bool:
    sent = (candidate or "").encode("utf-8", "surrogatepass")  # a header may hold bytes that are no text
    matches = [hmac.compare_digest(sent, secret.encode()) for secret in secrets]
    return any(matches)


def _claims_of_issuer(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        _signing_key(token),
        algorithms=["RS256"],
        issuer=settings().oidc_issuer,
        leeway=LEEWAY_S,
        options={"require": ["exp", "iss", "sub"], "verify_aud": False},
    )
    named = _application(claims)
    ours = settings().oidc_audience
    if ours is None or ours not in (named if isinstance(named, list) else [named]):
        raise TokenInvalid("The token was issued for another application")
    return claims


def _application(claims: dict[str, Any]) -> Any:
    """Whom the token was made for. Raises TokenInvalid for a token that is neither an ID nor an access token.

    `aud` is one text or a list of them (RFC 7519, 4.1.3). Cognito says in `token_use` what a token is, and names the
    application in `aud` of an ID token and in `client_id` of an access token; other issuers have no `token_use`.
    """
    match claims.get("token_use"):
        case "id":
            return claims.get("aud")
        case "access":
            return claims.get("client_id")
        case None if not _is_cognito(settings().oidc_issuer or ""):
            return claims.get("aud") or claims.get("client_id")
    raise TokenInvalid("The token is neither an ID token nor an access token")


def _is_cognito(issuer: str) -> bool:
    return (urlsplit(issuer).hostname or "").startswith("cognito-idp.")


def _signing_key(token: str) -> Any:
    """The issuer's key that the token names. Without any keys, whatever the reason, the fault is not the token's."""
    issuer = _jwks(settings().oidc_jwks_url or "")
    try:
        issuer.get_signing_keys()
    except (jwt.PyJWKClientError, jwt.PyJWKSetError, ValueError) as error:
        raise IdentityUnavailable() from error
    return issuer.get_signing_key_from_jwt(token).key


def _claims_of_user_service(token: str, secret: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=["HS256"],
        leeway=LEEWAY_S,
        options={"require": ["exp"], "verify_aud": False, "verify_sub": False},
    )
    return claims


def _expiry(claims: dict[str, Any]) -> int:
    return (int(claims["exp"]) + LEEWAY_S) * 1000


def _subject(claims: dict[str, Any]) -> str:
    """The user id; the older user service says `user_id`, and may give a number."""
    subject = str(claims.get("sub") or claims.get("user_id") or "")
    if not subject or len(subject) > MAX_USER_ID:
        raise TokenInvalid("The token has no user id")
    return subject


def _email(claims: dict[str, Any]) -> str | None:
    """Only one that the issuer says it has verified: anybody can name another's."""
    email, verified = claims.get("email"), claims.get("email_verified")
    return email if verified in (True, "true") and isinstance(email, str) and is_email(email) else None


def _is_admin(claims: dict[str, Any]) -> bool:
    """Whether the role is the claim's text, or one of a list's. A part of a text is no role: `not-admin` is none."""
    roles = claims.get(settings().admin_claim)
    return settings().admin_role in (roles if isinstance(roles, list) else [roles])


@lru_cache(maxsize=4)
def _jwks(url: str) -> PyJWKClient:
    return PyJWKClient(url, cache_keys=True, lifespan=JWKS_KEPT_S, timeout=3, cooldown_duration=JWKS_REFETCH_S)
