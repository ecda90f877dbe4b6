"""Reads a channel as its owner or the public sees it, its streams, and all live streams."""

from dataclasses import dataclass, replace

from chalicelib.domain import keys as rules
from chalicelib.domain.audience import Audience
from chalicelib.domain.channels import Channel, is_channel_id
from chalicelib.domain.ids import is_ulid
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.metadata import Search, Visibility
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.pages import Page
from chalicelib.domain.streams import (
    OFFLINE,
    ChannelStatus,
    StatusReading,
    Stream,
    StreamEnd,
    StreamState,
    end_as_read,
    state_as_read,
    stream_reading,
)
from chalicelib.domain.timeline import Entry, refusals_of
from chalicelib.domain.topics import Listener, Topic
from chalicelib.domain.totals import StreamTotals
from chalicelib.services.keys import keyring
from chalicelib.services.reading import running
from chalicelib.services.reading.running import RunningStream
from chalicelib.store import channels, connections, keys, pulses, streams, timeline


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel at one instant. `stream` and `pulse` are of the stream that runs; None while OFFLINE.

    `end` is how the last one ended, None while one runs. `key` and `refusal`, the newest one, are read for the owner.
    """

    channel: Channel
    reading: StatusReading
    seq: int
    stream: Stream | None = None
    pulse: Pulse | None = None
    key: StreamKey | None = None
    end: StreamEnd | None = None
    refusal: Entry | None = None

    @property
    def facts(self) -> StreamFacts:
        return self.stream.facts if self.stream is not None else StreamFacts()

    @property
    def public(self) -> "ChannelView":
        """As everybody else sees it: offline while a test runs."""
        if self.stream is None or not self.stream.test:
            return self
        return replace(self, reading=OFFLINE, stream=None, pulse=None)


@dataclass(frozen=True, slots=True)
class StreamView:
    """One stream at one instant: its state given whether its node lives, and its viewers (None once it has ended)."""

    stream: Stream
    channel: Channel
    state: StreamState
    pulse: Pulse | None = None
    watching: int | None = None  # open WebSockets

    @property
    def audience(self) -> Audience | None:
        """As it is counted, or was in all; None where it is not. A ghost has what its node wrote last."""
        if self.stream.audience is not None:
            return self.stream.audience
        return self.pulse.audience if self.pulse is not None else None

    @property
    def totals(self) -> StreamTotals | None:
        """So far, or in all; None where they are not counted."""
        if self.stream.totals is not None:
            return self.stream.totals
        return self.pulse.totals if self.pulse is not None else None

    @property
    def viewers(self) -> int | None:
        """None once it has ended."""
        if self.state is StreamState.ENDED:
            return None
        return self.audience.viewers if self.audience is not None else self.watching

    @property
    def facts(self) -> StreamFacts:
        return self.stream.facts

    @property
    def bytes_in(self) -> int:
        """The row's count is of the stream's last change; while it runs the measures know more."""
        return max(self.stream.bytes_in, self.pulse.bytes_in if self.pulse is not None else 0)


def view(channel: Channel, now: int, *, owner: bool = False) -> ChannelView:
    """Reads what the channel's status rests on: its stream, the stream's node, the latest pulse."""
    key = keys.find(channel.key_hash) if owner and channel.key_hash else None
    refusal = timeline.last(refusals_of(channel.channel_id)) if owner else None
    stream = streams.find(channel.stream_id) if channel.stream_id else None
    if stream is None:
        return ChannelView(channel, OFFLINE, 0, key=key, refusal=refusal)
    reading = OFFLINE
    if stream.state is not StreamState.CONNECTING:
        stream, session = running.as_stored([stream], now)[0]
        reading = stream_reading(stream, session, now)
    end = end_as_read(stream, reading.status)
    if reading.status is ChannelStatus.OFFLINE:
        return ChannelView(channel, reading, stream.seq, key=key, end=end, refusal=refusal)
    return ChannelView(channel, reading, stream.seq, stream, pulses.find(stream.stream_id), key, end, refusal)


def public_channel(channel_id: str, now: int) -> ChannelView:
    """Raises ChannelNotFound, for a private channel and for a blocked broadcaster's as well."""
    channel = find_public(channel_id)
    if channel is None:
        raise ChannelNotFound()
    return view(channel, now)


def find_public(channel_id: str) -> Channel | None:
    """None where not everybody may see it."""
    channel = channels.find(channel_id) if is_channel_id(channel_id) else None
    if channel is None or channel.visibility is Visibility.PRIVATE or channel.blocked is not None:
        return None
    return channel


def streams_of(channel: Channel, limit: int, before: str | None, now: int) -> list[StreamView]:
    """The channel's streams, newest first; `before` is the last stream id of the page before."""
    return as_read(channel, streams.of_channel(channel.channel_id, limit, before), now)


def stream_of(channel: Channel, stream_id: str) -> Stream:
    """One of the channel's streams. Raises StreamNotFound, for anybody else's too."""
    stream = stream_with_id(stream_id)
    if stream.channel_id != channel.channel_id:
        raise StreamNotFound()
    return stream


def stream_with_id(stream_id: str) -> Stream:
    """Raises StreamNotFound, for what is no id too."""
    stream = streams.find(stream_id) if is_ulid(stream_id) else None
    if stream is None:
        raise StreamNotFound()
    return stream


def streams_on(channel: Channel, key: StreamKey, limit: int, before: str | None, now: int) -> Page[StreamView]:
    """Those of the channel's streams that ran on `key`, newest first."""
    found, last = streams.of_key(channel.channel_id, key.key_id, limit, before)
    return Page(as_read(channel, found, now), last)


def as_read(channel: Channel, found: list[Stream], now: int) -> list[StreamView]:
    """Each stream's state, and the latest measures of those that have not ended."""
    stored = running.as_stored(found, now)
    latest = pulses.many(stream.stream_id for stream, _ in stored if stream.state is not StreamState.ENDED)
    return [
        StreamView(stream, channel, state_as_read(stream, session, now), latest.get(stream.stream_id))
        for stream, session in stored
    ]


def public_stream(stream_id: str, now: int) -> StreamView:
    """Raises StreamNotFound, also if the channel is private, or the stream was a test, or private to its end.

    The streams of a blocked broadcaster are not found either.
    """
    seen = _stream(stream_id, now)
    is_hidden = seen.channel.blocked is not None or seen.stream.test
    if is_hidden or Visibility.PRIVATE in (seen.channel.visibility, seen.stream.metadata.visibility):
        raise StreamNotFound()
    return seen


def startable_stream(stream_id: str, now: int) -> tuple[StreamKey, Channel] | None:
    """A stream that a key was generated for, before it begins; None for any other and for a private channel's."""
    key = keyring.startable(stream_id, now) if is_ulid(stream_id) else None
    channel = channels.find(key.channel_id) if key is not None else None
    if key is None or channel is None or channel.visibility is Visibility.PRIVATE:
        return None
    return key, channel


def stream_details(stream_id: str, now: int) -> StreamView:
    """All that is known of one stream. Raises StreamNotFound."""
    seen = _stream(stream_id, now)
    if seen.state is StreamState.ENDED or seen.audience is not None:
        return seen
    return replace(seen, watching=connections.count(Topic(seen.channel.channel_id, Listener.PUBLIC), now))


def _stream(stream_id: str, now: int) -> StreamView:
    stream = stream_with_id(stream_id)
    channel = channels.find(stream.channel_id)
    if channel is None:
        raise StreamNotFound()
    return as_read(channel, [stream], now)[0]


def public_streams(search: Search, limit: int, after: str | None, now: int) -> Page[RunningStream]:
    """Streams of public channels that are LIVE or RECONNECTING and that `search` finds, oldest first."""

    def wanted(stream: Stream) -> bool:
        metadata = stream.metadata
        return not stream.test and metadata.visibility is Visibility.PUBLIC and search.finds(metadata)

    found, last = running.streams(now, limit, after, wanted, few=search != Search())
    return Page(running.measured(found), last)


def active_streams(limit: int, after: str | None, now: int) -> Page[RunningStream]:
    """All that are LIVE or RECONNECTING, oldest first."""
    found, last = running.streams(now, limit, after)
    return Page(running.measured(found), last)


def stream_by_key(stream_key: str, now: int) -> tuple[StreamKey, Channel, Stream | None]:
    """For a media server's validation: possession of the key is the credential. With its stream if one runs.

    Raises StreamNotFound for every key that may not be used now: a malformed, an unknown, a revoked and a blocked
    broadcaster's look alike.
    """
    key = keys.find(rules.hash_key(stream_key)) if rules.is_well_formed(stream_key) else None
    if key is None or rules.refusal(key, now) is not None:
        raise StreamNotFound()
    channel = channels.get(key.channel_id)
    if channel.blocked is not None:
        raise StreamNotFound()
    present = view(channel, now).public.stream
    runs = present if present is not None and present.key_id == key.key_id else None
    if runs is None and rules.used_up(key, None):
        raise StreamNotFound()
    return key, channel, runs
