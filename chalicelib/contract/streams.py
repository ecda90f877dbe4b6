"""Shapes of streams: for their owner, for anybody, for administrators, for clients of a key.

`status` is `active` or `inactive`, as the older stream service says it; `state` is the stream's own.
"""

from pydantic import BaseModel, Field

from chalicelib.contract.channels import Metadata, PublicChannel
from chalicelib.contract.media import Technical
from chalicelib.domain.channels import Visibility
from chalicelib.domain.measures import PublicFacts, StreamFacts
from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.domain.times import IsoTime

RTMP_URL = "Where an encoder publishes: the server URL of the channel's region, without the key. Not for playback"
HLS_URL = "Where viewers play it, on the server that plays streams back"


class Stream(PublicFacts):
    """One stream, past or present, as anybody may know it. `duration_s` runs while the stream does."""

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


class OwnStream(Stream, StreamFacts):
    """A stream of the caller. Where `state` is null it may still be started, with the key that was made for it."""

    key_id: str
    expires_at: IsoTime | None
    end_reason: EndReason | None
    bytes_in: int = Field(description="Received from the encoder, in all its connections")


class StreamOfKey(BaseModel):
    """A stream as the clients of a key know it: one that runs, or may be started with the key."""

    id: str
    status: str
    created_at: IsoTime
    expires_at: IsoTime | None
    rtmp_url: str = Field(description=RTMP_URL)
    hls_url: str = Field(description=HLS_URL)


class GeneratedStream(StreamOfKey):
    """The `stream` of `POST /api/streams/generate-key`: the one answer that holds this key."""

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


class PublicStream(PublicChannel):
    """A public channel that is live, and its stream. `id` is the stream's."""

    id: str
    display_name: str
    created_at: IsoTime
    hls_url: str


class PublicStreamPage(BaseModel):
    """A page may hold fewer than was asked for; the last one has no `next_cursor`. `message` is for an empty one."""

    streams: list[PublicStream]
    next_cursor: str | None
    message: str | None = None


class AllPlayback(BaseModel):
    """Where a stream can be watched; null where the server that carries it has no such output."""

    hls_url: str
    webrtc_url: str | None
    rtmp_url: str | None


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


class ActiveStream(_AdminStream):
    """A stream that runs, as administrators see it."""

    status: ChannelStatus
    status_until: IsoTime | None


class ActiveStreamPage(BaseModel):
    streams: list[ActiveStream]
    next_cursor: str | None
    message: str | None = None


class StreamDetails(_AdminStream):
    """All that is known of one stream. `viewer_count` counts open watch pages; null once the stream has ended."""

    state: StreamState
    client_ip: str | None
    connected_at: IsoTime
    ended_at: IsoTime | None
    end_reason: EndReason | None
    bytes_in: int
    viewer_count: int | None
    recording: str | None


class Accepted(BaseModel):
    """The request is accepted: the ingest node ends the stream within 2 s."""

    stream_id: str
