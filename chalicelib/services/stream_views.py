"""The JSON shapes of streams: for their owner, for anybody, for administrators, for clients of a key.

`status` is `active` or `inactive`, as the older stream service says it; `state` is the stream's own. Both are believed
only as far as the stream's node lives. Times are ISO 8601 UTC with milliseconds.
"""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from chalicelib.config import settings
from chalicelib.domain.cards import Visibility
from chalicelib.domain.channels import Channel
from chalicelib.domain.events import StreamFacts
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.streams import ChannelStatus, EndReason, Stream, StreamState
from chalicelib.domain.times import IsoTime, iso, iso_or_none
from chalicelib.services import views
from chalicelib.services.reading.discovery import StreamView
from chalicelib.services.reading.running import RunningStream
from chalicelib.services.views import Technical, playback

RTMP_URL = "Where an encoder publishes: the server URL of the channel's region, without the key. Not for playback"
HLS_URL = "Where viewers play it, on the server that plays streams back"

ACTIVE, INACTIVE = "active", "inactive"


class StreamBody(BaseModel):
    """One stream, past or present. `duration_s` runs while the stream does."""

    id: str
    channel_id: str
    status: str
    state: StreamState | None
    title: str
    created_at: IsoTime
    started_at: IsoTime | None
    ended_at: IsoTime | None
    end_reason: EndReason | None
    duration_s: float | None
    width: int | None
    height: int | None
    fps: float | None
    video_codec: str | None
    video_profile: str | None
    video_level: str | None
    audio_codec: str | None
    audio_sample_rate: int | None = Field(description="Hz")
    audio_channels: int | None
    encoder: str | None
    bytes_in: int
    rtmp_url: str = Field(description=RTMP_URL)
    hls_url: str = Field(description=HLS_URL)


class OwnStream(StreamBody):
    """A stream of the caller. Where `state` is null it may still be started, with the key that was made for it."""

    key_id: str
    expires_at: IsoTime | None


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
    stream: StreamBody


class StreamPage(BaseModel):
    """The caller's streams, newest first; `next_cursor` is null on the last page."""

    streams: list[OwnStream]
    next_cursor: str | None


class PublicStream(views.PublicChannel):
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


class _AdminStream(BaseModel):
    """What administrators see of every stream."""

    id: str
    channel_id: str
    title: str
    description: str
    category: str
    tags: list[str]
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


def _end_reason(stream: Stream) -> EndReason | None:
    return EndReason(stream.end_reason) if stream.end_reason is not None else None


def _duration_s(stream: Stream, now: int) -> float | None:
    return None if stream.started_at is None else ((stream.ended_at or now) - stream.started_at) / 1000


def stream(seen: StreamView, now: int) -> StreamBody:
    """For anybody: with which program somebody broadcasts is their own business."""
    return StreamBody(**(_stream_fields(seen, now) | {"encoder": None}))


def own_stream(seen: StreamView, now: int) -> OwnStream:
    return OwnStream(**_stream_fields(seen, now), key_id=seen.stream.key_id, expires_at=None)


def _stream_fields(seen: StreamView, now: int) -> dict[str, Any]:
    stream = seen.stream
    return {
        "id": stream.stream_id,
        "channel_id": stream.channel_id,
        "status": INACTIVE if seen.state is StreamState.ENDED else ACTIVE,
        "state": seen.state,
        "title": stream.card.title,
        "created_at": iso(stream.connected_at),
        "started_at": iso_or_none(stream.started_at),
        "ended_at": iso_or_none(stream.ended_at),
        "end_reason": _end_reason(stream),
        "duration_s": _duration_s(stream, now),
        "bytes_in": stream.bytes_in,
        "rtmp_url": settings().ingest_url(seen.channel.region),
        "hls_url": playback(stream.channel_id, stream).hls_url,
        **seen.facts.model_dump(),
    }


def startable(key: StreamKey, channel: Channel) -> StreamBody:
    """The stream that a generated key was made for and that has not begun."""
    return StreamBody(**_startable_fields(key, channel))


def own_startable(key: StreamKey, channel: Channel) -> OwnStream:
    fields = _startable_fields(key, channel)
    return OwnStream(**fields, key_id=key.key_id, expires_at=iso_or_none(key.expires_at))


def _startable_fields(key: StreamKey, channel: Channel) -> dict[str, Any]:
    return {
        "id": key.first_stream_id,
        "channel_id": key.channel_id,
        "status": INACTIVE,
        "state": None,
        "title": channel.title,
        "created_at": iso(key.created_at),
        "started_at": None,
        "ended_at": None,
        "end_reason": None,
        "duration_s": None,
        "bytes_in": 0,
        "rtmp_url": settings().ingest_url(channel.region),
        "hls_url": playback(key.channel_id).hls_url,
        **dict.fromkeys(StreamFacts.model_fields),
    }


def stream_of_key(key: StreamKey, region: str, runs: Stream | None) -> StreamOfKey:
    """`runs` is the stream that runs on the key. Without one a key that was not generated has only an id of its own."""
    return StreamOfKey(
        id=runs.stream_id if runs is not None else key.first_stream_id or key.key_id,
        status=ACTIVE if runs is not None else INACTIVE,
        created_at=iso(key.created_at),
        expires_at=iso_or_none(key.expires_at),
        rtmp_url=settings().ingest_url(region),
        hls_url=playback(key.channel_id).hls_url,
    )


def generated(key: StreamKey, region: str, stream_key: str) -> GeneratedStreamAnswer:
    body = stream_of_key(key, region, None)
    return GeneratedStreamAnswer(stream=GeneratedStream(**body.model_dump(), stream_key=stream_key))


def public_stream(seen: RunningStream) -> PublicStream:
    stream, card = seen.stream, seen.stream.card
    live = views.live_of(stream, seen.pulse)
    urls = playback(stream.channel_id, stream)
    return PublicStream(
        id=stream.stream_id,
        channel_id=stream.channel_id,
        status=seen.reading.status,
        status_until=iso_or_none(seen.reading.until),
        title=card.title,
        description=card.description,
        category=card.category,
        tags=card.tags,
        edition=card.edition,
        display_name=card.display_name,
        created_at=iso(stream.connected_at),
        hls_url=urls.hls_url,
        playback=views.Playback(hls_url=urls.hls_url),
        live=views.public_live(live) if live else None,
    )


def active_stream(seen: RunningStream, now: int) -> ActiveStream:
    return ActiveStream(
        status=seen.reading.status,
        status_until=iso_or_none(seen.reading.until),
        **_admin_fields(seen, now),
    )


def details(seen: StreamView, now: int) -> StreamDetails:
    stream = seen.stream
    return StreamDetails(
        state=seen.state,
        client_ip=stream.client_ip,
        connected_at=iso(stream.connected_at),
        ended_at=iso_or_none(stream.ended_at),
        end_reason=_end_reason(stream),
        bytes_in=seen.pulse.bytes_in if seen.pulse is not None else stream.bytes_in,
        viewer_count=seen.viewers,
        recording=stream.recording,
        **_admin_fields(seen, now),
    )


def _admin_fields(seen: RunningStream | StreamView, now: int) -> dict[str, Any]:
    stream, card = seen.stream, seen.stream.card
    return {
        "id": stream.stream_id,
        "channel_id": stream.channel_id,
        "title": card.title,
        "description": card.description,
        "category": card.category,
        "tags": card.tags,
        "visibility": card.visibility,
        "broadcaster": BroadcasterOfStream(broadcaster_id=stream.channel_id, display_name=card.display_name),
        "key_id": stream.key_id,
        "source": stream.source,
        "node_id": stream.node_id,
        "started_at": iso_or_none(stream.started_at),
        "duration_s": _duration_s(stream, now),
        "playback": AllPlayback(**asdict(playback(stream.channel_id, stream))),
        "technical": Technical(**views.facts_now(seen.facts, seen.pulse)),
    }
