"""What is known and measured of a stream's picture and sound: the one list of each.

Events, rows and JSON shapes hold these models or inherit from them, so that a new field is named here only.
"""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.audience import Audience
from chalicelib.domain.findings import Finding
from chalicelib.domain.samples import Sample
from chalicelib.domain.totals import StreamTotals


class _Value(BaseModel):
    """Unknown fields are dropped, so that an older reader survives a newer writer."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PublicFacts(_Value):
    """What is known about video and audio, as everyone can see it; each field may still be unknown."""

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    video_codec: str | None = None
    video_profile: str | None = Field(default=None, description='Named as in the codec\'s standard, e.g. "Main 10"')
    video_level: str | None = Field(default=None, description='Named as in the codec\'s standard, e.g. "4.1"')
    interlaced: bool | None = Field(default=None, description="Whether frames may hold two fields of different times")
    audio_codec: str | None = None
    audio_sample_rate: int | None = Field(default=None, description="Hz")
    audio_channels: int | None = None


class Declared(_Value):
    """What the encoder says of its settings in `onMetaData`; null where it says nothing."""

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    video_bitrate_kbps: float | None = None
    audio_bitrate_kbps: float | None = None


NOTHING_DECLARED = Declared()


class StreamFacts(PublicFacts):
    """The same, with what only the owner and administrators can see: the encoder's name and settings."""

    encoder: str | None = Field(default=None, max_length=200)
    declared: Declared | None = Field(default=None, description="The encoder's settings as it declares them")


class Measures(_Value):
    """What the node measured over its sliding window; null until known. A measured `fps` replaces a stated one."""

    bitrate_kbps: float | None = Field(default=None, description="Audio and video payload, in 1000 bit/s")
    video_bitrate_kbps: float | None = Field(default=None, description="Video only")
    audio_bitrate_kbps: float | None = Field(default=None, description="Audio only")
    fps: float | None = None
    keyframe_interval_s: float | None = Field(default=None, description="Between the last two key frames")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a stream's node has counted since it started; None where it does not count that."""

    audience: Audience | None = None
    totals: StreamTotals | None = None


NOT_COUNTED = Counted()


class LineMeasure(_Value):
    """What the line of a test stream has carried so far."""

    seconds: int = Field(description="Without a break, until now")
    bitrate_kbps: float = Field(description="Carried, on average of the last 60 s, in 1000 bit/s")
    breaks: int = Field(description="How often the media came more than 0.5 s late, or the connection was lost")
    recommended_kbps: int | None = Field(
        default=None, description="Bitrate to stream at, sound included; null until 20 s are over"
    )


class Pulse(Measures):
    """One stream's measures at one instant, which has a bitrate. Times in ms.

    `recent` and `totals` are stored with it, and are in no event.
    """

    bitrate_kbps: float
    channel_id: str
    stream_id: str
    seq: int
    at: int
    started_at: int
    last_media_at: int | None = None
    bytes_in: int = 0
    facts: StreamFacts = StreamFacts()
    findings: tuple[Finding, ...] = ()  # what is wrong with it
    audience: Audience | None = None  # where viewers are counted
    test: bool = False  # of a test stream
    line: LineMeasure | None = None  # of a test stream
    recent: tuple[Sample, ...] = Field(default=(), exclude=True)  # those that no row of samples has yet
    totals: StreamTotals | None = Field(default=None, exclude=True)

    @property
    def counted(self) -> Counted:
        return Counted(self.audience, self.totals)
