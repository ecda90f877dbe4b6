"""Playback URLs carry the channel's public id, never the key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CHANNEL_ID = "{channel_id}"

Output = Literal["hls", "webrtc", "rtmp"]


@dataclass(frozen=True, slots=True)
class PlaybackUrls:
    """Where one stream can be watched; None where its server has no such output."""

    hls_url: str
    webrtc_url: str | None = None
    rtmp_url: str | None = None
    thumbnail_url: str | None = None


def playback_urls(base_url: str, templates: Mapping[Output, str] | None, channel_id: str) -> PlaybackUrls:
    """`templates` are those of the media server that carries the stream, with `{channel_id}` in them.

    None is our own node, or that no stream runs; for a media server without any, its HLS is expected where ours is.
    """
    made = {kind: template.replace(CHANNEL_ID, channel_id) for kind, template in (templates or {}).items()}
    thumbnail = None if templates is not None else thumbnail_url(base_url, channel_id)
    return PlaybackUrls(
        made.get("hls") or hls_url(base_url, channel_id), made.get("webrtc"), made.get("rtmp"), thumbnail
    )


def hls_url(base_url: str, channel_id: str, token: str | None = None) -> str:
    """`base_url` is where the media origin or CDN serves channels, without a slash at its end."""
    return f"{base_url}/{channel_id}/{token}/index.m3u8" if token is not None else f"{base_url}/{channel_id}/index.m3u8"


def thumbnail_url(base_url: str, channel_id: str, token: str | None = None) -> str:
    """The picture of the running stream; with a playback token also that of a private one."""
    return f"{base_url}/{channel_id}/{token}/thumb.jpg" if token is not None else f"{base_url}/{channel_id}/thumb.jpg"


def watch_url(base_url: str, channel_id: str, token: str | None = None) -> str:
    """The page that plays the channel, below `base_url`. The token is in the fragment, which no server is sent."""
    return f"{base_url}/{channel_id}" + (f"#token={token}" if token is not None else "")
