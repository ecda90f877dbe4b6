"""The JSON shapes of the public contract: REST answers and WebSocket messages, from one set of models.

Times are ISO 8601 UTC with milliseconds; `bitrate_kbps` is 1000 bit/s of audio and video payload.
"""

from typing import Any

from pydantic import BaseModel

from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Visibility
from chalicelib.domain.events import Pulse, StreamFacts, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.playback import hls_url
from chalicelib.domain.streams import ChannelStatus, Stream
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.services.discovery import ChannelView


class Playback(BaseModel):
    hls_url: str


class KeyHint(BaseModel):
    key_id: str
    hint: str
    expires_at: str | None


class Live(BaseModel):
    stream_id: str
    started_at: str
    bitrate_kbps: float | None
    width: int | None
    height: int | None
    fps: float | None
    video_codec: str | None
    audio_codec: str | None
    encoder: str | None


class PublicChannel(BaseModel):
    """What anybody may know of a channel."""

    channel_id: str
    status: ChannelStatus
    status_until: str | None
    title: str
    description: str
    category: str
    tags: list[str]
    playback: Playback
    live: Live | None


class OwnChannel(PublicChannel):
    """`GET /api/channel`: what its owner knows besides."""

    visibility: Visibility
    region: str
    ingest_url: str
    key: KeyHint | None


class Credentials(BaseModel):
    """`GET /api/channel/credentials`: enough to tell the key, not to use it."""

    ingest_url: str
    key_id: str
    stream_key_masked: str
    expires_at: str | None


class RevealedCredentials(Credentials):
    """The same with the key in the clear, for its owner who asked for it."""

    stream_key: str


class StreamBody(BaseModel):
    """One stream of the caller's channel, past or present."""

    id: str
    channel_id: str
    status: str
    started_at: str | None
    ended_at: str | None
    end_reason: str | None
    duration_s: float | None
    width: int | None
    height: int | None
    fps: float | None
    video_codec: str | None
    audio_codec: str | None
    encoder: str | None
    bytes_in: int
    rtmp_url: str
    hls_url: str


class StreamOfKey(BaseModel):
    """A stream as the clients of a key know it: one that runs, or may be started with the key."""

    id: str
    status: str
    created_at: str
    expires_at: str | None
    rtmp_url: str
    hls_url: str


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

    streams: list[StreamBody]
    next_cursor: str | None


class PublicStreamPage(BaseModel):
    """Channels that are live; `message` says so where there is none."""

    streams: list[PublicChannel]
    next_cursor: str | None
    message: str | None = None


class LiveChannel(PublicChannel):
    """A live channel as administrators see it."""

    stream: StreamBody


class LiveChannelPage(BaseModel):
    streams: list[LiveChannel]
    next_cursor: str | None
    message: str | None = None


class Ordered(BaseModel):
    """What was asked for is under way: the ingest node does it within 2 s."""

    stream_id: str


class Health(BaseModel):
    status: str
    database: str
    stage: str
    detail: str | None = None


def live(seen: ChannelView) -> Live | None:
    if seen.stream is None or seen.stream.started_at is None:
        return None
    pulse = seen.pulse
    measured = (pulse.bitrate_kbps, pulse.fps) if pulse is not None else (None, None)
    return _live(seen.stream.stream_id, seen.stream.started_at, seen.facts, *measured)


def _live(
    stream_id: str, started_at: int, facts: StreamFacts, bitrate_kbps: float | None, measured_fps: float | None
) -> Live:
    return Live(
        stream_id=stream_id,
        started_at=iso(started_at),
        bitrate_kbps=bitrate_kbps,
        fps=measured_fps or facts.fps,
        **facts.model_dump(exclude={"fps"}),
    )


def public_channel(seen: ChannelView) -> PublicChannel:
    return PublicChannel(**_public_fields(seen))


def own_channel(seen: ChannelView) -> OwnChannel:
    channel, key = seen.channel, seen.key
    return OwnChannel(
        **_public_fields(seen),
        visibility=channel.visibility,
        region=channel.region,
        ingest_url=settings().ingest_url(channel.region),
        key=KeyHint(key_id=key.key_id, hint=key.hint, expires_at=iso_or_none(key.expires_at)) if key else None,
    )


def _public_fields(seen: ChannelView) -> dict[str, Any]:
    channel = seen.channel
    return {
        "channel_id": channel.channel_id,
        "status": seen.reading.status,
        "status_until": iso_or_none(seen.reading.until),
        "title": channel.title,
        "description": channel.description,
        "category": channel.category,
        "tags": channel.tags,
        "playback": Playback(hls_url=hls_url(settings().playback_base_url, channel.channel_id)),
        "live": live(seen),
    }


def credentials(region: str, key: StreamKey) -> Credentials:
    return Credentials(
        ingest_url=settings().ingest_url(region),
        key_id=key.key_id,
        stream_key_masked=rules.masked(key.hint),
        expires_at=iso_or_none(key.expires_at),
    )


def revealed(region: str, key: StreamKey, stream_key: str) -> RevealedCredentials:
    return RevealedCredentials(**credentials(region, key).model_dump(), stream_key=stream_key)


def stream(stream: Stream, region: str, now: int) -> StreamBody:
    """`duration_s` runs while the stream does."""
    ended = stream.ended_at
    duration = None if stream.started_at is None else ((ended or now) - stream.started_at) / 1000
    return StreamBody(
        id=stream.stream_id,
        channel_id=stream.channel_id,
        status=stream.state.value,
        started_at=iso_or_none(stream.started_at),
        ended_at=iso_or_none(ended),
        end_reason=stream.end_reason,
        duration_s=duration,
        width=stream.width,
        height=stream.height,
        fps=stream.fps,
        video_codec=stream.video_codec,
        audio_codec=stream.audio_codec,
        encoder=stream.encoder,
        bytes_in=stream.bytes_in,
        rtmp_url=settings().ingest_url(region),
        hls_url=hls_url(settings().playback_base_url, stream.channel_id),
    )


def stream_of_key(key: StreamKey, region: str, *, active: bool) -> StreamOfKey:
    return StreamOfKey(
        id=key.key_id,
        status="active" if active else "inactive",
        created_at=iso(key.created_at),
        expires_at=iso_or_none(key.expires_at),
        rtmp_url=settings().ingest_url(region),
        hls_url=hls_url(settings().playback_base_url, key.channel_id),
    )


def generated(key: StreamKey, region: str, stream_key: str) -> GeneratedStreamAnswer:
    body = stream_of_key(key, region, active=False)
    return GeneratedStreamAnswer(stream=GeneratedStream(**body.model_dump(), stream_key=stream_key))


def live_channel(seen: ChannelView, stream_: Stream, now: int) -> LiveChannel:
    return LiveChannel(**_public_fields(seen), stream=stream(stream_, seen.channel.region, now))


def snapshot_message(seen: ChannelView, now: int, *, owner: bool) -> dict[str, Any]:
    channel = own_channel(seen) if owner else public_channel(seen)
    return {"type": "snapshot", "seq": seen.seq, "at": iso(now), "channel": channel.model_dump(mode="json")}


def status_message(event: StreamStateChange) -> dict[str, Any]:
    running = event.status is not ChannelStatus.OFFLINE and event.started_at is not None and event.stream_id
    body = _live(event.stream_id or "", event.started_at or 0, event.facts, None, None) if running else None
    return {
        "type": "status",
        "seq": event.seq,
        "at": iso(event.at),
        "status": event.status,
        "stream_id": event.stream_id,
        "reason": event.reason,
        "reason_text": event.detail,
        "until": iso_or_none(event.until),
        "live": body.model_dump(mode="json") if body else None,
    }


def metrics_message(pulse: Pulse) -> dict[str, Any]:
    facts = pulse.facts
    return {
        "type": "metrics",
        "seq": pulse.seq,
        "at": iso(pulse.at),
        "stream_id": pulse.stream_id,
        "bitrate_kbps": pulse.bitrate_kbps,
        "fps": pulse.fps or facts.fps,
        "width": facts.width,
        "height": facts.height,
        "video_codec": facts.video_codec,
        "audio_codec": facts.audio_codec,
        "uptime_s": max(0, (pulse.at - pulse.started_at) // 1000),
    }


def refused_message(event: StreamStateChange) -> dict[str, Any]:
    return {
        "type": "refused",
        "seq": event.seq,
        "at": iso(event.at),
        "code": event.reason,
        "reason": event.detail,
        "action": event.action,
        "client_ip": event.client_ip,
    }
