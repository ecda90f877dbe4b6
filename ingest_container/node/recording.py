"""Where a node's recordings go: calls of `services.recordings` in threads of their own."""

from collections.abc import Sequence

from chalicelib.domain.recording_objects import Segment
from chalicelib.domain.recordings import Recording, RecordingReason
from chalicelib.services.recordings import writing
from chalicelib.services.recordings.storage import ObjectStore
from chalicelib.services.recordings.writing import Recorded
from ingest_container.base.clock import now_ms
from ingest_container.base.threads import Threads
from ingest_container.media.archive import RecordedStream
from ingest_container.media.pieces import Buffer


class StorageArchive:
    """See `media.archive.Archive`."""

    def __init__(self, store: ObjectStore, node_id: str, threads: Threads) -> None:
        self._store = store
        self._node_id = node_id
        self._threads = threads

    async def stored(self, stream_id: str) -> list[Segment]:
        return await self._threads.run(writing.stored_so_far, self._store, stream_id)

    async def put_init(self, stream_id: str, init: str, data: bytes) -> None:
        await self._threads.run(writing.store_init, self._store, stream_id, init, data)

    async def put_segment(self, stream_id: str, segment: Segment, data: Sequence[Buffer]) -> None:
        await self._threads.run(writing.store_segment, self._store, stream_id, segment, data)

    async def put_index(self, stream_id: str, segments: Sequence[Segment]) -> None:
        await self._threads.run(writing.store_index, self._store, stream_id, tuple(segments), ended=False)

    async def put_poster(self, stream_id: str, jpeg: bytes) -> None:
        await self._threads.run(writing.store_poster, self._store, stream_id, jpeg)

    async def open(self, stream_id: str) -> None:
        await self._threads.run(writing.open_recording, stream_id)

    async def begin(self, stream: RecordedStream) -> None:
        await self._threads.run(writing.begin, self._recorded(stream), stream.next_seq(), now_ms())

    async def note_missing(self, stream: RecordedStream, reason: RecordingReason, *, begun: bool) -> None:
        recorded, seq = self._recorded(stream), stream.next_seq()
        await self._threads.run(writing.note_missing, recorded, reason, seq, now_ms(), begun=begun)

    async def finish(self, stream: RecordedStream) -> Recording | None:
        recorded, seq = self._recorded(stream), stream.next_seq()
        return await self._threads.run(writing.finish, self._store, recorded, seq, now_ms())

    def _recorded(self, stream: RecordedStream) -> Recorded:
        return Recorded(stream.channel_id, stream.stream_id, self._node_id)
