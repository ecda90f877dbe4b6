"""Playback tokens: the right to watch one channel, private or not, until a time.

JSON Web Tokens (RFC 7519) with HMAC-SHA256, in the path: `/live/{channel}/{token}/index.m3u8`. What a playlist names is
relative to it, so that every object of the stream is asked for under the token. The origin checks it; a CDN may do so,
too, before it answers from its cache.
"""

from dataclasses import dataclass

import jwt

from chalicelib import secret_values
from chalicelib.domain.errors import PlaybackTokensUnavailable

ALGORITHM = "HS256"
AUDIENCE = "playback"
MAX_TOKEN = 512  # characters; ours are about 180


@dataclass(frozen=True, slots=True)
class PlaybackToken:
    """`expires_at`: ms."""

    text: str
    expires_at: int

    def __repr__(self) -> str:
        return f"PlaybackToken(expires_at={self.expires_at})"


def issue(channel_id: str, ttl_seconds: int, now: int) -> PlaybackToken:
    """Signed with the first of the secrets. Raises PlaybackTokensUnavailable."""
    secrets = secret_values.playback_secrets()
    if not secrets:
        raise PlaybackTokensUnavailable()
    expires = now // 1000 + ttl_seconds
    claims = {"sub": channel_id, "aud": AUDIENCE, "exp": expires}
    return PlaybackToken(jwt.encode(claims, secrets[0], algorithm=ALGORITHM), expires * 1000)


def expiry(token: str, channel_id: str) -> int | None:
    """When a token of ours for this channel expires, or has expired (ms); None for any other text.

    Each of the secrets is tried: two are valid during a rotation.
    """
    if len(token) > MAX_TOKEN or not token.isascii():
        return None
    for secret in secret_values.playback_secrets():
        try:
            claims = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                subject=channel_id,
                options={"require": ["sub", "aud", "exp"], "verify_exp": False, "verify_nbf": False},
            )
            return int(claims["exp"]) * 1000
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
    return None
