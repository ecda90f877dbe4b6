"""The JSON shapes of the public contract: REST answers and WebSocket messages, from one set of models.

Times are ISO 8601 UTC with milliseconds; `bitrate_kbps` is 1000 bit/s of audio and video payload.
"""

from typing import Any, Literal

from pydantic import BaseModel, Field

from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel, Visibility
from chalicelib.domain.events import Pulse, StreamFacts, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.nodes import Readiness
from chalicelib.domain.playback import PlaybackUrls, playback_urls
from chalicelib.domain.publications import server_of
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, ChannelStatus, EndReason, Stream, StreamEnd
from chalicelib.domain.timeline import Entry
from chalicelib.domain.times import IsoTime, iso, iso_or_none
from chalicelib.domain.topics import CLOSING_TEXT, Closing
from chalicelib.services.reading.discovery import ChannelView
from chalicelib.services.reading.running import facts_of


class Playback(BaseModel):
    hls_url: str


class KeyHint(BaseModel):
    key_id: str
    hint: str
    expires_at: IsoTime | None


class PublicTechnical(BaseModel):
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


class Technical(PublicTechnical):
    """The same with what is the broadcaster's own business: their encoder."""

    encoder: str | None


class PublicLive(PublicTechnical):
    stream_id: str
    started_at: IsoTime


class Live(PublicLive, Technical):
    """The stream that runs, as its owner knows it."""


class ChannelDetails(BaseModel):
    """What viewers read about a channel."""

    channel_id: str
    title: str
    description: str
    category: str
    tags: list[str]
    edition: int = Field(description="Grows with every change of details or key: of two answers the higher is newer")


class OwnDetails(ChannelDetails):
    """What its owner knows besides, and what an encoder needs."""

    visibility: Visibility
    region: str
    ingest_url: str = Field(description="The server URL for the encoder: scheme, host, port and application, no key")
    key: KeyHint | None


class PublicChannel(ChannelDetails):
    """What anybody may know of a channel."""

    status: ChannelStatus
    status_until: IsoTime | None = Field(description="When RECONNECTING gives up; null otherwise")
    playback: Playback
    live: PublicLive | None = Field(description="The stream that runs; null while OFFLINE")


class LastEnd(BaseModel):
    """How the channel's last stream ended."""

    stream_id: str
    started_at: IsoTime | None = Field(description="Null where no picture or sound ever came")
    ended_at: IsoTime | None = Field(description="Null while the end of a stream whose node is lost is not written yet")
    reason: EndReason | None
    reason_text: str | None = Field(description="The reason as a sentence")
    action: str | None = Field(description="What to do about it")


class LastRefusal(BaseModel):
    """The last publisher that was turned away with a key of this channel."""

    at: IsoTime
    code: str = Field(description="One of [why a publisher is refused](#why-a-publisher-is-refused)")
    reason: str | None = Field(description="A sentence")
    action: str | None = Field(description="What to do")
    client_ip: str | None


class OwnChannel(PublicChannel, OwnDetails):
    """`GET /api/channel`: the channel as its owner knows it."""

    live: Live | None = Field(description="The stream that runs; null while OFFLINE")
    last_end: LastEnd | None = Field(description="Null while a stream runs, and before the first one")
    last_refusal: LastRefusal | None = Field(description="Of the last 90 days")


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
    """`degraded`: running streams go on, but no ingest node of ours takes new ones; `ingest` says why.

    `ingest` is null while the database, which knows it, cannot be read.
    """

    status: Literal["ok", "degraded", "unavailable"]
    database: Literal["ok", "unreachable"]
    ingest: Readiness | None
    stage: str
    detail: str | None = None


def live_of(stream: Stream | None, pulse: Pulse | None) -> Live | None:
    """None before the first media."""
    if stream is None or stream.started_at is None:
        return None
    return _live(stream.stream_id, stream.started_at, facts_of(stream, pulse), pulse)


def _live(stream_id: str, started_at: int, facts: StreamFacts, pulse: Pulse | None) -> Live:
    return Live(stream_id=stream_id, started_at=iso(started_at), **facts_now(facts, pulse))


def public_live(live: Live) -> PublicLive:
    return PublicLive(**live.model_dump(include=set(PublicLive.model_fields)))


def public_channel(seen: ChannelView) -> PublicChannel:
    live = live_of(seen.stream, seen.pulse)
    return PublicChannel(**_public_fields(seen), live=public_live(live) if live else None)


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
    return OwnChannel(
        **_public_fields(seen),
        **_own_fields(seen.channel, seen.key),
        last_end=_last_end(seen.end) if seen.end is not None else None,
        last_refusal=_last_refusal(seen.refusal) if seen.refusal is not None else None,
        live=live_of(seen.stream, seen.pulse),
    )


def details(channel: Channel) -> ChannelDetails:
    return ChannelDetails(**_details_fields(channel))


def own_details(channel: Channel, key: StreamKey | None) -> OwnDetails:
    return OwnDetails(**_details_fields(channel), **_own_fields(channel, key))


def _details_fields(channel: Channel) -> dict[str, Any]:
    return {
        "channel_id": channel.channel_id,
        "title": channel.title,
        "description": channel.description,
        "category": channel.category,
        "tags": channel.tags,
        "edition": channel.edition,
    }


def _own_fields(channel: Channel, key: StreamKey | None) -> dict[str, Any]:
    return {
        "visibility": channel.visibility,
        "region": channel.region,
        "ingest_url": settings().ingest_url(channel.region),
        "key": KeyHint(key_id=key.key_id, hint=key.hint, expires_at=iso_or_none(key.expires_at)) if key else None,
    }


def _public_fields(seen: ChannelView) -> dict[str, Any]:
    channel = seen.channel
    return _details_fields(channel) | {
        "status": seen.reading.status,
        "status_until": iso_or_none(seen.reading.until),
        "playback": Playback(hls_url=playback(channel.channel_id, seen.stream).hls_url),
    }


def _last_end(end: StreamEnd) -> LastEnd:
    reason = EndReason(end.reason) if end.reason is not None else None
    return LastEnd(
        stream_id=end.stream_id,
        started_at=iso_or_none(end.started_at),
        ended_at=iso_or_none(end.ended_at),
        reason=reason,
        reason_text=END_REASON_TEXT[reason] if reason is not None else None,
        action=END_REASON_ACTION[reason] if reason is not None else None,
    )


def _last_refusal(entry: Entry) -> LastRefusal:
    facts = entry.facts
    return LastRefusal(
        at=iso(entry.at),
        code=facts["reason"],
        reason=facts.get("detail"),
        action=facts.get("action"),
        client_ip=facts.get("client_ip"),
    )


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


def channel_message(details: ChannelDetails, now: int) -> dict[str, Any]:
    return {"type": "channel", "at": iso(now), "channel": details.model_dump(mode="json")}


def status_message(event: StreamStateChange, *, owner: bool) -> dict[str, Any]:
    """Why a stream was interrupted or ended is told to its owner only."""
    running = event.status is not ChannelStatus.OFFLINE and event.started_at is not None and event.stream_id
    live = _live(event.stream_id or "", event.started_at or 0, event.facts, None) if running else None
    return {
        "type": "status",
        "seq": event.seq,
        "at": iso(event.at),
        "status": event.status,
        "stream_id": event.stream_id,
        "reason": event.reason if owner else None,
        "reason_text": event.detail if owner else None,
        "action": event.action if owner else None,
        "until": iso_or_none(event.until),
        "live": _shown(live, owner=owner) if live else None,
    }


def metrics_message(pulse: Pulse, *, owner: bool) -> dict[str, Any]:
    live = _live(pulse.stream_id, pulse.started_at, pulse.facts, pulse)
    return {
        "type": "metrics",
        "seq": pulse.seq,
        "at": iso(pulse.at),
        **_shown(live, owner=owner),
        "uptime_s": max(0, (pulse.at - pulse.started_at) // 1000),
    }


def _shown(live: Live, *, owner: bool) -> dict[str, Any]:
    return (live if owner else public_live(live)).model_dump(mode="json")


def error_message(code: str, reason: str, action: str) -> dict[str, Any]:
    return {"type": "error", "code": code, "reason": reason, "action": action}


def closing_message(why: Closing) -> dict[str, Any]:
    """The last message before the server ends the connection."""
    reason, action = CLOSING_TEXT[why]
    return {"type": "closing", "code": why.value, "reason": reason, "action": action}


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
