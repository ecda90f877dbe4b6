"""News to open dashboards: one bus event in, one message to each connection that listens.

A connection hears nothing before its snapshot. What it hears is numbered (`seq` within a stream), so a repeated or
late message does no harm.
"""

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.domain.channels import Visibility
from chalicelib.domain.events import (
    ChannelChanged,
    DashboardConnected,
    EventName,
    Pulse,
    StreamMetrics,
    StreamStateChange,
)
from chalicelib.domain.topics import Listener, Topic
from chalicelib.observability import logger
from chalicelib.services import news, views, watches
from chalicelib.services.discovery import ChannelView, view
from chalicelib.store import channels, connections, keys

CONCURRENCY = 16  # posts at once from one Lambda
GREETING_PAUSES = (0.02, 0.05, 0.1, 0.3, 1.0)  # seconds between looks whether a new connection is open yet


def join(connection_id: str, topic: Topic, user: str | None, now: int) -> None:
    """A connection wants to hear about `topic`. Its snapshot is sent once it can receive: the bus brings us back."""
    connections.add(connection_id, topic, user, now)
    news.publish([DashboardConnected(connection_id=connection_id, channel_id=topic.channel_id, at=now)])


def leave(connection_id: str) -> None:
    connections.remove(connection_id)


def topic_of(connection_id: str) -> Topic | None:
    return connections.topic_of(connection_id)


def state_changed(event: StreamStateChange) -> None:
    """Status, or a refusal, to whoever listens to the channel."""
    if event.event_name is EventName.STREAM_REFUSED:
        _send(connections.listening(Topic(event.channel_id, Listener.OWNER)), views.refused_message(event))
        return
    if event.status is None:
        return
    listening = _listening(event.channel_id)
    _send(listening, views.status_message(event))
    if listening and event.event_name in (EventName.STREAM_START, EventName.STREAM_RESUMED):
        watches.watch(event.node_id, event.channel_id, event.at)


def channel_changed(event: ChannelChanged) -> None:
    """Details and key hint as they are now, to whoever listens: of two changes at once the last reading is right."""
    channel = channels.find(event.channel_id)
    if channel is None:
        return
    owners, public = _listening_by_kind(event.channel_id)
    if owners:
        key = keys.find(channel.key_hash) if channel.key_hash else None
        _send(owners, views.channel_message(views.own_details(channel, key), event.at))
    _send(public, views.channel_message(views.details(channel), event.at))


def measured(event: StreamMetrics) -> None:
    """A second's measures of one node. A channel that nobody listens to any more is no longer asked for."""
    heard = {pulse.channel_id: _measured(pulse) for pulse in event.pulses}
    watches.still_watched(event.node_id, (channel_id for channel_id, is_heard in heard.items() if is_heard), event.at)
    watches.unwatch(event.node_id, (channel_id for channel_id, is_heard in heard.items() if not is_heard), event.at)


def _measured(pulse: Pulse) -> bool:
    listening = _listening(pulse.channel_id)
    _send(listening, views.metrics_message(pulse))
    return bool(listening)


def _listening(channel_id: str) -> list[str]:
    owners, public = _listening_by_kind(channel_id)
    return owners + public


def _listening_by_kind(channel_id: str) -> tuple[list[str], list[str]]:
    """Who may hear the channel's news now: the public of a channel that became private is sent away instead."""
    owners, public = (
        connections.listening(Topic(channel_id, listener)) for listener in (Listener.OWNER, Listener.PUBLIC)
    )
    if public and channels.get(channel_id).visibility is Visibility.PRIVATE:
        for connection_id in public:
            _send_away(connection_id)
        return owners, []
    return owners, public


def greet(event: DashboardConnected, now: Callable[[], int]) -> None:
    """The snapshot, then the connection listens. What changed in between is told by a second snapshot."""
    topic = connections.topic_of(event.connection_id)
    if topic is None or not _is_open(event.connection_id):
        return
    told = send_snapshot(event.connection_id, topic, now())
    connections.greeted(event.connection_id)
    fresh = view(channels.get(topic.channel_id), now())
    if fresh.seq != told.seq:
        send_snapshot(event.connection_id, topic, now())
    _watch(fresh, now())


def _is_open(connection_id: str) -> bool:
    """API Gateway lets nobody write to a connection before its `$connect` has returned, and the bus may be faster."""
    for pause in GREETING_PAUSES:
        try:
            aws.connections_api().get_connection(ConnectionId=connection_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "GoneException":
                return True
            time.sleep(pause)
        else:
            return True
    connections.remove(connection_id)
    return False


def refresh(connection_id: str, topic: Topic, now: int) -> None:
    """For a client that misses its measures: the channel as it is, and the node is asked for them again.

    A node may have been told that nobody listens: the index of listeners follows a moment later.
    """
    _watch(send_snapshot(connection_id, topic, now), now)


def _watch(seen: ChannelView, now: int) -> None:
    if seen.stream is not None:
        watches.watch(seen.stream.node_id, seen.channel.channel_id, now)


def send_snapshot(connection_id: str, topic: Topic, now: int) -> ChannelView:
    """The channel as it is now, to one connection, if that may see it; answers what is to be seen."""
    owner = topic.listener is Listener.OWNER
    seen = view(channels.get(topic.channel_id), now, owner=owner)
    if seen.channel.blocked is None and (owner or seen.channel.visibility is not Visibility.PRIVATE):
        _send([connection_id], views.snapshot_message(seen, now, owner=owner))
    else:
        _send_away(connection_id)
    return seen


def reply(connection_id: str, message: dict[str, Any]) -> None:
    _send([connection_id], message)


def _send(connection_ids: Iterable[str], message: dict[str, Any]) -> None:
    ids = list(connection_ids)
    if not ids:
        return
    data = json.dumps(message, separators=(",", ":")).encode()
    if len(ids) == 1:
        _post(ids[0], data)
        return
    with ThreadPoolExecutor(min(CONCURRENCY, len(ids))) as pool:
        list(pool.map(lambda connection_id: _post(connection_id, data), ids))


def _post(connection_id: str, data: bytes) -> None:
    """One message to one connection. A connection that is gone is forgotten; any other failure is logged."""
    try:
        aws.connections_api().post_to_connection(ConnectionId=connection_id, Data=data)
    except ClientError as error:
        if error.response["Error"]["Code"] == "GoneException":
            connections.remove(connection_id)
        else:
            logger("control").warning("message not delivered", connection_id=connection_id, error=str(error))
    except BotoCoreError as error:
        logger("control").warning("message not delivered", connection_id=connection_id, error=type(error).__name__)


def send_owner_away(channel_id: str) -> None:
    """Closes every connection of the channel's owner, those too that had no snapshot yet."""
    for connection_id in connections.of_topic(Topic(channel_id, Listener.OWNER)):
        _send_away(connection_id)


def _send_away(connection_id: str) -> None:
    """It hears nothing more, also where closing it fails."""
    connections.remove(connection_id)
    try:
        aws.connections_api().delete_connection(ConnectionId=connection_id)
    except (BotoCoreError, ClientError) as error:
        logger("control").warning("connection not closed", connection_id=connection_id, error=type(error).__name__)
