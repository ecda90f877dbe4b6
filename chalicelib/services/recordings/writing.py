"""Recording one stream: its node stores segments as they are made; whoever finds it ended finishes it.

Everything may be repeated. Raises StorageFailed and StoreUnavailable: another attempt may succeed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.config import settings
from chalicelib.domain.events import RecordingEventName, RecordingStateChange
from chalicelib.domain.recording_objects import (
    INDEX,
    PLAYLIST_TYPE,
    POSTER,
    Segment,
    duration_ms,
    in_order,
    init_name,
    playlist,
    size_of,
    type_of,
)
from chalicelib.domain.recordings import Recording, RecordingReason, RecordingStatus, expiry, status_at_end
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.services.recordings.announcing import announce
from chalicelib.services.recordings.storage import Data, ObjectStore
from chalicelib.store import recordings, streams


@dataclass(frozen=True, slots=True)
class Recorded:
    """The stream that is recorded, and by which node."""

    channel_id: str
    stream_id: str
    node_id: str


def store_init(store: ObjectStore, stream_id: str, init: str, data: bytes) -> None:
    name = init_name(init)
    store.put(stream_id, name, data, type_of(name))


def store_segment(store: ObjectStore, stream_id: str, segment: Segment, data: Data) -> None:
    store.put(stream_id, segment.name, data, type_of(segment.name))


def store_poster(store: ObjectStore, stream_id: str, jpeg: bytes) -> None:
    store.put(stream_id, POSTER, jpeg, type_of(POSTER))


def stored_so_far(store: ObjectStore, stream_id: str) -> list[Segment]:
    """By other nodes, or an earlier run of this one."""
    return in_order(store.sizes(stream_id))


def store_index(store: ObjectStore, stream_id: str, segments: Iterable[Segment], *, ended: bool) -> None:
    text = playlist(list(segments), ended=ended)
    store.put(stream_id, INDEX, text.encode(), PLAYLIST_TYPE)


def open_recording(stream_id: str) -> None:
    """Something is about to be stored: whatever happens to the node, the sweep will look after it."""
    recordings.open_queue(stream_id)


def begin(recorded: Recorded, seq: int, now: int) -> None:
    """The first segment is stored."""
    if recordings.begin(recorded.stream_id):
        announce(_event(RecordingEventName.RECORDING_START, recorded, seq, now, RecordingStatus.RECORDING))


def note_missing(recorded: Recorded, reason: RecordingReason, seq: int, now: int, *, begun: bool) -> None:
    """Something could not be stored: the recording will be incomplete. `begun`: something else was."""
    if recordings.note_missing(recorded.stream_id, reason) and not begun:
        failure = Recording(RecordingStatus.FAILED, reason)
        announce(_end_event(recorded, seq, now, failure))


def finish(
    store: ObjectStore, recorded: Recorded, seq: int, now: int, missing: RecordingReason | None = None
) -> Recording | None:
    """Makes of what is stored a recording that has ended. `missing`: why it may not be all.

    None if the stream goes on (another node has it, and will finish it), or its recording was deleted.
    """
    stream = streams.find(recorded.stream_id)
    if stream is None or stream.state is not StreamState.ENDED:
        return None
    before = stream.recording
    if before is not None and before.status is RecordingStatus.DELETED:
        recordings.delete_again(stream.stream_id, now)  # what was stored since: nodes may not delete
        return None
    sizes = store.sizes(stream.stream_id)
    segments = in_order(sizes)
    if not segments and before is None:  # nothing ever came of which there could be a recording
        recordings.close_queue(stream.stream_id)
        return None
    if segments:
        store_index(store, stream.stream_id, segments, ended=True)
    reason = (before.reason if before is not None else None) or missing
    recording = Recording(
        status_at_end(len(segments), reason),
        reason,
        duration_ms(segments),
        size_of(segments, sizes),
        expires_at=expiry(stream.ended_at or now, settings().recording_days),
        kept=before is not None and before.kept,
    )
    if not recordings.finish(stream.stream_id, recording):
        return None
    if before is None or before.status is not recording.status:
        announce(_end_event(recorded, seq, now, recording))
    return recording


def _end_event(recorded: Recorded, seq: int, now: int, recording: Recording) -> RecordingStateChange:
    failed = recording.status is RecordingStatus.FAILED
    name = RecordingEventName.RECORDING_START_FAILURE if failed else RecordingEventName.RECORDING_END
    return _event(name, recorded, seq, now, recording.status, recording)


def _event(
    name: RecordingEventName,
    recorded: Recorded,
    seq: int,
    now: int,
    status: RecordingStatus,
    recording: Recording | None = None,
) -> RecordingStateChange:
    return RecordingStateChange(
        event_name=name,
        channel_id=recorded.channel_id,
        stream_id=recorded.stream_id,
        node_id=recorded.node_id,
        seq=seq,
        at=now,
        status=status,
        reason=recording.reason if recording is not None else None,
        duration_ms=recording.duration_ms if recording is not None else None,
        size_bytes=recording.size_bytes if recording is not None else None,
    )


def recorded_of(stream: Stream) -> Recorded:
    return Recorded(stream.channel_id, stream.stream_id, stream.node_id)
