"""Shapes of picture and sound: what is known and what is measured of a running stream."""

from pydantic import BaseModel, Field

from chalicelib.domain.times import IsoTime


class PublicTechnical(BaseModel):
    """Measured, or read from the codec's own headers; null until known."""

    bitrate_kbps: float | None
    width: int | None
    height: int | None
    fps: float | None
    video_codec: str | None
    video_profile: str | None
    video_level: str | None
    audio_codec: str | None
    audio_sample_rate: int | None = Field(description="Hz")
    audio_channels: int | None


class Technical(PublicTechnical):
    """The same, and the encoder's name, which only the owner and administrators see."""

    encoder: str | None


class PublicLive(PublicTechnical):
    stream_id: str
    started_at: IsoTime


class Live(PublicLive, Technical):
    """The running stream as its owner sees it."""
