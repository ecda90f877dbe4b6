"""What readers are told: a channel as its owner or the public sees it, its streams, all that are live."""

from dataclasses import dataclass

from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel, Visibility, status_of
from chalicelib.domain.errors import ChannelNotFound, StoreUnavailable, StreamNotFound
from chalicelib.domain.events import Pulse, StreamFacts
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.streams import OFFLINE, ChannelStatus, StatusReading, Stream, StreamState
from chalicelib.store import channels, keys, nodes, pulses, streams

_NOBODY = "nobody"  # a channel id that no channel has
_STREAM_ID_LENGTH = 26


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel at one instant. `stream` and `pulse` are of the stream that runs; None while OFFLINE."""

    channel: Channel
    reading: StatusReading
    seq: int
    stream: Stream | None = None
    pulse: Pulse | None = None
    key: StreamKey | None = None

    @property
    def facts(self) -> StreamFacts:
        """Of picture and sound: the newest measure, else what the stream began with."""
        if self.pulse is not None:
            return self.pulse.facts
        stream = self.stream
        if stream is None:
            return StreamFacts()
        return StreamFacts(**{name: getattr(stream, name) for name in StreamFacts.model_fields})


def view(channel: Channel, now: int, *, with_key: bool = False) -> ChannelView:
    """Reads what the channel's status rests on: its stream, its holder's session, the latest pulse."""
    key = keys.find(channel.key_hash) if with_key and channel.key_hash else None
    stream = streams.find(channel.stream_id) if channel.stream_id else None
    reading = _reading(channel, stream, now)
    seq = stream.seq if stream is not None else 0
    if stream is None or reading.status is ChannelStatus.OFFLINE:
        return ChannelView(channel, reading, seq, key=key)
    return ChannelView(channel, reading, seq, stream, pulses.find(stream.stream_id), key)


def _reading(channel: Channel, stream: Stream | None, now: int) -> StatusReading:
    if stream is None or stream.state is StreamState.ENDED:
        return OFFLINE
    holder = channel.lease.holder
    session = nodes.find(holder.node_id) if holder is not None else None
    return status_of(channel, stream, session, now)


def public_channel(channel_id: str, now: int) -> ChannelView:
    """Raises ChannelNotFound, for a private channel as well."""
    channel = channels.get(channel_id)
    if channel.visibility is Visibility.PRIVATE:
        raise ChannelNotFound()
    return view(channel, now)


def database_answers() -> bool:
    """Whether the database can be read now."""
    try:
        channels.find(_NOBODY)
    except StoreUnavailable:
        return False
    return True


def streams_of(channel: Channel, limit: int, before: str | None) -> list[Stream]:
    """The channel's streams, newest first; `before` is the last stream id of the page before."""
    return streams.of_channel(channel.channel_id, limit, before)


def public_stream(stream_id: str) -> tuple[Stream, Channel]:
    """Raises StreamNotFound, for a stream of a private channel as well."""
    stream = streams.find(stream_id) if len(stream_id) == _STREAM_ID_LENGTH else None
    channel = channels.find(stream.channel_id) if stream is not None else None
    if stream is None or channel is None or channel.visibility is Visibility.PRIVATE:
        raise StreamNotFound()
    return stream, channel


def live_views(now: int, *, public_only: bool, limit: int, after: str | None = None) -> list[ChannelView]:
    """Channels that are LIVE or RECONNECTING, oldest stream first; `after` is the last stream id of the page before."""
    found: list[ChannelView] = []
    for region in sorted(settings().ingest_urls):
        for stream in streams.unended(region, after=after):
            channel = channels.find(stream.channel_id)
            if channel is None or (public_only and channel.visibility is not Visibility.PUBLIC):
                continue
            reading = _reading(channel, stream, now)
            if channel.stream_id == stream.stream_id and reading.status is not ChannelStatus.OFFLINE:
                found.append(ChannelView(channel, reading, stream.seq, stream, pulses.find(stream.stream_id)))
            if len(found) >= limit:
                break
    return sorted(found, key=lambda view: view.stream.stream_id if view.stream else "")[:limit]


def stream_by_key(stream_key: str, now: int) -> tuple[StreamKey, Channel]:
    """For a media server's validation: possession of the key is the credential.

    Raises StreamNotFound for every key that may not be used now: a malformed, an unknown and a revoked one look alike.
    """
    key = keys.find(rules.hash_key(stream_key)) if rules.is_well_formed(stream_key) else None
    if key is None or rules.refusal(key, now) is not None:
        raise StreamNotFound()
    return key, channels.get(key.channel_id)
