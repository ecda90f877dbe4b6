"""The segments of a rendition that can be fetched, with their parts and init segments, by name.

    listed    the newest segments, parts for the last of them; what the playlist says
    retired   off the playlist, still to be had: a player may have read the playlist just before

Bytes are stored before they are listed.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from .outputs import Init, PackagingStopped, Part
from .pieces import Buffer, PartBytes, SegmentBytes
from .playlist import ListedPart, ListedSegment

MIN_SEGMENTS = 6  # listed
MIN_TARGETS = 3  # target durations listed, the least there may be (RFC 8216bis, 6.2.2); more is memory for each stream
RETIRED_SEGMENTS = 1
FEWEST_SEGMENTS = 3  # listed when bytes are scarce
MAX_BYTES = 96 * 1024 * 1024

OnSegment = Callable[[ListedSegment, SegmentBytes, bytes], None]  # a whole segment: its bytes, its init segment


@dataclass(slots=True)
class Segment:
    """One that is kept."""

    listed: ListedSegment
    data: SegmentBytes = field(default_factory=SegmentBytes)


class Window:
    """Of one rendition, oldest first."""

    def __init__(self, prefix: str, epoch: int, discontinuities: int, on_segment: OnSegment | None) -> None:
        """As `Rendition`; `discontinuities`: before the first segment."""
        self.listed: deque[Segment] = deque()
        self.discontinuities = discontinuities  # before the first listed segment
        self.peak = 0  # bits a second, of the largest segment
        self.size = 0  # bytes of all media that are kept
        self._prefix = prefix
        self._epoch = epoch
        self._on_segment = on_segment
        self._retired: deque[Segment] = deque()
        self._inits: dict[int, Init] = {}
        self._objects: dict[str, PartBytes | SegmentBytes] = {}  # by URI

    # --- what comes in -----------------------------------------------------------------------------------------

    def add_init(self, init: Init) -> None:
        self._inits[init.version] = init

    def add_part(self, part: Part) -> None:
        """It is listed then, and its segment, too, if it ends it."""
        if not self.listed or self.listed[-1].listed.msn != part.msn:
            self._begin(part)
        segment = self.listed[-1]
        name = self.part_name(part.msn, part.index)
        self._objects[name] = part.data
        segment.data.add(part.data)
        self.size += part.data.size
        segment.listed.parts.append(ListedPart(name, part.duration, part.independent))
        if part.ends_segment:
            self._complete(segment)

    def end(self) -> None:
        """What there is becomes the last of it."""
        if self.listed and not self.listed[-1].listed.is_whole:
            self._complete(self.listed[-1])
        self._on_segment = None

    def _begin(self, part: Part) -> None:
        listed = ListedSegment(
            part.msn,
            self._init_name(part.init),
            self._epoch + round(part.start * 1000),
            part.discontinuity,
            part.independent,
        )
        self.listed.append(Segment(listed))

    def _complete(self, segment: Segment) -> None:
        listed = segment.listed
        listed.uri, listed.duration = self._segment_name(listed.msn), sum(part.duration for part in listed.parts)
        self._objects[listed.uri] = segment.data
        if listed.duration > 0:
            self.peak = max(self.peak, ceil(8 * segment.data.size / max(listed.duration, 0.5)))
        if self._on_segment is not None:
            self._on_segment(listed, segment.data, self.init_segment(listed.init_uri) or b"")

    # --- what goes ---------------------------------------------------------------------------------------------

    def trim(self, target_duration: int) -> None:
        """Drop what need not be kept. Raises PackagingStopped when what must be is too much."""
        under_way = not self.listed[-1].listed.is_whole
        if under_way and self.size <= MAX_BYTES:
            return  # what may go, went when the segment before was whole
        least = MIN_TARGETS * target_duration
        while len(self.listed) > MIN_SEGMENTS + under_way:
            seconds = sum(segment.listed.duration for segment in self.listed)
            if seconds - self.listed[0].listed.duration < least:
                break
            self._retire()
        while len(self._retired) > RETIRED_SEGMENTS:
            self._forget(self._retired.popleft())
        while self.size > MAX_BYTES and (self._retired or len(self.listed) > FEWEST_SEGMENTS):
            if not self._retired:
                self._retire()
            self._forget(self._retired.popleft())
        if self.size > MAX_BYTES:
            raise PackagingStopped("too_many_bytes")
        if len(self._inits) > 1:
            used = {segment.listed.init_uri for segment in (*self._retired, *self.listed)}
            newest = max(self._inits)
            for version in [v for v in self._inits if v != newest and self._init_name(v) not in used]:
                del self._inits[version]

    def _retire(self) -> None:
        oldest = self.listed.popleft()
        self.discontinuities += oldest.listed.discontinuity
        self._retired.append(oldest)

    def _forget(self, segment: Segment) -> None:
        self.size -= segment.data.size
        self._objects.pop(segment.listed.uri, None)
        for part in segment.listed.parts:
            self._objects.pop(part.uri, None)

    # --- what is asked for -------------------------------------------------------------------------------------

    @property
    def newest_init(self) -> Init:
        return self._inits[max(self._inits)]

    def init_segment(self, name: str) -> bytes | None:
        """An object's content; `name` is its URI in the playlist."""
        for version, init in self._inits.items():
            if name == self._init_name(version):
                return init.data
        return None

    def part_or_segment(self, name: str) -> Buffer | None:
        """As `init_segment`."""
        found = self._objects.get(name)
        return found.whole() if found is not None else None

    def part_name(self, msn: int, index: int) -> str:
        return f"{self._prefix}/p{msn}.{index}.m4s"

    def _segment_name(self, msn: int) -> str:
        return f"{self._prefix}/s{msn}.m4s"

    def _init_name(self, version: int) -> str:
        return f"{self._prefix}/i{version}.mp4"
