"""Shapes of what was measured over a whole stream."""

from pydantic import BaseModel, Field

from chalicelib.domain.findings import FindingCode, Overall, Severity
from chalicelib.domain.times import IsoTime


class FindingCount(BaseModel):
    """How often one kind of finding was raised on a stream."""

    code: FindingCode
    title: str
    severity: Severity = Field(description="The worst")
    count: int
    action: str = Field(description="What to do about it, in the encoder's own words where it is known")


class StreamSummary(BaseModel):
    """What a stream was on the whole, so far or until its end."""

    measured_s: int = Field(description="Seconds in which it was live and measured")
    average_bitrate_kbps: float | None = Field(description="Null before the first second")
    peak_bitrate_kbps: float | None = Field(
        description="Over six seconds; null before the first second, and on media servers"
    )
    interruptions: int
    worst: Overall = Field(description="Its health when it was worst")
    findings: list[FindingCount] = Field(description="The most severe first")


class SampleSpread(BaseModel):
    """Of the values of a sample's time, one a second."""

    min: float
    average: float
    max: float


class StreamSample(BaseModel):
    """The measures of `bucket_s` seconds from `at` on. Null: nothing was measured in that time."""

    at: IsoTime
    bitrate_kbps: SampleSpread | None = Field(description="Audio and video, each value over six seconds")
    video_fps: SampleSpread | None = Field(description="Frames a second, each value over six seconds")
    keyframe_interval_s: SampleSpread | None = Field(description="Seconds between key frames")
    viewers: SampleSpread | None
    video_bitrate_kbps: SampleSpread | None
    audio_bitrate_kbps: SampleSpread | None


class StreamSamples(BaseModel):
    """Samples in the order of time. There is none for a time in which the stream was interrupted.

    The last one of a running stream may still change: a later response has it with the same `at`. Of a stream on
    MediaMTX only the bitrate is known, averaged over a minute, and on other media servers nothing. `next_cursor` is
    null on the last page.
    """

    stream_id: str
    bucket_s: int
    started_at: IsoTime | None
    samples: list[StreamSample]
    next_cursor: str | None
