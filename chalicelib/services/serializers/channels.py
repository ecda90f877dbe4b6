"""Channels, as anybody and as their owner sees them."""

from typing import Any

from chalicelib import contract
from chalicelib.config import settings
from chalicelib.contract import (
    ChannelDetails,
    Closed,
    IngestEndpoint,
    KeyHint,
    LastEnd,
    LastRefusal,
    OwnChannel,
    OwnChannelDetails,
    PlaybackToken,
    PublicChannel,
)
from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.metadata import Metadata
from chalicelib.domain.playback import hls_url, watch_url
from chalicelib.domain.streams import END_REASON_ACTION, END_REASON_TEXT, EndReason, StreamEnd
from chalicelib.domain.timeline import Entry
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.services import playback_tokens
from chalicelib.services.reading.discovery import ChannelView
from chalicelib.services.serializers.media import live_of, playback, public_live, public_playback


def public_channel(seen: ChannelView) -> PublicChannel:
    seen = seen.public
    live = live_of(seen.stream, seen.pulse)
    return PublicChannel(**_public_fields(seen), live=public_live(live) if live else None)


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


def own_details(channel: Channel, key: StreamKey | None) -> OwnChannelDetails:
    return OwnChannelDetails(**_details_fields(channel), **_own_fields(channel, key))


def metadata_fields(metadata: Metadata) -> dict[str, Any]:
    return {name: getattr(metadata, name) for name in contract.Metadata.model_fields}


def _details_fields(channel: Channel) -> dict[str, Any]:
    return {
        "channel_id": channel.channel_id,
        **metadata_fields(channel),
        "version": channel.version,
    }


def _own_fields(channel: Channel, key: StreamKey | None) -> dict[str, Any]:
    return {
        "visibility": channel.visibility,
        "recording": channel.recording,
        "second_publisher": channel.second_publisher,
        "closed": _closed(channel.closed),
        "region": channel.region,
        "ingest_url": settings().ingest_url(channel.region),
        "ingest_endpoints": _ingest_endpoints(channel.region),
        "key": KeyHint(key_id=key.key_id, hint=key.hint, expires_at=iso_or_none(key.expires_at)) if key else None,
    }


def _closed(closure: Closure | None) -> Closed | None:
    if closure is None:
        return None
    return Closed(until=iso(closure.until), reason=closure.reason, reason_text=END_REASON_TEXT[closure.reason])


def _ingest_endpoints(home: str) -> list[IngestEndpoint]:
    """All of them, that of `home` first: a key is accepted in every region."""
    urls, plain = settings().ingest_urls, settings().plain_ingest_urls
    first = settings().ingest_url(home)
    ordered = sorted(urls, key=lambda region: (urls[region] != first, region))
    return [IngestEndpoint(region=region, url=urls[region], plain_url=plain.get(region)) for region in ordered]


def _public_fields(seen: ChannelView) -> dict[str, Any]:
    channel = seen.channel
    return _details_fields(channel) | {
        "display_name": channel.display_name,
        "status": seen.reading.status,
        "status_until": iso_or_none(seen.reading.until),
        "playback": public_playback(playback(channel.channel_id, seen.stream)),
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
        key_id=facts.get("key_id"),
        key_label=facts.get("key_label"),
    )


def playback_token(channel_id: str, token: playback_tokens.PlaybackToken) -> PlaybackToken:
    return PlaybackToken(
        token=token.text,
        hls_url=hls_url(settings().playback_base_url, channel_id, token.text),
        watch_url=watch_url(settings().watch_base_url, channel_id, token.text),
        expires_at=iso(token.expires_at),
    )
