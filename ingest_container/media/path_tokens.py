"""Playback tokens in the paths of requests: /live/{channel}/{token}/..., /vod/{stream}/{token}/..."""

from aiohttp import web

from chalicelib.services import playback_tokens
from ingest_container.base.clock import now_ms
from ingest_container.media import answers

JWT = r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"  # in compact form; nothing else has dots there


def check(request: web.Request, channel_id: str) -> bool:
    """Whether there is one in the path, and it is good for this channel.

    Raises 404 for one that is not ours or of another channel, and 403 for one that has expired.
    """
    token = request.match_info.get("token")
    if token is None:
        return False
    expires_at = playback_tokens.expiry(token, channel_id)
    if expires_at is None:
        raise web.HTTPNotFound()
    if now_ms() >= expires_at:
        raise web.HTTPForbidden(text="This link has expired.\n")
    answers.not_kept_after(request, expires_at)
    return True


def is_preview(request: web.Request, channel_id: str) -> bool:
    """Whether it is one that plays the channel's test streams; asked of a request that `check` has let pass."""
    token = request.match_info.get("token")
    return token is not None and playback_tokens.is_preview(token, channel_id)
