"""One rendition as viewers see it: its playlists, and what a blocking request gets. `window` keeps what can be fetched.

Pure: `Output`s of a segmenter in; objects, texts and `Readiness` out.

Media sequence numbers need no coordination between nodes. A segment lasts at least a second, but for those that a
discontinuity ends; MSN_SLACK of these are allowed for under one fence. So a (re)start begins at the seconds since the
stream first started and MSN_SLACK for each fence, and is past every number that was used before. Discontinuities, at
most one a segment, are counted from the same number.
"""

import gzip
from enum import Enum, auto
from math import ceil

from .cea608 import has_captions
from .codec_names import codecs
from .fmp4 import VideoTrack
from .outputs import Break, Init, Output, PackagingStopped, Part
from .pieces import Buffer
from .playlist import Text, Variant, media, multivariant
from .window import OnSegment, Window

FIRST_SEGMENT_SECONDS = 2.5  # for which the first whole segment is waited for: a little more than it lasts by rule
MSN_SLACK = 16
ADVANCE_SECONDS = 3.0  # of parts that a client may ask for ahead (6.2.5.2, Advance Part Limit)


def first_msn(elapsed_s: int, fence: int) -> int:
    """Where numbers begin under this fence, `elapsed_s` seconds after the stream first started."""
    return elapsed_s + MSN_SLACK * fence


class Readiness(Enum):
    """What a blocking playlist request gets (6.2.5.2)."""

    READY = auto()
    WAIT = auto()
    IMPOSSIBLE = auto()  # further ahead than anybody may ask


class Rendition:
    """See the module's text. `version` grows with every change of the playlist."""

    def __init__(self, prefix: str, epoch: int, first: int, on_segment: OnSegment | None = None) -> None:
        """`prefix`: of the objects' names. `epoch`: ms, when the stream's clock was 0. `first`: see `first_msn`.

        `on_segment` is given each segment when it is whole: what is listed of it, its bytes, its init segment.
        """
        self.version = 0
        self.ended = False
        self.part_target: float | None = None
        self.target_duration: int | None = None
        self._prefix = prefix
        self._first = first
        self._started: float | None = None  # seconds of the stream's clock
        self._window = Window(prefix, epoch, first, on_segment)
        self._continues = True  # the next part follows the last one
        self._texts: dict[bool, Text] = {}
        self._captions = False  # were seen
        self._looked_until = 0  # before this segment, for captions

    # --- what the segmenter made -------------------------------------------------------------------------------

    def add(self, output: Output) -> None:
        """Store, then list. Raises PackagingStopped when there is more than may be kept."""
        if isinstance(output, Init):
            self._window.add_init(output)
        elif isinstance(output, Break):
            self._continues = False
            self._changed()
        else:
            self._add_part(output)

    def set_targets(self, part_target: float | None, target_duration: int | None) -> None:
        """Both are constant once they are known; until then there is no playlist."""
        if (part_target, target_duration) != (self.part_target, self.target_duration):
            self.part_target, self.target_duration = part_target, target_duration
            self._changed()

    def end(self) -> None:
        """The stream is over: what there is becomes the last of it."""
        if not self.ended:
            self._window.end()
            self.ended = True
            self._changed()

    def _add_part(self, part: Part) -> None:
        self._started = part.start if self._started is None else self._started
        if part.msn - self._first >= part.start - self._started + MSN_SLACK:
            raise PackagingStopped("too_many_discontinuities")
        self._window.add_part(part)
        self._window.trim(self.target_duration or 0)
        self._continues = True
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._texts.clear()

    def part_name(self, msn: int, index: int) -> str:
        return self._window.part_name(msn, index)

    # --- what is asked for -------------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether there is a playlist that every player can begin with.

        Some take one without a whole segment for a stream without tracks, so one is waited for, though not for long.
        """
        if not self._window.listed or self.part_target is None or self.target_duration is None:
            return False
        first = self._window.listed[0].listed
        return first.is_whole or sum(part.duration for part in first.parts) > FIRST_SEGMENT_SECONDS

    @property
    def hint(self) -> str | None:
        """The part that comes next, where that is certain (4.4.5.3)."""
        if self.ended or not self._continues or not self._window.listed:
            return None
        return self.part_name(*self._next_part())

    @property
    def size(self) -> int:
        """Bytes of all media that are kept."""
        return self._window.size

    def part_or_segment(self, name: str) -> Buffer | None:
        """An object's content; `name` is its URI in the playlist."""
        return self._window.part_or_segment(name)

    def init_segment(self, name: str) -> bytes | None:
        """As `part_or_segment`."""
        return self._window.init_segment(name)

    def readiness(self, msn: int, part: int | None) -> Readiness:
        """Whether the playlist has segment `msn`, or that part of it."""
        if self.ended:
            return Readiness.READY
        if not self.is_ready:
            return Readiness.WAIT if msn <= self._first + 2 else Readiness.IMPOSSIBLE
        next_msn, next_part = self._next_part()
        if part is None:
            return self._readiness_of_segment(msn, next_msn)
        # "the Playlist contains Partial Segment N of Media Sequence Number M or [...] a later one": a part past the
        # last one of a whole segment is the first of the next.
        if msn < next_msn:
            index = msn - self._window.listed[0].listed.msn
            if index < 0 or part < len(self._window.listed[index].listed.parts):
                return Readiness.READY
            msn, part = msn + 1, 0
        if (msn, part) < (next_msn, next_part):
            return Readiness.READY
        if msn > next_msn + 1:
            return Readiness.IMPOSSIBLE
        ahead = part - next_part if msn == next_msn else part
        most = ceil(ADVANCE_SECONDS / (self.part_target or ADVANCE_SECONDS))
        return Readiness.WAIT if ahead <= most else Readiness.IMPOSSIBLE

    def _readiness_of_segment(self, msn: int, next_msn: int) -> Readiness:
        if msn < next_msn:
            return Readiness.READY
        return Readiness.WAIT if msn <= next_msn + 1 else Readiness.IMPOSSIBLE

    def _next_part(self) -> tuple[int, int]:
        """Segment and index of the part that will be listed next; there are some already."""
        newest = self._window.listed[-1].listed
        return (newest.msn + 1, 0) if newest.is_whole else (newest.msn, len(newest.parts))

    def playlist(self, *, skip: bool = False) -> Text | None:
        """The media playlist as it is now."""
        if not self.is_ready or self.part_target is None or self.target_duration is None:
            return None
        if skip not in self._texts:
            text = media(
                [segment.listed for segment in self._window.listed],
                target_duration=self.target_duration,
                part_target=self.part_target,
                discontinuity_sequence=self._window.discontinuities,
                hint=self.hint,
                interrupted=not self._continues,
                ended=self.ended,
                skip=skip,
            ).encode()
            tag = f"{self._prefix}.{self.version}{'s' if skip else ''}"
            self._texts[skip] = Text(text, gzip.compress(text, 5, mtime=0), tag)
        return self._texts[skip]

    def multivariant(self, uri: str, frame_rate: float | None) -> str:
        """`uri`: of the media playlist."""
        tracks = self._window.newest_init.tracks
        picture = next((track for track in tracks if isinstance(track, VideoTrack)), None)
        seconds = sum(part.duration for segment in self._window.listed for part in segment.listed.parts)
        average = ceil(8 * sum(segment.data.size for segment in self._window.listed) / seconds) if seconds else 0
        return multivariant(
            Variant(
                uri,
                codecs(tracks),
                max(self._window.peak, average, 1),
                max(average, 1),
                picture.width if picture else None,
                picture.height if picture else None,
                frame_rate,
                self._has_captions(),
            )
        )

    def _has_captions(self) -> bool:
        """Whether some were seen when somebody asked; each whole segment is looked at once."""
        for segment in self._window.listed:
            if self._captions:
                break
            if segment.listed.is_whole and segment.listed.msn >= self._looked_until:
                self._captions = has_captions(segment.data.buffers())
                self._looked_until = segment.listed.msn + 1
        return self._captions
