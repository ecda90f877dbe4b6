"""Recordings after their streams: what owners decide, what expires, and what nodes have left unfinished."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.config import settings
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import RecordingRunning
from chalicelib.domain.events import RecordingEventName, RecordingStateChange
from chalicelib.domain.ids import is_ulid
from chalicelib.domain.not_found import RecordingNotFound, StreamNotFound
from chalicelib.domain.recording_objects import INDEX
from chalicelib.domain.recordings import (
    NODE_FINISHES,
    Recording,
    RecordingReason,
    RecordingStatus,
    StorageFailed,
    expiry,
)
from chalicelib.domain.streams import Stream
from chalicelib.observability import logger
from chalicelib.services.recordings import writing
from chalicelib.services.recordings.announcing import announce
from chalicelib.services.recordings.storage import ObjectStore, storage
from chalicelib.services.streams.lifecycle import seq_past_holders
from chalicelib.store import recordings, streams
from chalicelib.store.recordings import Queue

MOST_AT_ONCE = 100  # a sweep, of each kind
SWEEP_MS = 40_000  # after which a sweep leaves the rest to the next one


# --- what owners decide --------------------------------------------------------------------------------------------


def set_kept(channel: Channel, stream_id: str, now: int, *, kept: bool) -> Stream:
    """Without an expiry, or with one again; the stream as it is then.

    Raises StreamNotFound, RecordingNotFound, RecordingRunning.
    """
    stream, recording = _finished(channel, stream_id, now)
    at = None if kept else recording.expires_at or expiry(stream.ended_at or now, settings().recording_days, now)
    if not recordings.set_kept(stream_id, at):
        raise RecordingNotFound()
    return replace(stream, recording=replace(recording, kept=kept, expires_at=at))


def delete(channel: Channel, stream_id: str, now: int) -> Stream:
    """It stops playing now; the sweep deletes what may be thousands of objects. Raises as `set_kept`."""
    stream, recording = _finished(channel, stream_id, now)
    if not recordings.delete(stream_id, now):
        raise RecordingNotFound()
    _deleted(stream, now)
    store = storage()
    if store is not None:
        try:
            store.delete_object(stream_id, INDEX)
        except StorageFailed as failed:
            _log_failed(stream_id, failed)
    return replace(stream, recording=replace(recording, status=RecordingStatus.DELETED, expires_at=None))


def _finished(channel: Channel, stream_id: str, now: int) -> tuple[Stream, Recording]:
    stream = streams.find(stream_id) if is_ulid(stream_id) else None
    if stream is None or stream.channel_id != channel.channel_id:
        raise StreamNotFound()
    recording = stream.recording.as_read(now) if stream.recording is not None else None
    if recording is not None and recording.status is RecordingStatus.RECORDING:
        raise RecordingRunning()
    if recording is None or not recording.is_playable:
        raise RecordingNotFound()
    return stream, recording


def _deleted(stream: Stream, now: int) -> None:
    event = RecordingStateChange(
        event_name=RecordingEventName.RECORDING_DELETED,
        channel_id=stream.channel_id,
        stream_id=stream.stream_id,
        node_id=stream.node_id,
        seq=seq_past_holders(stream) + 1,  # behind the end that the sweep may have written
        at=now,
        status=RecordingStatus.DELETED,
    )
    announce(event)


# --- the sweep -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Swept:
    """How many recordings were finished, expired, and deleted with all their objects."""

    finished: int = 0
    expired: int = 0
    deleted: int = 0


def sweep(clock: Callable[[], int]) -> Swept:
    """One look at all that is due. Raises StoreUnavailable; a storage that does not answer is asked again next time."""
    swept, store = Swept(), storage()
    if store is None:
        return swept
    until = clock() + SWEEP_MS
    try:
        for stream_id in recordings.due(Queue.OPEN, clock() - NODE_FINISHES, MOST_AT_ONCE):
            if clock() >= until:
                return swept
            swept.finished += _finish(store, stream_id, clock())
        for stream_id in recordings.due(Queue.EXPIRING, clock(), MOST_AT_ONCE):
            swept.expired += _expire(stream_id, clock())
        for stream_id in recordings.due(Queue.DELETING, clock(), MOST_AT_ONCE):
            if clock() >= until:
                return swept
            store.delete(stream_id, INDEX)
            recordings.gone(stream_id)
            swept.deleted += 1
    except StorageFailed as failed:
        _log_failed(None, failed)
    return swept


def _finish(store: ObjectStore, stream_id: str, now: int) -> bool:
    """What its node did not come to finish: what is stored is what there is."""
    stream = streams.find(stream_id)
    if stream is None:
        return False
    recorded, seq = writing.recorded_of(stream), seq_past_holders(stream)
    return writing.finish(store, recorded, seq, now, RecordingReason.NODE_LOST) is not None


def _expire(stream_id: str, now: int) -> bool:
    if not recordings.delete(stream_id, now, expired=True):
        return False
    _deleted(streams.get(stream_id), now)
    return True


def _log_failed(stream_id: str | None, failed: StorageFailed) -> None:
    logger("control").warning(
        "The storage for recordings does not respond: the next sweep retries",
        event="recording_storage_failed",
        reason=failed.reason.value,
        stream_id=stream_id,
    )
