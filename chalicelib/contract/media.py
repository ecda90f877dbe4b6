"""Shapes of video and audio: what is known about a running stream, and what is measured."""

from pydantic import BaseModel, Field

from chalicelib.domain.findings import FindingCode, Overall, Severity
from chalicelib.domain.measures import LineMeasure, Measures, PublicFacts, StreamFacts
from chalicelib.domain.times import IsoTime

VIEWERS = (
    "Browser tabs that play it now; an estimate if there are more than a thousand. "
    "Null once it has ended, and where they are not counted: on media servers"
)
THUMBNAIL_URL = (
    "A JPEG of the running stream, at most a minute old; 404 until there is one. "
    "Null if the media server that carries the stream provides none"
)


class PublicTechnical(PublicFacts, Measures):
    """Measured, or read from the codec's headers; null until known."""


class Technical(PublicTechnical, StreamFacts):
    """Video and audio with the encoder's name, which only the owner and administrators can see."""


class PublicAudience(BaseModel):
    """How many watch."""

    viewers: int | None = Field(default=None, description=VIEWERS)


class AudienceTotals(PublicAudience):
    """The same since the stream started, as its owner and administrators see it."""

    peak_viewers: int | None = Field(default=None, description="At once")
    average_viewers: float | None = Field(default=None, description="Over the time that it was carried")
    watched_minutes: float | None = Field(default=None, description="Of all viewers together")


class HealthFinding(BaseModel):
    """One thing that is wrong with a running stream."""

    code: FindingCode
    severity: Severity
    title: str
    measured: str
    expected: str
    since: IsoTime
    action: str = Field(description="What to do about it, in the encoder's own words where it is known")


class StreamHealth(BaseModel):
    """Of a running stream, from the measures of the last half minute."""

    overall: Overall
    findings: list[HealthFinding] = Field(description="The worst first")


class PublicLive(PublicTechnical, PublicAudience):
    stream_id: str
    started_at: IsoTime


class Live(PublicLive, Technical, AudienceTotals):
    """The running stream as its owner sees it."""

    health: StreamHealth | None = Field(default=None, description="Null until it was measured, and on media servers")
    test: bool = Field(default=False, description="A test stream: nobody else can see it, and it is not recorded")
    line: LineMeasure | None = Field(
        default=None, description="What the connection carries. Null unless it is a test, and on media servers"
    )
