"""Shapes of recordings: of one stream, and of a channel's past streams."""

from pydantic import BaseModel, Field

from chalicelib.domain.recordings import RecordingReason, RecordingStatus
from chalicelib.domain.times import IsoTime


class Recording(BaseModel):
    """The recording of one stream. What cannot be had is null."""

    status: RecordingStatus
    url: str | None = Field(description="An HLS playlist; it grows while the stream runs")
    download_url: str | None = Field(description="The whole recording as one MP4, once the stream has ended")
    poster_url: str | None = Field(description="A picture of it; not found where none was made")
    duration_ms: int | None = Field(description="Null while the stream runs")
    size_bytes: int | None = Field(description="Null while the stream runs")
    expires_at: IsoTime | None = Field(description="When it is deleted; null while it is recorded or kept")
    kept: bool = Field(description="Whether its owner keeps it without an expiry")


class OwnRecording(Recording):
    """The same, and why something of it is missing."""

    reason: RecordingReason | None = Field(description="Null if nothing is missing")
    reason_text: str | None = Field(description="The reason as a sentence")


class ChannelRecording(BaseModel):
    """A past stream of a channel that can be watched. `id` is the stream's."""

    id: str
    channel_id: str
    title: str
    category: str
    started_at: IsoTime | None
    ended_at: IsoTime | None
    recording: Recording


class RecordingPage(BaseModel):
    """Newest first; a page may hold fewer than were asked for while more follow."""

    recordings: list[ChannelRecording]
    next_cursor: str | None
