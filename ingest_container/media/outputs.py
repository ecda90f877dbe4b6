"""What packaging makes of a stream, one after another: init segments, parts, and breaks between them."""

from dataclasses import dataclass, field

from .fmp4 import AudioTrack, VideoTrack
from .pieces import PartBytes


class PackagingStopped(Exception):
    """This stream cannot be packaged any further; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Init:
    """A new init segment; what follows is decoded with it. `version` counts from 0 within a stream's fence."""

    version: int
    tracks: tuple[VideoTrack | AudioTrack, ...]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A partial segment. `ends_segment`: its segment is whole with it."""

    msn: int  # media sequence number of its segment
    index: int  # within the segment, from 0
    start: float  # on the stream's clock
    duration: float
    independent: bool  # begins with a key frame (or is sound only)
    discontinuity: bool  # its segment does not continue the one before
    init: int  # version
    ends_segment: bool
    overrun: bool  # the segment was cut without a key frame
    data: PartBytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Break:
    """What follows, if anything, does not continue what came before: nobody knows its next part yet."""


Output = Init | Part | Break
