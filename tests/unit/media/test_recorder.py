"""Recording while the storage is well, slow, away or full: the stream goes on, and what is lost is said."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.recording_objects import INDEX, POSTER, Segment, in_order, init_name, playlist
from chalicelib.domain.recordings import Recording, RecordingReason, RecordingStatus, StorageFailed
from chalicelib.store.objects import Folder
from ingest_container.base.retry import Backoff
from ingest_container.media import recorder as module
from ingest_container.media.archive import RecordedStream
from ingest_container.media.packager import Origination
from ingest_container.media.packaging import Packaging
from ingest_container.media.pieces import Buffer, PartBytes, SegmentBytes
from ingest_container.media.playlist import ListedSegment
from ingest_container.media.recorder import Recorder
from ingest_container.media.recordings import Recordings

AT = 1_790_000_000_000
SEGMENT = 1_000  # bytes
STREAM = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class FolderArchive:
    """A folder, and a row in memory. `trouble` is what the storage answers; `open_gate` is clear while it hangs."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        self.trouble: RecordingReason | None = None
        self.open_gate = asyncio.Event()
        self.open_gate.set()
        self.asked = asyncio.Event()
        self.row: list[object] = []
        self.opened = False
        self.finished = asyncio.Event()

    async def _answer(self) -> None:
        self.asked.set()
        await self.open_gate.wait()
        if self.trouble is not None:
            raise StorageFailed(self.trouble)

    async def stored(self, stream_id: str) -> list[Segment]:
        await self._answer()
        return in_order(self.folder.sizes(stream_id))

    async def put_init(self, stream_id: str, init: str, data: bytes) -> None:
        await self._answer()
        self.folder.put(stream_id, init_name(init), data, "")

    async def put_segment(self, stream_id: str, segment: Segment, data: Sequence[Buffer]) -> None:
        await self._answer()
        self.folder.put(stream_id, segment.name, data, "")

    async def put_index(self, stream_id: str, segments: Sequence[Segment]) -> None:
        await self._answer()
        self.folder.put(stream_id, INDEX, playlist(segments, ended=False).encode(), "")

    async def put_poster(self, stream_id: str, jpeg: bytes) -> None:
        await self._answer()
        self.folder.put(stream_id, POSTER, jpeg, "")

    async def open(self, stream_id: str) -> None:
        self.opened = True

    async def begin(self, stream: RecordedStream) -> None:
        self.row.append("begin")

    async def note_missing(self, stream: RecordedStream, reason: RecordingReason, *, begun: bool) -> None:
        self.row.append(reason)

    async def finish(self, stream: RecordedStream) -> Recording | None:
        await self._answer()
        self.finished.set()
        return Recording(RecordingStatus.AVAILABLE)

    def names(self) -> list[str]:
        return sorted(self.folder.sizes(STREAM))

    def segments(self) -> list[int]:
        return [s.msn for s in in_order(self.names())]


@pytest.fixture
def archive(tmp_path: Path) -> FolderArchive:
    return FolderArchive(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACKOFF", Backoff(0.01, 0.02))


@pytest.fixture
async def recordings(archive: FolderArchive) -> AsyncIterator[Recordings]:
    made = Recordings(archive, 20 * SEGMENT, Logger("recorder"))
    yield made
    await made.stop(0)


Record = Callable[..., Recorder]


@pytest.fixture
def record(recordings: Recordings) -> Record:
    def begin(*, fence: int = 1, resumed: bool = False) -> Recorder:
        return recordings.record(RecordedStream("ch", STREAM, fence, resumed, lambda: 1))

    return begin


def add(recorder: Recorder, count: int, *, first: int = 16, at: int = AT) -> None:
    data = SegmentBytes()
    data.add(PartBytes([bytes(SEGMENT)]))
    for msn in range(first, first + count):
        recorder.add(ListedSegment(msn, "1/i0.mp4", at + 2_000 * msn, duration=2.0), data, b"init")


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("It did not come to be")


async def test_whole_segments_are_stored_with_their_init_segment_and_a_playlist(
    archive: FolderArchive, record: Record
) -> None:
    recorder = record()
    add(recorder, 3)
    await until(lambda: len(archive.segments()) == 3)
    recorder.end()
    await archive.finished.wait()
    assert archive.segments() == [16, 17, 18]
    assert [name for name in archive.names() if name.startswith(("i-", "index"))] == [
        init_name(in_order(archive.names())[0].init),
        INDEX,
    ]
    assert archive.row == ["begin"]


async def test_the_last_picture_of_the_stream_is_the_poster(archive: FolderArchive, record: Record) -> None:
    recorder = record()
    recorder.poster = lambda: b"first"
    add(recorder, 1)
    await until(lambda: POSTER in archive.names())
    recorder.poster = lambda: b"last"
    recorder.end()
    await archive.finished.wait()
    assert archive.folder.get(STREAM, POSTER, 0, 10) == b"last"


@pytest.mark.parametrize("reason", [RecordingReason.STORAGE_UNREACHABLE, RecordingReason.STORAGE_FULL])
async def test_a_storage_that_comes_back_gets_all_that_waited(
    archive: FolderArchive, record: Record, reason: RecordingReason
) -> None:
    archive.trouble = reason
    recorder = record()
    add(recorder, 10)
    await archive.asked.wait()
    archive.trouble = None
    recorder.end()
    await archive.finished.wait()
    assert archive.segments() == list(range(16, 26))
    assert archive.row == ["begin"]


async def test_what_does_not_fit_into_the_queue_is_lost_and_said_once(archive: FolderArchive, record: Record) -> None:
    archive.open_gate.clear()
    recorder = record()
    add(recorder, 25)
    await until(lambda: bool(archive.row))
    archive.open_gate.set()
    recorder.end()
    await archive.finished.wait()
    assert archive.segments() == list(range(16, 36))
    assert archive.row == [RecordingReason.STORAGE_SLOW, "begin"]


async def test_the_bytes_that_wait_are_bounded_for_all_streams_together(archive: FolderArchive, record: Record) -> None:
    archive.open_gate.clear()
    one, other = record(), record(fence=2)
    add(one, 15)
    add(other, 15, first=100)
    archive.open_gate.set()
    one.end()
    other.end()
    await until(lambda: len(archive.segments()) == 20)


async def test_room_is_given_back_when_a_recording_is_left(archive: FolderArchive, recordings: Recordings) -> None:
    """A node that stops, or a storage that never comes back."""
    archive.trouble = RecordingReason.STORAGE_REFUSED
    for _ in range(3):
        recorder = recordings.record(RecordedStream("ch", STREAM, 1, False, lambda: 1))
        add(recorder, 20)
        recorder.end()
        await recordings.stop(0)
        assert recordings.waiting_bytes == 0


async def test_a_stream_that_was_resumed_here_lists_what_is_there(archive: FolderArchive, record: Record) -> None:
    first = record()
    add(first, 2)
    await until(lambda: len(archive.segments()) == 2)
    second = record(fence=2, resumed=True)
    add(second, 1, first=60)
    await until(lambda: len(archive.segments()) == 3)
    await until(lambda: (archive.folder.get(STREAM, INDEX, 0, 10_000) or b"").count(b"#EXTINF") == 3)


async def test_a_stream_that_was_elsewhere_in_between_is_recorded_in_its_order(
    archive: FolderArchive, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its encoder reconnects to another node and back, within one grace period; numbers here go on where they were."""
    monkeypatch.setattr(module, "INDEX_EVERY", 0.0)
    monkeypatch.setattr(module, "INDEX_SEGMENTS_A_SECOND", 1e9)
    here, there = record(), record(fence=2, resumed=True)
    add(here, 2)
    await until(lambda: len(archive.segments()) == 2)
    add(there, 2, first=60, at=AT + 100_000)
    await until(lambda: len(archive.segments()) == 4)
    here.continues(3)
    add(here, 2, first=18, at=AT + 400_000)
    await until(lambda: len(archive.segments()) == 6)
    assert archive.segments() == [16, 17, 60, 61, 18, 19]
    await until(lambda: (archive.folder.get(STREAM, INDEX, 0, 10_000) or b"").count(b"#EXTINF") == 6)


async def test_the_storage_is_left_alone_when_it_is_too_late(
    archive: FolderArchive, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LATE", 0.1)
    archive.trouble = RecordingReason.STORAGE_FULL
    recorder = record()
    add(recorder, 2)
    recorder.end()
    await until(lambda: RecordingReason.STORAGE_FULL in archive.row)


async def test_the_sweep_is_told_before_anything_is_stored(archive: FolderArchive, record: Record) -> None:
    archive.open_gate.clear()
    add(record(), 1)
    await until(lambda: archive.opened)
    assert archive.names() == []


async def test_what_viewers_got_is_freed_with_the_stream_and_not_by_the_collector(
    archive: FolderArchive, recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Packaging, "LAST_PART", 0.01)
    monkeypatch.setattr(Packaging, "LINGER", 0.02)
    packaging = Packaging(lambda: AT, Logger("recorder"), recordings)
    packager = weakref.ref(packaging.take_on(Origination("ch", STREAM, 1, recording=True)))
    gc.collect()
    gc.disable()
    try:
        packaging.end("ch")
        await archive.finished.wait()
        await until(lambda: packager() is None)
    finally:
        gc.enable()


async def test_packaging_that_stopped_makes_it_incomplete(archive: FolderArchive, record: Record) -> None:
    recorder = record()
    add(recorder, 1)
    recorder.missing(RecordingReason.PACKAGING_STOPPED)
    recorder.end()
    await archive.finished.wait()
    assert set(archive.row) == {"begin", RecordingReason.PACKAGING_STOPPED}


async def test_a_defect_ends_the_recording_and_nothing_waits_for_it(
    archive: FolderArchive, recordings: Recordings, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(archive, "put_init", broken)
    recorder = record()
    add(recorder, 1)
    await until(lambda: recordings.waiting_bytes == 0)
    add(recorder, 30)
    assert recordings.waiting_bytes == 0
    await until(lambda: archive.row == [RecordingReason.INTERNAL_ERROR])
