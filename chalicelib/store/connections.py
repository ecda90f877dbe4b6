"""Open WebSockets, by what they want to hear about."""

from chalicelib.domain.topics import Listener, Topic
from chalicelib.store import models
from chalicelib.store.guard import ConditionFailed, store_errors

LONGEST = 2 * 3600 + 600  # seconds: API Gateway closes a WebSocket after 2 h


def add(connection_id: str, topic: Topic, user: str | None, now: int) -> None:
    with store_errors():
        models.Connection(
            connection_id=connection_id,
            topic=str(topic),
            channel_id=topic.channel_id,
            user=user,
            connected_at=now,
            ttl=now // 1000 + LONGEST,
        ).save()


def topic_of(connection_id: str) -> Topic | None:
    try:
        with store_errors():
            row = models.Connection.get(connection_id, consistent_read=True)
    except models.Connection.DoesNotExist:
        return None
    listener, _, channel_id = row.topic.partition("#")
    return Topic(channel_id, Listener(listener))


def greeted(connection_id: str) -> None:
    """The connection has its snapshot: news may follow."""
    try:
        with store_errors():
            models.Connection(connection_id).update(
                [models.Connection.greeted.set(True)], condition=models.Connection.connection_id.exists()
            )
    except ConditionFailed:
        return


def listening(topic: Topic) -> list[str]:
    """Connection ids that have had their snapshot (a query, eventually consistent)."""
    with store_errors():
        return [row.connection_id for row in models.Connection.by_topic.query(str(topic)) if row.greeted]


def of_topic(topic: Topic) -> list[str]:
    """Connection ids, those too that wait for their snapshot (a query, eventually consistent)."""
    with store_errors():
        return [row.connection_id for row in models.Connection.by_topic.query(str(topic))]


def count(topic: Topic, now: int) -> int:
    """How many connections listen (a query that counts, eventually consistent).

    Who left without a word is not counted for ever: TTL may come days later, and news that would find out may not come.
    """
    row = models.Connection
    listens = (row.greeted == True) & (row.ttl > now // 1000)  # noqa: E712 - an expression, not a test
    with store_errors():
        return int(row.by_topic.count(str(topic), filter_condition=listens))


def remove(connection_id: str) -> None:
    with store_errors():
        models.Connection(connection_id).delete()
