"""Recordings, as anybody and as their owner sees them."""

from typing import Any

from chalicelib import contract
from chalicelib.contract import ChannelRecording, OwnRecording
from chalicelib.domain.channels import Channel
from chalicelib.domain.recordings import REASON_TEXT, Recording, RecordingStatus, is_private
from chalicelib.domain.streams import Stream
from chalicelib.domain.times import iso_or_none
from chalicelib.services.recordings.storage import DOWNLOAD, POSTER, storage, url_of


def recording(stream: Stream, now: int) -> contract.Recording | None:
    """None where there is nothing to watch."""
    found = _as_read(stream, now)
    if found is None or not _is_served(found):
        return None
    return contract.Recording(**_fields(stream.stream_id, found))


def own_recording(stream: Stream, channel: Channel, now: int) -> OwnRecording | None:
    """None where nothing of the stream was ever recorded."""
    found = _as_read(stream, now)
    if found is None:
        return None
    text = REASON_TEXT[found.reason] if found.reason is not None else None
    private = is_private(channel.visibility, stream.metadata.visibility)
    return OwnRecording(**_fields(stream.stream_id, found), private=private, reason=found.reason, reason_text=text)


def channel_recording(stream: Stream, found: Recording) -> ChannelRecording:
    return ChannelRecording(
        id=stream.stream_id,
        channel_id=stream.channel_id,
        title=stream.metadata.title,
        category=stream.metadata.category,
        started_at=iso_or_none(stream.started_at),
        ended_at=iso_or_none(stream.ended_at),
        recording=contract.Recording(**_fields(stream.stream_id, found)),
    )


def _as_read(stream: Stream, now: int) -> Recording | None:
    return stream.recording.as_read(now) if stream.recording is not None else None


def _is_served(found: Recording) -> bool:
    """Not while recording is switched off: nobody serves then what was recorded before."""
    return storage() is not None and (found.is_playable or found.status is RecordingStatus.RECORDING)


def _fields(stream_id: str, found: Recording) -> dict[str, Any]:
    served = _is_served(found)
    return {
        "status": found.status,
        "url": url_of(stream_id) if served else None,
        "download_url": url_of(stream_id, DOWNLOAD) if served and found.is_playable else None,
        "poster_url": url_of(stream_id, POSTER) if served else None,
        "duration_ms": found.duration_ms if found.is_playable else None,
        "size_bytes": found.size_bytes if found.is_playable else None,
        "expires_at": iso_or_none(found.expires_at),
        "kept": found.kept,
    }
