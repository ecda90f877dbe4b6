"""The JSON shapes of the public contract: REST answers and WebSocket messages, from one set of models.

Times are ISO 8601 UTC with milliseconds; `bitrate_kbps` is 1000 bit/s of audio and video payload.
"""

from typing import Any

from pydantic import BaseModel, Field

from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Visibility
from chalicelib.domain.events import Pulse, StreamFacts, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.playback import PlaybackUrls, playback_urls
from chalicelib.domain.publications import server_of
from chalicelib.domain.streams import ChannelStatus, Stream
from chalicelib.domain.times import IsoTime, iso, iso_or_none
from chalicelib.services.discovery import ChannelView
from chalicelib.services.running import facts_of


class Playback(BaseModel):
    hls_url: str


class KeyHint(BaseModel):
    key_id: str
    hint: str
    expires_at: IsoTime | None


class Technical(BaseModel):
    """Measured, or told by the codec's own headers; null until known."""

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
    encoder: str | None


class Live(Technical):
    stream_id: str
    started_at: IsoTime


class PublicChannel(BaseModel):
    """What anybody may know of a channel."""

    channel_id: str
    status: ChannelStatus
    status_until: IsoTime | None
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
    expires_at: IsoTime | None


class RevealedCredentials(Credentials):
    """The same with the key in the clear, for its owner who asked for it."""

    stream_key: str


class Ordered(BaseModel):
    """What was asked for is under way: the ingest node does it within 2 s."""

    stream_id: str


class Health(BaseModel):
    status: str
    database: str
    stage: str
    detail: str | None = None


def live(seen: ChannelView) -> Live | None:
    return live_of(seen.stream, seen.pulse) if seen.stream is not None else None


def live_of(stream: Stream, pulse: Pulse | None) -> Live | None:
    """None before the first media."""
    if stream.started_at is None:
        return None
    return _live(stream.stream_id, stream.started_at, facts_of(stream, pulse), pulse)


def _live(stream_id: str, started_at: int, facts: StreamFacts, pulse: Pulse | None) -> Live:
    return Live(stream_id=stream_id, started_at=iso(started_at), **facts_now(facts, pulse))


def public_channel(seen: ChannelView) -> PublicChannel:
    return PublicChannel(**_public_fields(seen))


def playback(channel_id: str, stream: Stream | None = None) -> PlaybackUrls:
    """Where the channel plays: at the media server that carries its stream, configured by server or by kind."""
    known, templates = settings().source_playback, None
    if stream is not None:
        templates = known.get(server_of(stream.node_id) or "") or known.get(stream.source)
    return playback_urls(settings().playback_base_url, templates, channel_id)


def facts_now(facts: StreamFacts, pulse: Pulse | None) -> dict[str, Any]:
    """Of picture and sound, with what was measured in the last seconds."""
    fps, bitrate = (pulse.fps, pulse.bitrate_kbps) if pulse is not None else (None, None)
    return facts.model_dump() | {"fps": fps or facts.fps, "bitrate_kbps": bitrate}


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
        "playback": Playback(hls_url=playback(channel.channel_id, seen.stream).hls_url),
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


def snapshot_message(seen: ChannelView, now: int, *, owner: bool) -> dict[str, Any]:
    channel = own_channel(seen) if owner else public_channel(seen)
    return {"type": "snapshot", "seq": seen.seq, "at": iso(now), "channel": channel.model_dump(mode="json")}


def status_message(event: StreamStateChange) -> dict[str, Any]:
    running = event.status is not ChannelStatus.OFFLINE and event.started_at is not None and event.stream_id
    body = _live(event.stream_id or "", event.started_at or 0, event.facts, None) if running else None
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
    live = _live(pulse.stream_id, pulse.started_at, pulse.facts, pulse)
    return {
        "type": "metrics",
        "seq": pulse.seq,
        "at": iso(pulse.at),
        **live.model_dump(mode="json"),
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
