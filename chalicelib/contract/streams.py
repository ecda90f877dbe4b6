"""Shapes of streams: for their owner, for anybody, for administrators, for clients of a key.

`status` is `active` or `inactive`, as in the older stream service; `state` is the state in `domain.streams`.
"""

from pydantic import BaseModel, Field

from chalicelib.contract.channels import Metadata, PublicChannel
from chalicelib.contract.media import THUMBNAIL_URL, AudienceTotals, PublicAudience, StreamHealth, Technical
from chalicelib.contract.recordings import OwnRecording, Recording
from chalicelib.contract.refusals import Refusal
from chalicelib.contract.samples import StreamSample, StreamSummary
from chalicelib.contract.timelines import TimelineEntry
from chalicelib.domain.channels import Visibility
from chalicelib.domain.measures import PublicFacts, StreamFacts
from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.domain.times import IsoTime

RTMP_URL = "Server URL for the encoder, in the channel's region and without the key; not for playback"
HLS_URL = "Playlist for viewers"


class Stream(PublicFacts, PublicAudience):
    """A stream, running or ended, as everyone can see it. `duration_s` increases while the stream is running."""

    id: str
    channel_id: str
    status: str
    state: StreamState | None
    title: str
    created_at: IsoTime
    started_at: IsoTime | None
    ended_at: IsoTime | None
    duration_s: float | None
    rtmp_url: str = Field(description=RTMP_URL)
    hls_url: str = Field(description=HLS_URL)
    thumbnail_url: str | None = Field(description=THUMBNAIL_URL)
    recording: Recording | None = Field(description="Null if there is none that can be watched")


class OwnStream(Stream, StreamFacts, AudienceTotals):
    """A stream of the caller. If `state` is null, it has not started yet: its key was generated but not used."""

    key_id: str
    expires_at: IsoTime | None
    end_reason: EndReason | None
    bytes_in: int = Field(description="Received from the encoder, over all its connections")
    test: bool = Field(description="A test stream, which nobody else could see")
    recording: OwnRecording | None = Field(description="Null if nothing was recorded")
    summary: StreamSummary | None = Field(description="Null before the first measures, and where nothing is measured")


class OwnStreamDetails(OwnStream):
    """A stream of the caller, with what was around it."""

    source: str = Field(description="`ingest`, or the kind of media server that carried it")
    client_ip: str | None = Field(description="The encoder's address when the stream started")
    key_label: str | None = Field(description="The name of its stream key; null if the key has none, or is gone")
    end_reason_text: str | None = Field(description="The reason as a sentence")
    end_reason_action: str | None = Field(description="What to do about it; null if there is nothing to do")
    previous_stream_id: str | None = Field(description="The stream before it that was live")
    next_stream_id: str | None = Field(description="The stream after it that was live")
    refusals: list[Refusal] = Field(
        description="Publishers refused from ten minutes before its start until ten minutes after its end, newest first"
    )


class StreamExport(BaseModel):
    """Everything stored about a stream of the caller."""

    exported_at: IsoTime
    complete: bool = Field(description="False if there is more than fits into a response: the latest is missing")
    stream: OwnStreamDetails
    bucket_s: int = Field(description="Seconds of a sample: 10, or more for a stream of half a day or longer")
    samples: list[StreamSample]
    timeline: list[TimelineEntry]


class StreamOfKey(BaseModel):
    """A stream as a client with its key sees it: running, or ready to be started with the key."""

    id: str
    status: str
    created_at: IsoTime
    expires_at: IsoTime | None
    rtmp_url: str = Field(description=RTMP_URL)
    hls_url: str = Field(description=HLS_URL)


class GeneratedStream(StreamOfKey):
    """A generated key and its stream. No later response contains the key."""

    stream_key: str


class GeneratedStreamAnswer(BaseModel):
    stream: GeneratedStream


class StreamOfKeyAnswer(BaseModel):
    stream: StreamOfKey


class StreamAnswer(BaseModel):
    stream: Stream


class StreamPage(BaseModel):
    """The caller's streams, newest first; `next_cursor` is null on the last page."""

    streams: list[OwnStream]
    next_cursor: str | None


class PublicStream(PublicChannel, PublicAudience):
    """A public channel that is live, with its stream. `id` is the id of the stream."""

    id: str
    created_at: IsoTime
    hls_url: str
    thumbnail_url: str | None = Field(description=THUMBNAIL_URL)


class PublicStreamPage(BaseModel):
    """`message` is a sentence to show if there are no streams, and null otherwise."""

    streams: list[PublicStream]
    next_cursor: str | None
    message: str | None = None


class AllPlayback(BaseModel):
    """Playback URLs of a stream; null if its server does not offer that protocol."""

    hls_url: str
    webrtc_url: str | None
    rtmp_url: str | None
    thumbnail_url: str | None = Field(
        description="A JPEG of the running stream; of a private stream or a test with a playback token in its path, "
        "which is valid for a few minutes"
    )


class BroadcasterOfStream(BaseModel):
    broadcaster_id: str
    display_name: str


class _AdminStream(Metadata):
    """What administrators see of every stream."""

    id: str
    channel_id: str
    visibility: Visibility
    broadcaster: BroadcasterOfStream
    key_id: str
    source: str
    node_id: str
    started_at: IsoTime | None
    duration_s: float | None
    playback: AllPlayback
    technical: Technical
    test: bool = Field(description="A test stream, which only its owner can see")
    health: StreamHealth | None = Field(
        default=None, description="Null until it was measured, once it has ended, and on media servers"
    )


class ActiveStream(_AdminStream, PublicAudience):
    """A running stream as administrators see it."""

    status: ChannelStatus
    status_until: IsoTime | None


class ActiveStreamPage(BaseModel):
    """`message` is a sentence to show if there are no streams, and null otherwise."""

    streams: list[ActiveStream]
    next_cursor: str | None
    message: str | None = None


class StreamDetails(_AdminStream, AudienceTotals):
    """Everything known about a stream. `viewer_count` is `viewers`, or open WebSockets for a media server's."""

    state: StreamState
    client_ip: str | None
    connected_at: IsoTime
    ended_at: IsoTime | None
    end_reason: EndReason | None
    bytes_in: int
    viewer_count: int | None
    recording: OwnRecording | None


class FoundStream(BaseModel):
    """A stream, running or ended, that a search found."""

    id: str
    broadcaster: BroadcasterOfStream
    title: str
    state: StreamState
    node_id: str
    client_ip: str | None
    created_at: IsoTime
    ended_at: IsoTime | None
    end_reason: EndReason | None


class Accepted(BaseModel):
    """The request was accepted; the stream ends within 2 s."""

    stream_id: str
