"""Playback URLs carry the channel's public id, never the key."""


def hls_url(base_url: str, channel_id: str) -> str:
    """`base_url` is where the media origin or CDN serves channels, without a slash at its end."""
    return f"{base_url}/{channel_id}/index.m3u8"
