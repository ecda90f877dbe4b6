"""Recordings after their streams: finished by somebody, kept, deleted, expired."""

from pathlib import Path

import pytest

from chalicelib.domain.errors import RecordingRunning
from chalicelib.domain.not_found import RecordingNotFound, StreamNotFound
from chalicelib.domain.recordings import DAY, NODE_FINISHES, RecordingReason, RecordingStatus
from chalicelib.services.recordings import upkeep, writing
from chalicelib.store import recordings
from chalicelib.store.recordings import Queue
from tests.integration.recordings.conftest import SEGMENT, Clock, House
from tests.support.studio import Studio


def test_a_recording_is_available_once_its_stream_has_ended(house: House, clock: Clock) -> None:
    broadcast = house.broadcast()
    broadcast.store_segments(3)
    assert broadcast.recording.status is RecordingStatus.RECORDING
    assert broadcast.finish() is None  # it still runs
    broadcast.end()
    broadcast.finish()
    found = broadcast.recording
    assert (found.status, found.duration_ms, found.size_bytes) == (RecordingStatus.AVAILABLE, 6_000, 3 * SEGMENT)
    assert found.expires_at == clock.now + 7 * DAY


def test_the_timeline_of_a_stream_that_was_recorded_ends_with_the_stream(house: House) -> None:
    broadcast = house.broadcast().ended()
    kinds = broadcast.studio.kinds(broadcast.stream_id)
    assert kinds[-1] == "Stream End"
    assert not any(kind.startswith("Recording") for kind in kinds)


@pytest.mark.requirement("FX-3")
def test_the_sweep_finishes_what_a_lost_node_left(house: House, clock: Clock) -> None:
    broadcast = house.broadcast()
    broadcast.store_segments(3)
    upkeep.sweep(clock)
    broadcast.end()
    upkeep.sweep(clock)
    assert broadcast.recording.status is RecordingStatus.RECORDING  # its node may be about to
    clock.forward(NODE_FINISHES + 1)
    upkeep.sweep(clock)
    found = broadcast.recording
    assert (found.status, found.reason) == (RecordingStatus.INCOMPLETE, RecordingReason.NODE_LOST)
    index = broadcast.store.get(broadcast.stream_id, "index.m3u8", 0, 10_000) or b""
    assert index.count(b"#EXTINF") == 3
    assert index.endswith(b"#EXT-X-ENDLIST\n")


def test_a_node_that_finishes_late_adds_what_it_still_had(house: House, clock: Clock) -> None:
    broadcast = house.broadcast()
    broadcast.store_segments(2)
    broadcast.end()
    clock.forward(NODE_FINISHES + 1)
    upkeep.sweep(clock)
    broadcast.store_segments(1, first=18)
    broadcast.finish()
    assert broadcast.recording.duration_ms == 6_000
    ends = [kind for kind in broadcast.studio.kinds(broadcast.stream_id) if kind == "Recording End"]
    assert len(ends) == 1


def test_what_could_not_be_stored_makes_it_incomplete(house: House) -> None:
    broadcast = house.broadcast()
    broadcast.store_segments(2)
    broadcast.note_missing(RecordingReason.STORAGE_FULL, begun=True)
    broadcast.end()
    broadcast.finish()
    found = broadcast.recording
    assert (found.status, found.reason) == (RecordingStatus.INCOMPLETE, RecordingReason.STORAGE_FULL)


def test_a_recording_that_never_began_has_failed(house: House) -> None:
    broadcast = house.broadcast()
    broadcast.note_missing(RecordingReason.STORAGE_REFUSED, begun=False)
    assert broadcast.recording.status is RecordingStatus.FAILED
    broadcast.end()
    broadcast.finish()
    assert broadcast.recording.status is RecordingStatus.FAILED
    kinds = broadcast.studio.kinds(broadcast.stream_id)
    assert [kind for kind in kinds if kind.startswith("Recording")] == ["Recording Start Failure"]


def test_a_stream_of_which_nothing_came_has_no_recording(house: House) -> None:
    broadcast = house.broadcast()
    broadcast.end()
    broadcast.finish()
    assert broadcast.stream.recording is None


def test_a_node_that_died_before_it_noted_anything_leaves_nothing_behind(house: House, clock: Clock) -> None:
    """Segments stored, and nothing in the row but that there may be some."""
    broadcast, empty = house.broadcast(), house.broadcast()
    for one in (broadcast, empty):
        writing.open_recording(one.stream_id)
    broadcast.store_segments(2, begin=False)
    for one in (broadcast, empty):
        one.end()
    clock.forward(NODE_FINISHES + 1)
    upkeep.sweep(clock)
    assert broadcast.recording.status is RecordingStatus.INCOMPLETE
    assert empty.stream.recording is None
    assert empty.stream_id not in recordings.due(Queue.OPEN, clock.now, 1_000)


def test_an_expired_recording_is_gone_and_a_kept_one_stays(house: House, clock: Clock) -> None:
    old, kept = house.broadcast().ended(), house.broadcast().ended()
    upkeep.set_kept(kept.studio.channel, kept.stream_id, clock.now, kept=True)
    clock.forward(7 * DAY + 1)
    upkeep.sweep(clock)
    assert old.recording.status is RecordingStatus.DELETED
    assert old.store.sizes(old.stream_id) == {}
    assert (kept.recording.status, kept.recording.expires_at) == (RecordingStatus.AVAILABLE, None)
    assert kept.store.sizes(kept.stream_id) != {}
    assert "Recording Deleted" in old.studio.kinds(old.stream_id)


def test_who_no_longer_keeps_an_old_recording_has_a_day_to_reconsider(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended()
    upkeep.set_kept(broadcast.studio.channel, broadcast.stream_id, clock.now, kept=True)
    clock.forward(30 * DAY)
    upkeep.set_kept(broadcast.studio.channel, broadcast.stream_id, clock.now, kept=False)
    assert broadcast.recording.expires_at == clock.now + DAY


def test_a_deleted_recording_stops_playing_at_once_and_is_gone_after_the_sweep(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended()
    upkeep.delete(broadcast.studio.channel, broadcast.stream_id, clock.now)
    assert broadcast.store.get(broadcast.stream_id, "index.m3u8", 0, 10) is None
    clock.forward(1)
    upkeep.sweep(clock)
    assert broadcast.store.sizes(broadcast.stream_id) == {}
    assert broadcast.stream_id not in recordings.due(Queue.DELETING, clock.now, 1_000)
    with pytest.raises(RecordingNotFound):
        upkeep.delete(broadcast.studio.channel, broadcast.stream_id, clock.now)


def test_a_late_node_does_not_bring_a_deleted_recording_back(house: House, clock: Clock) -> None:
    broadcast = house.broadcast().ended()
    upkeep.delete(broadcast.studio.channel, broadcast.stream_id, clock.now)
    upkeep.sweep(clock)
    broadcast.store_segments(1, first=40)
    assert broadcast.finish() is None
    upkeep.sweep(clock)
    assert broadcast.store.sizes(broadcast.stream_id) == {}
    assert broadcast.recording.status is RecordingStatus.DELETED


def test_a_running_recording_is_neither_kept_nor_deleted(house: House, clock: Clock) -> None:
    broadcast = house.broadcast()
    broadcast.store_segments(1)
    for act in (upkeep.delete, lambda *about: upkeep.set_kept(*about, kept=True)):
        with pytest.raises(RecordingRunning):
            act(broadcast.studio.channel, broadcast.stream_id, clock.now)


def test_nobody_touches_the_recordings_of_another_channel(house: House, clock: Clock) -> None:
    broadcast, other = house.broadcast().ended(), Studio(clock)
    with pytest.raises(StreamNotFound):
        upkeep.delete(other.channel, broadcast.stream_id, clock.now)
    assert broadcast.recording.status is RecordingStatus.AVAILABLE


def test_a_storage_that_does_not_answer_is_asked_again(
    house: House, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcast = house.broadcast().ended()
    upkeep.delete(broadcast.studio.channel, broadcast.stream_id, clock.now)
    clock.forward(1)
    root = tmp_path / "recordings"
    root.rename(tmp_path / "elsewhere")
    root.write_text("in the way")
    upkeep.sweep(clock)
    assert broadcast.stream_id in recordings.due(Queue.DELETING, clock.now, 1_000)
    root.unlink()
    (tmp_path / "elsewhere").rename(root)
    upkeep.sweep(clock)
    assert broadcast.store.sizes(broadcast.stream_id) == {}
