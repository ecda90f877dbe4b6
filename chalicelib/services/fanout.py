"""Live updates to dashboards and viewers: one bus event in, one message to each connection that listens.

A connection is sent nothing before its snapshot. Messages are numbered (`seq` within a channel), so a repeated or late
one does no harm. Each has two forms: the owner's, and the public's, which leaves out what only the owner may see.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Protocol

from pydantic import BaseModel

from chalicelib.domain.channels import Visibility
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.events import (
    ChannelChanged,
    DashboardConnected,
    EventName,
    PublisherWaiting,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.measures import Pulse
from chalicelib.domain.topics import Closing, Connection, Listener, Topic
from chalicelib.services import bus, limits, sockets, watches
from chalicelib.services.reading.discovery import ChannelView, view
from chalicelib.services.serializers import messages
from chalicelib.store import channels, connections, keys


class ForListener(Protocol):
    """A message in the form for a listener."""

    def __call__(self, *, owner: bool) -> BaseModel: ...


CHANNELS_AT_ONCE = 8  # of an event with measures; their messages share the threads of `sockets`
METRICS_FOR = 3.0  # seconds in which measures are sent
INDEX_SETTLES = 1.0  # seconds until the index of listeners includes the latest connections


def join(
    connection_id: str,
    topic: Topic,
    user: str | None,
    now: int,
    *,
    expires_at: int | None = None,
    places: Mapping[str, int],
) -> None:
    """Registers a connection for `topic`. Its snapshot follows through the bus, once the connection can receive.

    Raises TooManyRequests where a user or an address has too many of them.
    """
    connections.add(connection_id, topic, user, now, expires_at=expires_at, places=places)
    try:
        limits.connection(connection_id, places, now)
    except StreamSyncError:
        sockets.forget(connection_id)
        raise
    bus.publish([DashboardConnected(connection_id=connection_id, channel_id=topic.channel_id, at=now)])


def disconnect_owner(channel_id: str) -> None:
    """Closes every connection of the channel's owner, who is no longer allowed to sign in."""
    _close_all(Topic(channel_id, Listener.OWNER), Closing.ACCESS_REVOKED)


def hidden(channel_id: str) -> None:
    """Closes the connections of viewers, and of the owner if they are blocked; later ones are judged by the channel.

    Once more when the index has settled, unless the block was lifted meanwhile.
    """
    for pause in (0.0, INDEX_SETTLES):
        time.sleep(pause)
        channel = channels.find(channel_id)
        _close_all(Topic(channel_id, Listener.PUBLIC), Closing.CHANNEL_NOT_FOUND)
        if channel is not None and channel.blocked is not None:
            disconnect_owner(channel_id)


def _close_all(topic: Topic, why: Closing) -> None:
    for connection in connections.of_topic(topic):
        sockets.close(connection.connection_id, why)


def state_changed(event: StreamStateChange) -> None:
    """Sends the new status to the channel's listeners; a refusal, and all there is of a test, to its owner only."""
    if event.event_name is EventName.STREAM_REFUSED:
        owners = _unexpired(connections.listening(Topic(event.channel_id, Listener.OWNER)), event.at)
        sockets.send(owners, messages.refused(event))
        return
    if event.status is None:
        return
    is_heard = _send(event.channel_id, event.at, partial(messages.status, event), for_viewers=not event.test)
    if is_heard and event.event_name in (EventName.STREAM_START, EventName.STREAM_RESUMED):
        watches.watch(event.node_id, event.channel_id, event.at)


def publisher_waits(event: PublisherWaiting) -> None:
    """Tells the channel's owner."""
    owners = _unexpired(connections.listening(Topic(event.channel_id, Listener.OWNER)), event.at)
    sockets.send(owners, messages.waiting(event))


def channel_changed(event: ChannelChanged) -> None:
    """Sends the channel's listeners its current details and key hint.

    They are read here rather than taken from the event: after two changes at once, the later read is right.
    """
    channel = channels.find(event.channel_id)
    if channel is None:
        return

    def message(*, owner: bool) -> BaseModel:
        key = keys.find(channel.key_hash) if owner and channel.key_hash else None
        return messages.channel(channel, key, event.at, owner=owner)

    _send(event.channel_id, event.at, message)


def measured(event: StreamMetrics) -> None:
    """One second of measurements from one node, sent to owners, and to viewers if the event is for them.

    What could not be sent within METRICS_FOR is not sent: the next second's are on their way. When it is the viewers'
    turn, channels that nobody listens to any more are found, and not watched further.
    """
    until = time.monotonic() + METRICS_FOR

    def send(pulse: Pulse) -> bool:
        message = partial(messages.metrics, pulse)
        for_viewers = event.for_viewers and not pulse.test
        return _send(pulse.channel_id, event.at, message, for_viewers=for_viewers, until=until)

    heard: list[str] = []
    unheard: list[str] = []
    for pulse, is_heard in zip(event.pulses, _pool().map(send, event.pulses), strict=True):
        (heard if is_heard else unheard).append(pulse.channel_id)
    watches.still_watched(event.node_id, heard, event.at)
    if event.for_viewers:
        watches.unwatch(event.node_id, unheard, event.at)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CHANNELS_AT_ONCE, thread_name_prefix="fanout")


def _send(
    channel_id: str, now: int, message: ForListener, *, for_viewers: bool = True, until: float | None = None
) -> bool:
    """Sends each listener its form of the message; returns whether there were any listeners of these kinds.

    If the channel has become private, its public listeners are disconnected instead.
    """
    owners = _unexpired(connections.listening(Topic(channel_id, Listener.OWNER)), now)
    public = _unexpired(connections.listening(Topic(channel_id, Listener.PUBLIC)), now) if for_viewers else []
    if public and channels.get(channel_id).visibility is Visibility.PRIVATE:
        for connection_id in public:
            sockets.close(connection_id, Closing.CHANNEL_NOT_FOUND)
        public = []
    if owners:
        sockets.send(owners, message(owner=True), until=until)
    if public:
        sockets.send(public, message(owner=False), until=until)
    return bool(owners or public)


def _unexpired(listening: Iterable[Connection], now: int) -> list[str]:
    """Connection ids; connections that have outlived their token are closed."""
    good = []
    for connection in listening:
        if connection.has_expired(now):
            sockets.close(connection.connection_id, Closing.TOKEN_EXPIRED)
        else:
            good.append(connection.connection_id)
    return good


def greet(event: DashboardConnected, now: Callable[[], int]) -> None:
    """Sends the snapshot and marks the connection as listening; a second snapshot covers changes in between."""
    connection = connections.find(event.connection_id)
    if connection is None or not sockets.is_open(event.connection_id):
        return
    if connection.has_expired(now()):  # the bus may have been late
        sockets.close(connection.connection_id, Closing.TOKEN_EXPIRED)
        return
    told = send_snapshot(connection, now())
    connections.greeted(event.connection_id)
    fresh = view(channels.get(connection.topic.channel_id), now())
    if fresh.seq != told.seq:
        send_snapshot(connection, now())
    _watch(fresh, now())


def refresh(connection: Connection, now: int) -> None:
    """For a client that misses its measures: the channel as it is, and the node is asked for them again.

    A node may have been told that nobody listens: the index of listeners follows a moment later.
    """
    _watch(send_snapshot(connection, now), now)


def _watch(seen: ChannelView, now: int) -> None:
    if seen.stream is not None:
        watches.watch(seen.stream.node_id, seen.channel.channel_id, now)


def send_snapshot(connection: Connection, now: int) -> ChannelView:
    """The channel as it is now, to one connection, if that may see it; answers what is to be seen."""
    topic = connection.topic
    owner = topic.listener is Listener.OWNER
    seen = view(channels.get(topic.channel_id), now, owner=owner)
    if seen.channel.blocked is not None:
        sockets.close(connection.connection_id, Closing.ACCESS_REVOKED if owner else Closing.CHANNEL_NOT_FOUND)
    elif owner or seen.channel.visibility is not Visibility.PRIVATE:
        sockets.send([connection.connection_id], messages.snapshot(seen, now, owner=owner))
    else:
        sockets.close(connection.connection_id, Closing.CHANNEL_NOT_FOUND)
    return seen
