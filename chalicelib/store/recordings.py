"""What a stream's row says of its recording, and the queue of what is to be done with recordings.

    open       being recorded, or its stream has ended and nobody has finished it; due once the stream has ended
    expiring   finished; due when it is to be deleted. One that is kept waits for nothing
    deleting   deleted for everybody; due until its objects are gone

The queue is a sparse index: what is due is found without a look at streams that have nothing to do.
"""

from enum import StrEnum
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.recordings import Recording, RecordingReason, RecordingStatus
from chalicelib.store import models
from chalicelib.store.guard import ConditionFailed, store_errors

NOT_ENDED = 9_999_999_999_999  # due while the stream runs
_RECORDING, _DELETED = RecordingStatus.RECORDING.value, RecordingStatus.DELETED.value


class Queue(StrEnum):
    OPEN = "open"
    EXPIRING = "expiring"
    DELETING = "deleting"


def due(queue: Queue, until: int, limit: int) -> list[str]:
    """Ids of streams that something is to be done for by `until` (ms), the longest due first."""
    row = models.Stream
    with store_errors():
        found = row.recordings_due.query(queue.value, range_key_condition=row.recording_due <= until, limit=limit)
        return [one.stream_id for one in found]


def open_queue(stream_id: str) -> bool:
    """Something of the stream is about to be stored. False if it was, or is deleted."""
    row = models.Stream
    return _update(stream_id, _open(), row.recording.does_not_exist() | (row.recording == RecordingStatus.FAILED.value))


def close_queue(stream_id: str) -> None:
    """Nothing was, and the stream has ended."""
    row = models.Stream
    _update(stream_id, [row.recording_queue.remove()], row.recording.does_not_exist())


def begin(stream_id: str) -> bool:
    """Something of the stream is stored. False if that was known."""
    row = models.Stream
    actions = [row.recording.set(_RECORDING), *_open()]
    return _update(stream_id, actions, row.recording.does_not_exist() | (row.recording == RecordingStatus.FAILED.value))


def note_missing(stream_id: str, reason: RecordingReason) -> bool:
    """Something of the stream could not be stored; the first reason counts. False if one was known.

    Where nothing was stored yet the recording has failed, until something is.
    """
    row = models.Stream
    actions: list[Action] = [
        row.recording_reason.set(reason.value),
        row.recording.set(row.recording | RecordingStatus.FAILED.value),
    ]
    return _update(stream_id, actions, row.recording_reason.does_not_exist())


def finish(stream_id: str, recording: Recording) -> bool:
    """The stream has ended, and so has its recording; may be repeated. False if it was deleted meanwhile."""
    row = models.Stream
    actions: list[Action] = [
        row.recording.set(recording.status.value),
        row.recording_duration.set(recording.duration_ms),
        row.recording_size.set(recording.size_bytes),
    ]
    if recording.reason is not None:
        actions.append(row.recording_reason.set(recording.reason.value))
    if recording.status is RecordingStatus.FAILED:
        actions += [row.recording_queue.remove()]
    elif not recording.kept:
        actions += _expires(recording.expires_at or 0)
    else:
        actions += [row.recording_queue.remove(), row.recording_expires_at.remove()]
    return _update(stream_id, actions, row.recording.does_not_exist() | (row.recording != _DELETED))


def set_kept(stream_id: str, expires_at: int | None) -> bool:
    """Kept without an expiry, or no longer. False unless it is finished and there."""
    row = models.Stream
    kept: list[Action] = [row.recording_kept.set(True), row.recording_expires_at.remove(), row.recording_queue.remove()]
    actions = kept if expires_at is None else [row.recording_kept.set(False), *_expires(expires_at)]
    return _update(stream_id, actions, _playable())


def delete(stream_id: str, now: int, *, expired: bool = False) -> bool:
    """Nobody gets it any more, and its objects are to be deleted. `expired`: only if nobody decided to keep it.

    False unless it is finished and there.
    """
    row = models.Stream
    condition = _playable()
    if expired:
        condition &= row.recording_expires_at <= now
    return _update(
        stream_id, [row.recording.set(_DELETED), row.recording_expires_at.remove(), *_deletion(now)], condition
    )


def delete_again(stream_id: str, now: int) -> None:
    """Something was stored after it had been deleted."""
    _update(stream_id, _deletion(now), models.Stream.recording == _DELETED)


def gone(stream_id: str) -> None:
    """Its objects are deleted."""
    row = models.Stream
    _update(stream_id, [row.recording_queue.remove()], row.recording == _DELETED)


def _open() -> list[Action]:
    row = models.Stream
    return [row.recording_queue.set(Queue.OPEN.value), row.recording_due.set(row.recording_due | NOT_ENDED)]


def _deletion(now: int) -> list[Action]:
    return [models.Stream.recording_queue.set(Queue.DELETING.value), models.Stream.recording_due.set(now)]


def _playable() -> Any:
    return models.Stream.recording.is_in(RecordingStatus.AVAILABLE.value, RecordingStatus.INCOMPLETE.value)


def _expires(at: int) -> list[Action]:
    row = models.Stream
    return [row.recording_expires_at.set(at), row.recording_queue.set(Queue.EXPIRING.value), row.recording_due.set(at)]


def _update(stream_id: str, actions: list[Action], condition: Any) -> bool:
    """False if the condition did not hold, or there is no such stream."""
    try:
        with store_errors():
            models.Stream(stream_id).update(actions, condition=models.Stream.stream_id.exists() & condition)
    except ConditionFailed:
        return False
    return True
