"""`status.json`: what a page polls of a channel. One object for everybody, so that a CDN answers it."""

from typing import Any

from chalicelib.domain.streams import ChannelStatus, StreamState
from chalicelib.domain.times import iso
from chalicelib.services.reading.viewing import Viewing
from ingest_container.media.packager import Packager


def document(viewing: Viewing, packager: Packager | None) -> dict[str, Any]:
    """`packager`: of the stream that runs on the channel, where it runs here.

    One that no node has waits for its encoder: its node is gone.
    """
    found: dict[str, Any] = {
        "status": ChannelStatus.OFFLINE if viewing.stream_id is None else ChannelStatus.RECONNECTING,
        "stream_id": viewing.stream_id,
        "started_at": None,
        "title": viewing.title,
        "playable": False,
        "viewers": 0,
        "sample_rate": 1.0,
    }
    if packager is None:
        return found
    is_seen = packager.state in (StreamState.LIVE, StreamState.RECONNECTING) and packager.started_at is not None
    return found | {
        "status": ChannelStatus(packager.state.value) if is_seen else ChannelStatus.OFFLINE,
        "stream_id": packager.stream_id if is_seen else None,
        "started_at": iso(packager.started_at) if is_seen and packager.started_at is not None else None,
        "playable": packager.rendition.is_ready and not packager.rendition.ended,
        "viewers": packager.audience.viewers,
        "sample_rate": packager.audience.sample_rate,
    }
