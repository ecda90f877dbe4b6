"""What recording needs of the world: an archive to write to, and a bound on what waits for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.recording_objects import Segment
from chalicelib.domain.recordings import Recording, RecordingReason
from ingest_container.media.pieces import Buffer, SegmentBytes


@dataclass(frozen=True, slots=True)
class RecordedStream:
    """`resumed`: another node, or an earlier run of this one, may have stored segments of it."""

    channel_id: str
    stream_id: str
    fence: int
    resumed: bool
    next_seq: Callable[[], int] = field(compare=False)


@dataclass(frozen=True, slots=True)
class WaitingSegment:
    """It waits to be stored, with the init segment that it needs."""

    segment: Segment
    data: SegmentBytes = field(repr=False)
    init: bytes = field(repr=False)


class GaveUp(Exception):
    """The stream has ended, and the storage did not take the rest of it in time."""


class Archive(Protocol):
    """Where one node's recordings go. Raises StorageFailed and StoreUnavailable."""

    async def stored(self, stream_id: str) -> list[Segment]:
        """What is there already."""

    async def put_init(self, stream_id: str, init: str, data: bytes) -> None: ...

    async def put_segment(self, stream_id: str, segment: Segment, data: Sequence[Buffer]) -> None: ...

    async def put_index(self, stream_id: str, segments: Sequence[Segment]) -> None: ...

    async def put_poster(self, stream_id: str, jpeg: bytes) -> None: ...

    async def open(self, stream_id: str) -> None:
        """Something is about to be stored: the sweep is to look, should this node die."""

    async def begin(self, stream: RecordedStream) -> None:
        """Something is stored."""

    async def note_missing(self, stream: RecordedStream, reason: RecordingReason, *, begun: bool) -> None:
        """Something could not be stored."""

    async def finish(self, stream: RecordedStream) -> Recording | None:
        """The stream is over on this node; None if it goes on elsewhere."""


@dataclass(slots=True)
class Budget:
    """Bytes that may wait on this node, for all streams."""

    free: int

    def take(self, size: int) -> bool:
        if size > self.free:
            return False
        self.free -= size
        return True

    def give_back(self, size: int) -> None:
        self.free += size
