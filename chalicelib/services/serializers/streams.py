"""Streams, as their owner, anybody, administrators and clients of a key see them."""

from dataclasses import asdict
from typing import Any

from chalicelib import contract
from chalicelib.config import settings
from chalicelib.contract import (
    ActiveStream,
    AllPlayback,
    BroadcasterOfStream,
    FoundStream,
    GeneratedStream,
    GeneratedStreamAnswer,
    OwnStream,
    PublicStream,
    StreamDetails,
    StreamOfKey,
    Technical,
)
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.streams import EndReason, Stream, StreamState
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.services.reading.discovery import StreamView
from chalicelib.services.reading.running import RunningStream
from chalicelib.services.serializers import media
from chalicelib.services.serializers.channels import metadata_fields
from chalicelib.services.serializers.media import (
    audience_fields,
    facts_now,
    health,
    live_of,
    playback,
    playback_for_administrators,
    public_live,
    public_playback,
)
from chalicelib.services.serializers.recordings import own_recording, recording

ACTIVE, INACTIVE = "active", "inactive"


def _end_reason(stream: Stream) -> EndReason | None:
    return EndReason(stream.end_reason) if stream.end_reason is not None else None


def _duration_s(stream: Stream, now: int) -> float | None:
    return None if stream.started_at is None else ((stream.ended_at or now) - stream.started_at) / 1000


def stream(seen: StreamView, now: int) -> contract.Stream:
    """The public form: why a stream ended, its encoder and its volume are shown to its owner only."""
    viewers = _audience_fields(seen)["viewers"]
    return contract.Stream(**_stream_fields(seen, now), viewers=viewers, recording=recording(seen.stream, now))


def own_stream(seen: StreamView, now: int) -> OwnStream:
    return OwnStream(
        **_stream_fields(seen, now),
        **_audience_fields(seen),
        key_id=seen.stream.key_id,
        expires_at=None,
        end_reason=_end_reason(seen.stream),
        bytes_in=seen.bytes_in,
        test=seen.stream.test,
        recording=own_recording(seen.stream, seen.channel, now),
        summary=media.summary(seen.totals, seen.stream.facts.encoder) if seen.totals is not None else None,
    )


def _audience_fields(seen: StreamView) -> dict[str, Any]:
    return audience_fields(seen.audience, running=seen.state is not StreamState.ENDED)


def _stream_fields(seen: StreamView, now: int) -> dict[str, Any]:
    stream = seen.stream
    urls = playback(stream.channel_id, stream)
    return {
        "id": stream.stream_id,
        "channel_id": stream.channel_id,
        "status": INACTIVE if seen.state is StreamState.ENDED else ACTIVE,
        "state": seen.state,
        "title": stream.metadata.title,
        "created_at": iso(stream.connected_at),
        "started_at": iso_or_none(stream.started_at),
        "ended_at": iso_or_none(stream.ended_at),
        "duration_s": _duration_s(stream, now),
        "rtmp_url": settings().ingest_url(seen.channel.region),
        "hls_url": urls.hls_url,
        "thumbnail_url": None if seen.state is StreamState.ENDED else urls.thumbnail_url,
        **seen.facts.model_dump(),
    }


def startable(key: StreamKey, channel: Channel) -> contract.Stream:
    """The stream that a generated key was made for and that has not begun."""
    return contract.Stream(**_startable_fields(key, channel), recording=None)


def own_startable(key: StreamKey, channel: Channel) -> OwnStream:
    fields = _startable_fields(key, channel)
    return OwnStream(
        **fields,
        key_id=key.key_id,
        expires_at=iso_or_none(key.expires_at),
        end_reason=None,
        bytes_in=0,
        test=False,
        recording=None,
        summary=None,
    )


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
        "duration_s": None,
        "rtmp_url": settings().ingest_url(channel.region),
        "hls_url": playback(key.channel_id).hls_url,
        "thumbnail_url": None,
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
    shape = stream_of_key(key, region, None)
    return GeneratedStreamAnswer(stream=GeneratedStream(**shape.model_dump(), stream_key=stream_key))


def public_stream(seen: RunningStream) -> PublicStream:
    stream, metadata = seen.stream, seen.stream.metadata
    live = live_of(stream, seen.pulse)
    urls = playback(stream.channel_id, stream)
    return PublicStream(
        id=stream.stream_id,
        channel_id=stream.channel_id,
        status=seen.reading.status,
        status_until=iso_or_none(seen.reading.until),
        **metadata_fields(metadata),
        version=metadata.version,
        display_name=metadata.display_name,
        created_at=iso(stream.connected_at),
        hls_url=urls.hls_url,
        thumbnail_url=urls.thumbnail_url,
        playback=public_playback(urls),
        live=public_live(live) if live else None,
        viewers=live.viewers if live else None,
    )


def active_stream(seen: RunningStream, now: int) -> ActiveStream:
    audience = seen.pulse.audience if seen.pulse is not None else None
    return ActiveStream(
        viewers=audience.viewers if audience is not None else None,
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
        bytes_in=seen.bytes_in,
        viewer_count=seen.viewers,
        **_audience_fields(seen),
        recording=own_recording(stream, seen.channel, now),
        **_admin_fields(seen, now),
    )


def _admin_fields(seen: RunningStream | StreamView, now: int) -> dict[str, Any]:
    stream, metadata = seen.stream, seen.stream.metadata
    return {
        "id": stream.stream_id,
        "channel_id": stream.channel_id,
        **metadata_fields(metadata),
        "visibility": metadata.visibility,
        "broadcaster": BroadcasterOfStream(broadcaster_id=stream.channel_id, display_name=metadata.display_name),
        "key_id": stream.key_id,
        "source": stream.source,
        "node_id": stream.node_id,
        "started_at": iso_or_none(stream.started_at),
        "duration_s": _duration_s(stream, now),
        "playback": AllPlayback(**asdict(playback_for_administrators(stream, now))),
        "technical": Technical(**facts_now(seen.facts, seen.pulse)),
        "test": stream.test,
        "health": None if seen.pulse is None else health(seen.pulse.findings, seen.facts.encoder),
    }


def found_stream(stream: Stream, state: StreamState) -> FoundStream:
    return FoundStream(
        id=stream.stream_id,
        broadcaster=BroadcasterOfStream(broadcaster_id=stream.channel_id, display_name=stream.metadata.display_name),
        title=stream.metadata.title,
        state=state,
        node_id=stream.node_id,
        client_ip=stream.client_ip,
        created_at=iso(stream.connected_at),
        ended_at=iso_or_none(stream.ended_at),
        end_reason=_end_reason(stream),
    )
