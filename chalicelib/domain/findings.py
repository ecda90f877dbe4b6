"""What may be wrong with a stream. The names are those of YouTube's `configurationIssues` where it has one."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Severity(StrEnum):
    """`info` is worth knowing, `warning` harms the picture or may soon, `error` keeps viewers from watching."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


class Overall(StrEnum):
    """Of a stream: `fair` with a warning, `poor` with an error."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class FindingCode(StrEnum):
    """What may be found."""

    GOP_SIZE_LONG = "gopSizeLong"
    GOP_SIZE_SHORT = "gopSizeShort"
    GOP_SIZE_IRREGULAR = "gopSizeIrregular"
    OPEN_GOP = "openGop"
    B_FRAMES = "bFrames"
    VIDEO_INGESTION_STARVED = "videoIngestionStarved"
    VIDEO_INGESTION_FASTER_THAN_REALTIME = "videoIngestionFasterThanRealtime"
    TIMESTAMP_JUMP = "timestampJump"
    DRIFT = "drift"
    BITRATE_LOW = "bitrateLow"
    BITRATE_HIGH = "bitrateHigh"
    BITRATE_UNSTABLE = "bitrateUnstable"
    FRAME_RATE_LOW = "frameRateLow"
    NO_AUDIO_STREAM = "noAudioStream"
    NO_VIDEO_STREAM = "noVideoStream"
    AUDIO_CODEC = "audioCodec"
    AUDIO_SAMPLE_RATE = "audioSampleRate"
    AUDIO_TOO_MANY_CHANNELS = "audioTooManyChannels"
    AUDIO_BITRATE_LOW = "audioBitrateLow"
    AUDIO_BITRATE_HIGH = "audioBitrateHigh"
    VIDEO_RESOLUTION_CHANGED = "videoResolutionChanged"
    METADATA_MISMATCH = "metadataMismatch"
    VIDEO_PROFILE = "videoProfileUnsupported"
    INTERLACED_VIDEO = "interlacedVideo"


class Finding(BaseModel):
    """One thing that is wrong. `since` in ms; `measured` and `expected` are for people, with their unit."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: FindingCode
    severity: Severity
    measured: str = Field(max_length=100)
    expected: str = Field(max_length=100)
    since: int


def overall(findings: tuple[Finding, ...]) -> Overall:
    """The health of a stream with these findings."""
    return overall_of(finding.severity for finding in findings)


def overall_of(found: Iterable[Severity]) -> Overall:
    """The health of a stream with findings of these severities."""
    severities = set(found)
    if Severity.ERROR in severities:
        return Overall.POOR
    return Overall.FAIR if Severity.WARNING in severities else Overall.GOOD
