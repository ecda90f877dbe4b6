"""The packagers of a node."""

import asyncio
from collections.abc import Callable, Collection

from aws_lambda_powertools import Logger

from ingest_container.base.counts import NodeCounts
from ingest_container.media.archive import RecordedStream
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.recorder import Recorder
from ingest_container.media.recordings import Recordings


class Packaging:
    """All packagers of a node, by channel; what has ended can be fetched for a while."""

    LINGER = 60.0  # seconds: longer than any player is behind
    # Seconds from the last part to the word that it is the last. Where both are said at once, hls.js 1.7 does not fetch
    # that part: it is in a segment that it has had parts of, and of a playlist that has ended it fetches segments.
    LAST_PART = 1.0
    MAX_LINGERING = 32  # ended streams that are kept at once

    def __init__(
        self,
        clock: Callable[[], int],
        log: Logger,
        recordings: Recordings | None = None,
        counts: NodeCounts | None = None,
    ) -> None:
        self._counts = counts
        self._clock = clock
        self._log = log
        self._recordings = recordings
        self._current: dict[str, Packager] = {}  # by channel
        self._ended: dict[str, Packager] = {}  # by stream, the oldest first

    def take_on(self, stream: Origination) -> Packager:
        """The packager of that stream, which a new connection carries."""
        packager = self._current.get(stream.channel_id)
        if packager is not None and packager.stream_id == stream.stream_id:
            packager.connected(stream.fence)
            return packager
        self.end(stream.channel_id)
        recorder = self._recorder(stream) if stream.recording else None
        packager = self._current[stream.channel_id] = Packager(stream, self._clock, self._log, recorder, self._counts)
        return packager

    def _recorder(self, stream: Origination) -> Recorder | None:
        if self._recordings is None:
            return None
        resumed = stream.started_at is not None
        recorded = RecordedStream(stream.channel_id, stream.stream_id, stream.fence, resumed, stream.next_seq)
        return self._recordings.record(recorded)

    def end(self, channel_id: str, stream_id: str | None = None) -> None:
        """The channel's stream is over (if it is that one)."""
        packager = self._current.get(channel_id)
        if packager is None or stream_id not in (None, packager.stream_id):
            return
        del self._current[channel_id]
        packager.leave()
        self._ended[packager.stream_id] = packager
        if len(self._ended) > self.MAX_LINGERING:
            self._ended.pop(next(iter(self._ended))).end()
        loop = asyncio.get_running_loop()
        loop.call_later(self.LAST_PART, packager.end)
        loop.call_later(self.LINGER, self._forget, packager)

    def close(self) -> None:
        """The node stops: all that is still waited for ends now."""
        for channel_id in list(self._current):
            self.end(channel_id)
        for packager in self._ended.values():
            packager.end()

    def _forget(self, packager: Packager) -> None:
        if self._ended.get(packager.stream_id) is packager:
            del self._ended[packager.stream_id]

    @property
    def running(self) -> Collection[Packager]:
        """Those of streams that have not ended."""
        return self._current.values()

    def current(self, channel_id: str) -> Packager | None:
        """Of the stream that runs on the channel."""
        return self._current.get(channel_id)

    def of_stream(self, channel_id: str, stream_id: str) -> Packager | None:
        """Of a stream that runs, or ended a moment ago."""
        packager = self._current.get(channel_id)
        if packager is None or packager.stream_id != stream_id:
            packager = self._ended.get(stream_id)
        return packager if packager is not None and packager.channel_id == channel_id else None
