"""Recording of packaged streams: whole segments, in their order, to a storage that may be slow, full or away.

Segments wait in a queue that is bounded in number, and in bytes for all streams of the node; when it is full the newest
is lost, and the recording is incomplete. Nothing here is waited for by packaging or ingest: `add` and `end` return at
once. A recording is finished once its stream has ended; what a node cannot finish, the control plane's sweep does.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aws_lambda_powertools import Logger

from chalicelib.domain.recording_objects import Segment, hash_of
from chalicelib.domain.recordings import RecordingReason, StorageFailed
from chalicelib.domain.refusals import StoreUnavailable
from ingest_container.base.counts import NodeCounts
from ingest_container.base.retry import Backoff
from ingest_container.media.archive import Archive, Budget, GaveUp, RecordedStream, WaitingSegment
from ingest_container.media.pieces import SegmentBytes
from ingest_container.media.playlist import ListedSegment

MAX_WAITING = 90  # segments of one stream: three minutes of them
MAX_SEGMENTS = 50_000  # of one recording: 27 hours
BACKOFF = Backoff(0.5, 8.0)
INDEX_EVERY = 6.0  # seconds at least between two playlists of a recording that goes on
INDEX_SEGMENTS_A_SECOND = 100  # that are listed, on average: a long playlist is written less often
LATE = 120.0  # seconds after the stream's end in which its node tries to finish

R = TypeVar("R")


class Recorder:
    """One stream on this node."""

    def __init__(
        self,
        stream: RecordedStream,
        archive: Archive,
        budget: Budget,
        log: Logger,
        counts: NodeCounts | None = None,
    ) -> None:
        self._counts = counts if counts is not None else NodeCounts()
        self.poster: Callable[[], bytes | None] = lambda: None  # the newest picture of the stream, as JPEG
        self._stream = stream
        self._fence = stream.fence
        self._stale = False  # others may have stored segments since we looked
        self._archive = archive
        self._budget = budget
        self._log = log
        self._queue: deque[WaitingSegment] = deque()
        self._woken = asyncio.Event()
        self._give_up_at: float | None = None  # once the stream has ended
        self._segments: list[Segment] = []  # that are stored
        self._inits: set[str] = set()
        self._next_index = 0.0
        self._stored_poster: bytes | None = None
        self._opened = False
        self._begun = False
        self._closed = False  # nobody takes from the queue any more
        self._failing: RecordingReason | None = None
        self._missing: RecordingReason | None = None
        self._notes: set[asyncio.Task[None]] = set()

    # --- what packaging tells ----------------------------------------------------------------------------------

    def add(self, listed: ListedSegment, data: SegmentBytes, init: bytes) -> None:
        """A segment is whole."""
        segment = Segment(
            listed.msn,
            self._fence,
            listed.began_at,
            round(listed.duration * 1_000_000),
            hash_of(init),
            listed.discontinuity,
            listed.independent,
        )
        if self._closed:
            self.missing(RecordingReason.INTERNAL_ERROR)
        elif len(self._segments) + len(self._queue) >= MAX_SEGMENTS:
            self.missing(RecordingReason.TOO_LONG)
        elif len(self._queue) >= MAX_WAITING or not self._budget.take(data.size):
            self.missing(self._failing or RecordingReason.STORAGE_SLOW)
        else:
            if not self._opened:
                self._opened = True
                self._note(lambda: self._archive.open(self._stream.stream_id))
            self._queue.append(WaitingSegment(segment, data, init))
            self._woken.set()

    def continues(self, fence: int) -> None:
        """Another connection carries the stream; between the two another node may have had it."""
        self._fence = fence
        self._stale = True

    def missing(self, reason: RecordingReason) -> None:
        """Something of the stream is not recorded; the first reason counts."""
        if self._missing is None:
            self._missing = reason
            self._counts.recordings_incomplete += 1
            self._log.warning(
                "The recording is incomplete; the stream continues",
                event="recording_incomplete",
                reason=reason.value,
                stream_id=self._stream.stream_id,
                channel_id=self._stream.channel_id,
            )
            begun = self._begun
            self._note(lambda: self._archive.note_missing(self._stream, reason, begun=begun))

    def end(self) -> None:
        """The stream is over on this node."""
        if self._give_up_at is None:
            self._give_up_at = asyncio.get_running_loop().time() + LATE
            self._woken.set()

    # --- the work ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until everything is stored and the recording finished, or it is too late for that."""
        try:
            if self._stream.resumed:
                self._segments = await self._until_done(lambda: self._archive.stored(self._stream.stream_id))
                if self._segments:
                    self._begin()  # the node that stored them may have died before it noted so
            while await self._next():
                await self._store(self._queue[0])
                self._budget.give_back(self._queue.popleft().data.size)
            await self._finish()
        except GaveUp:
            self._log.error(
                "The recording was not finished in time: the sweep will finish it",
                event="recording_left",
                reason=self._failing,
                segments_lost=len(self._queue),
                stream_id=self._stream.stream_id,
            )
            self.missing(self._failing or RecordingReason.STORAGE_SLOW)
        finally:
            self._closed = True
            for waiting in self._queue:
                self._budget.give_back(waiting.data.size)
            self._queue.clear()

    async def _next(self) -> bool:
        """Waits for a segment; False if none comes any more."""
        while not self._queue:
            if self._give_up_at is not None:
                return False
            self._woken.clear()
            await self._woken.wait()
        return True

    async def _store(self, waiting: WaitingSegment) -> None:
        stream_id, segment = self._stream.stream_id, waiting.segment
        if segment.init not in self._inits:
            await self._until_done(lambda: self._archive.put_init(stream_id, segment.init, waiting.init))
            self._inits.add(segment.init)
        await self._until_done(lambda: self._archive.put_segment(stream_id, segment, waiting.data.buffers()))
        self._segments.append(segment)
        if not self._begun:
            self._begin()
        await self._index()

    def _begin(self) -> None:
        self._begun = True
        self._note(lambda: self._archive.begin(self._stream))

    async def _index(self) -> None:
        """The playlist as it is now; one that cannot be written waits for the next segment."""
        now = asyncio.get_running_loop().time()
        if now < self._next_index or self._give_up_at is not None:
            return
        self._next_index = now + max(INDEX_EVERY, len(self._segments) / INDEX_SEGMENTS_A_SECOND)
        stream_id = self._stream.stream_id
        try:
            if self._stale:
                self._segments, self._stale = await self._archive.stored(stream_id), False
            await self._archive.put_index(stream_id, self._segments)
            if self._stored_poster is None:  # later ones wait for the end
                await self._store_poster()
        except StorageFailed as failed:
            self._failed(failed.reason)

    async def _store_poster(self) -> None:
        poster = self.poster()
        if poster is not None and poster is not self._stored_poster:
            await self._archive.put_poster(self._stream.stream_id, poster)
            self._stored_poster = poster

    async def _finish(self) -> None:
        if self._begun:
            await self._until_done(self._store_poster)
        while self._notes:
            await asyncio.wait(self._notes)
        recording = await self._until_done(lambda: self._archive.finish(self._stream))
        if recording is not None:
            self._log.info(
                "Recording finished",
                event="recording_finished",
                status=recording.status.value,
                reason=recording.reason,
                duration_ms=recording.duration_ms,
                size_bytes=recording.size_bytes,
                stream_id=self._stream.stream_id,
            )

    # --- attempts ----------------------------------------------------------------------------------------------

    async def _until_done(self, call: Callable[[], Awaitable[R]]) -> R:
        """The first attempt that succeeds. Raises GaveUp once the stream has ended long ago."""
        pause = BACKOFF.first
        while True:
            try:
                done = await call()
            except StorageFailed as failed:
                self._failed(failed.reason)
            except StoreUnavailable:
                self._log.debug("Recording delayed: the database is unreachable", event="recording_waits")
            else:
                self._succeeded()
                return done
            if self._give_up_at is not None and asyncio.get_running_loop().time() + pause > self._give_up_at:
                raise GaveUp
            await asyncio.sleep(pause)
            pause = min(pause * 2, BACKOFF.longest)

    def _failed(self, reason: RecordingReason) -> None:
        self._counts.recording_failures += 1
        if self._failing is None:
            self._log.warning(
                "A segment could not be stored; it is retried, and the stream continues",
                event="recording_delayed",
                reason=reason.value,
                stream_id=self._stream.stream_id,
            )
        self._failing = reason

    def _succeeded(self) -> None:
        if self._failing is not None:
            self._failing = None
            self._log.info("Segments can be stored again", event="recording_resumed")

    def _note(self, write: Callable[[], Awaitable[None]]) -> None:
        """Into the stream's row, beside the segments: these need no database."""

        async def persist() -> None:
            with contextlib.suppress(GaveUp):
                await self._until_done(write)

        task = asyncio.create_task(persist())
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)
