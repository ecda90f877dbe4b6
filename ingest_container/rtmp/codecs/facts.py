"""What a codec's own headers say, the same for all codecs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` and `height` in pixels as shown (cropped); `interlaced`: frames may hold two fields of different times.
    What a header does not say is None.
    """

    width: int | None
    height: int | None
    profile: str
    level: str | None
    fps: float | None = None
    interlaced: bool | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard: `sample_rate` in Hz, `channels` with the low frequency one; None if left to the bitstream."""

    sample_rate: int
    channels: int | None
