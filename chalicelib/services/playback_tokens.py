"""Playback tokens: the right to watch one channel, private or not, until a time.

JSON Web Tokens (RFC 7519) with HMAC-SHA256, in the path: `/live/{channel}/{token}/index.m3u8`. What a playlist names is
relative to it, so that every object of the stream is asked for under the token. The origin checks it; a CDN may do so,
too, before it answers from its cache.
"""

from dataclasses import dataclass
from typing import Any

import jwt

from chalicelib import secret_values
from chalicelib.domain.errors import PlaybackTokensUnavailable

ALGORITHM = "HS256"
AUDIENCE = "playback"
PREVIEW = "preview"  # the claim of a token that plays test streams as well
MAX_TOKEN = 512  # characters; ours are about 180


@dataclass(frozen=True, slots=True)
class PlaybackToken:
    """`expires_at`: ms."""

    text: str
    expires_at: int

    def __repr__(self) -> str:
        return f"PlaybackToken(expires_at={self.expires_at})"


def issue(channel_id: str, ttl_seconds: int, now: int, *, preview: bool = False) -> PlaybackToken:
    """Signed with the first of the secrets. `preview`: plays test streams as well. Raises PlaybackTokensUnavailable."""
    secrets = secret_values.playback_secrets()
    if not secrets:
        raise PlaybackTokensUnavailable()
    expires = now // 1000 + ttl_seconds
    claims: dict[str, object] = {"sub": channel_id, "aud": AUDIENCE, "exp": expires}
    if preview:
        claims[PREVIEW] = True
    return PlaybackToken(jwt.encode(claims, secrets[0], algorithm=ALGORITHM), expires * 1000)


def expiry(token: str, channel_id: str) -> int | None:
    """When a token of ours for this channel expires, or has expired (ms); None for any other text."""
    claims = _claims(token, channel_id)
    return None if claims is None else int(claims["exp"]) * 1000


def is_preview(token: str, channel_id: str) -> bool:
    """Whether a token of ours for this channel plays its test streams as well."""
    claims = _claims(token, channel_id)
    return claims is not None and claims.get(PREVIEW) is True


def _claims(token: str, channel_id: str) -> dict[str, Any] | None:
    """Each of the secrets is tried: two are valid during a rotation."""
    if len(token) > MAX_TOKEN or not token.isascii():
        return None
    for secret in secret_values.playback_secrets():
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                subject=channel_id,
                options={"require": ["sub", "aud", "exp"], "verify_exp": False, "verify_nbf": False},
            )
            int(claims["exp"])
            return claims
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
    return None
