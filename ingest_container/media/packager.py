"""One broadcast's packaging, across the connections that carry it: time and waiting around the pure core.

A stream that cannot be packaged (any further) goes on as a broadcast; its playlist ends, and the log has the reason.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from chalicelib.domain.audience import Audience
from chalicelib.domain.recordings import RecordingReason
from chalicelib.domain.streams import StreamState
from ingest_container import rtmp
from ingest_container.base.clock import steady
from ingest_container.base.counts import NodeCounts
from ingest_container.media.audience import AudienceCounter
from ingest_container.media.demuxer import Demuxer
from ingest_container.media.fmp4 import VideoTrack
from ingest_container.media.outputs import Init, Output, PackagingStopped, Part
from ingest_container.media.recorder import Recorder
from ingest_container.media.rendition import Rendition, first_msn
from ingest_container.media.segmenter import Segmenter

LATE = 1.0  # seconds that a part took longer to come than it lasts, from which on it counts as late


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """A key frame of the picture, as fragmented MP4 that begins with it. `name` is that of its part."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Origination:
    """Which stream is packaged. `started_at` (ms) is set when another node began it, `audience` if it
    counted one.

    `recording`: whether it is recorded as well, and `next_seq` numbers what there is to tell of that. `test`: it is for
    its owner alone.
    """

    channel_id: str
    stream_id: str
    fence: int
    started_at: int | None = None
    audience: Audience | None = None
    recording: bool = False
    test: bool = False
    next_seq: Callable[[], int] = field(default=lambda: 0, compare=False)


class Packager:
    """Fed with a session's events; `rendition` is what viewers get.

    `fence` is that of the last connection here, `left_at` (of `steady`) when it left: None while it is there.
    """

    def __init__(
        self,
        stream: Origination,
        clock: Callable[[], int],
        log: Logger,
        recorder: Recorder | None = None,
        counts: NodeCounts | None = None,
    ) -> None:
        """`clock`: wall-clock time, ms."""
        self.channel_id, self.stream_id = stream.channel_id, stream.stream_id
        self.fence = stream.fence
        self.is_test = stream.test
        self.left_at: float | None = None
        now = clock()
        self._epoch = stream.started_at if stream.started_at is not None else now
        first = first_msn(max(0, now - self._epoch) // 1000, stream.fence)
        self._recorder = recorder
        self._counts = counts if counts is not None else NodeCounts()
        self._elapsed = 0.0  # seconds since the stream began, as events are fed
        self._part_at: float | None = None  # when the last part of this connection was made, alike
        self.rendition = Rendition(str(stream.fence), self._epoch, first, recorder.add if recorder else None)
        self._segmenter = Segmenter(first, resumed=stream.started_at is not None)
        self._demuxer = Demuxer(self._segmenter)
        self._clock = clock
        self._log = log
        self._changed = asyncio.Event()
        self._init: Init | None = None
        self.key_part: str | None = None  # name of the newest part that begins with a key frame of the picture
        self.asked_at: int | None = None  # ms, when a viewer last asked for anything of it
        # As the broadcast's rows have them, up to a second late.
        self.state, self.started_at = StreamState.CONNECTING, stream.started_at
        self.audience = AudienceCounter(stream.audience)
        self.latest_thumbnail: bytes | None = None  # a JPEG; see `thumbnails`
        if recorder is not None:
            recorder.poster = lambda: self.latest_thumbnail

    def connected(self, fence: int) -> None:
        """Another connection carries the stream from now on."""
        self.interrupted()
        self.fence, self.left_at, self._part_at = fence, None, None
        if self._recorder is not None:
            self._recorder.continues(fence)
        self._demuxer.connected()

    def feed(self, events: Iterable[rtmp.Event]) -> float | None:
        """The media events among these, as they arrive. Returns how many seconds the part under way lacks, if known."""
        if self.rendition.ended:
            return None
        elapsed = max(0, self._clock() - self._epoch)
        self._elapsed = elapsed / 1000
        self._run(lambda out: self._demuxer.feed(events, elapsed, out))
        return self._segmenter.part_left

    def interrupted(self) -> None:
        """The connection is gone; the stream may go on with another, here or on another node."""
        self.left_at = steady()
        if not self.rendition.ended:
            self._run(lambda out: out.extend(self._demuxer.interrupted()))

    def leave(self) -> None:
        """The stream is over: what viewers have not got yet can still be fetched."""
        self.interrupted()
        if self._recorder is not None:
            self._recorder.end()

    def end(self) -> None:
        """Nothing comes any more."""
        self.interrupted()
        self._finish()
        self._recorder = None  # it knows us: what viewers were sent is to be freed at once, not at the next collection

    def asked(self) -> None:
        """Somebody looks."""
        self.asked_at = self._clock()

    @property
    def key_picture(self) -> KeyPicture | None:
        """The newest one; None while there is none, or it is not kept any more."""
        part = self.rendition.part_or_segment(self.key_part) if self.key_part is not None else None
        if part is None or self._init is None or self.key_part is None:
            return None
        return KeyPicture(self.key_part, b"".join((self._init.data, part)))

    @property
    def frame_rate(self) -> float | None:
        return self._segmenter.frame_rate

    async def changed(self, within: float) -> bool:
        """Whether the playlist changes in so many seconds; returns as soon as it does."""
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _run(self, step: Callable[[list[Output]], None]) -> None:
        """`step` appends what there is to be added; it is added even where packaging stops after it."""
        rendition, outputs = self.rendition, list[Output]()
        version = rendition.version
        try:
            try:
                step(outputs)
            finally:
                for output in outputs:
                    rendition.add(output)
                    self._note(output)
            rendition.set_targets(self._segmenter.part_target, self._segmenter.target_duration)
        except PackagingStopped as stopped:
            self._stop(stopped.reason)
        except Exception:  # a bug of ours: the stream continues unpackaged
            self._log.exception("Packaging failed", event="packaging_failed", stream_id=self.stream_id)
            self._cut_short()
        if rendition.version != version:
            self._notify()

    def _note(self, output: Output) -> None:
        if isinstance(output, Init):
            self._init, self.key_part = output, None
        elif isinstance(output, Part):
            self._counts.parts += 1
            if self._part_at is not None:
                self._counts.parts_late += self._elapsed - self._part_at - output.duration >= LATE
            self._part_at = self._elapsed
            if output.independent and self._has_picture:
                self.key_part = self.rendition.part_name(output.msn, output.index)

    @property
    def _has_picture(self) -> bool:
        return self._init is not None and any(isinstance(track, VideoTrack) for track in self._init.tracks)

    def _stop(self, reason: str) -> None:
        self._log.warning(
            "Packaging stopped; the broadcast continues",
            event="packaging_stopped",
            reason=reason,
            stream_id=self.stream_id,
            channel_id=self.channel_id,
        )
        self._cut_short()

    def _cut_short(self) -> None:
        """The stream goes on unpackaged."""
        self._counts.packaging_stopped += 1
        self._finish()
        if self._recorder is not None:
            self._recorder.missing(RecordingReason.PACKAGING_STOPPED)

    def _finish(self) -> None:
        self.rendition.end()
        self._notify()

    def _notify(self) -> None:
        """Wakes current waiters; later ones wait for the next change."""
        self._changed.set()
        self._changed = asyncio.Event()
