"""Shapes of recordings: of one stream, and of a channel's past streams."""

from pydantic import BaseModel, Field

from chalicelib.domain.recordings import RecordingReason, RecordingStatus
from chalicelib.domain.times import IsoTime


class Recording(BaseModel):
    """The recording of one stream. URLs are null if they are not available."""

    status: RecordingStatus
    url: str | None = Field(
        description="An HLS playlist; it grows while the stream is running. Null also while the server records nothing"
    )
    download_url: str | None = Field(description="The whole recording as one MP4, once the stream has ended")
    poster_url: str | None = Field(description="A JPEG; 404 if none was made")
    duration_ms: int | None = Field(description="Null while the stream is running")
    size_bytes: int | None = Field(description="Null while the stream is running")
    expires_at: IsoTime | None = Field(description="When it will be deleted; null while it is being recorded or kept")
    kept: bool = Field(description="Whether the owner keeps it without an expiry")


class OwnRecording(Recording):
    """The recording of one stream, with the reason if part of it is missing."""

    private: bool = Field(description="Whether it can be played only with a playback token in the path of its URLs")
    reason: RecordingReason | None = Field(description="Null if nothing is missing")
    reason_text: str | None = Field(description="The reason as a sentence")


class ChannelRecording(BaseModel):
    """A past stream of a channel that can be watched. `id` is the id of the stream."""

    id: str
    channel_id: str
    title: str
    category: str
    started_at: IsoTime | None
    ended_at: IsoTime | None
    recording: Recording


class RecordingPage(BaseModel):
    """Newest first."""

    recordings: list[ChannelRecording]
    next_cursor: str | None
