"""Open WebSockets, by what they want to hear about."""

from collections.abc import Iterable

from chalicelib.domain.topics import Connection, Listener, Topic
from chalicelib.store import runtime_models
from chalicelib.store.guard import ConditionFailed, store_errors

LONGEST = 2 * 3600 + 600  # seconds: API Gateway closes a WebSocket after 2 h


def add(
    connection_id: str,
    topic: Topic,
    user: str | None,
    now: int,
    *,
    expires_at: int | None = None,
    places: Iterable[str] = (),
) -> None:
    """`places` are the counts of open connections that this one is in."""
    with store_errors():
        runtime_models.Connection(
            connection_id=connection_id,
            topic=str(topic),
            channel_id=topic.channel_id,
            user=user,
            connected_at=now,
            expires_at=expires_at,
            places=list(places),
            ttl=now // 1000 + LONGEST,
        ).save()


def find(connection_id: str) -> Connection | None:
    """Read consistently."""
    row = _row(connection_id)
    return _connection(row) if row is not None else None


def _row(connection_id: str) -> runtime_models.Connection | None:
    try:
        with store_errors():
            return runtime_models.Connection.get(connection_id, consistent_read=True)
    except runtime_models.Connection.DoesNotExist:
        return None


def _connection(row: runtime_models.Connection) -> Connection:
    listener, _, channel_id = row.topic.partition("#")
    expires_at = None if row.expires_at is None else int(row.expires_at)
    return Connection(row.connection_id, Topic(channel_id, Listener(listener)), expires_at)


def greeted(connection_id: str) -> None:
    """Marks the connection as having had its snapshot: it receives messages from now on."""
    try:
        with store_errors():
            runtime_models.Connection(connection_id).update(
                [runtime_models.Connection.greeted.set(True)],
                condition=runtime_models.Connection.connection_id.exists(),
            )
    except ConditionFailed:
        return


def listening(topic: Topic) -> list[Connection]:
    """Those that have had their snapshot (a query, eventually consistent)."""
    return [_connection(row) for row in _of(topic) if row.greeted]


def of_topic(topic: Topic) -> list[Connection]:
    """All of them, including those that wait for their snapshot (a query, eventually consistent)."""
    return [_connection(row) for row in _of(topic)]


def _of(topic: Topic) -> list[runtime_models.Connection]:
    with store_errors():
        return list(runtime_models.Connection.by_topic.query(str(topic)))


def open_ones(connection_ids: Iterable[str], now: int) -> frozenset[str]:
    """Which of these connections may still be open; read consistently."""
    wanted = sorted(set(connection_ids))
    with store_errors():
        found = runtime_models.Connection.batch_get(wanted, consistent_read=True) if wanted else []
        return frozenset(row.connection_id for row in found if row.ttl > now // 1000)


def count(topic: Topic, now: int) -> int:
    """How many connections listen (a query that counts, eventually consistent).

    Expired rows are left out: a connection that was lost without a close stays in the table until DynamoDB deletes it,
    days later, or a message to it fails.
    """
    row = runtime_models.Connection
    listens = (row.greeted == True) & (row.ttl > now // 1000)  # noqa: E712 - an expression, not a test
    with store_errors():
        return int(row.by_topic.count(str(topic), filter_condition=listens))


def remove(connection_id: str) -> list[str]:
    """Deletes it; returns the places that it had."""
    row = _row(connection_id)
    if row is None:
        return []
    with store_errors():
        row.delete()
    return list(row.places or ())
