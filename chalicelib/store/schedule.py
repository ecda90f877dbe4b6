"""Planned broadcasts: a row each, in the channel's partition, sorted by start."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chalicelib.domain import schedule as rules
from chalicelib.domain.schedule import Broadcast
from chalicelib.store import schedule_models as models
from chalicelib.store.guard import ConditionFailed, past_contention, store_errors, transaction

QUEUE = "reminders"
MOST_READ = 200  # of one channel: 50 ahead, and those of the last month


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder to be sent, as it stands in the index."""

    channel_id: str
    slot: str
    remind_at: int


def _slot(starts_at: int, broadcast_id: str) -> str:
    return f"{starts_at:015d}#{broadcast_id}"


def _broadcast(row: models.Broadcast) -> Broadcast:
    return Broadcast(
        broadcast_id=row.broadcast_id,
        channel_id=row.channel_id,
        title=row.title,
        starts_at=int(row.starts_at),
        minutes=int(row.minutes),
        time_zone=row.time_zone,
        changed_at=int(row.changed_at),
        sequence=int(row.sequence),
    )


def _row(broadcast: Broadcast, remind_at: int | None) -> models.Broadcast:
    return models.Broadcast(
        broadcast.channel_id,
        _slot(broadcast.starts_at, broadcast.broadcast_id),
        broadcast_id=broadcast.broadcast_id,
        title=broadcast.title,
        starts_at=broadcast.starts_at,
        minutes=broadcast.minutes,
        time_zone=broadcast.time_zone,
        changed_at=broadcast.changed_at,
        sequence=broadcast.sequence,
        reminder_queue=QUEUE if remind_at is not None else None,
        remind_at=remind_at,
        ttl=(broadcast.ends_at + rules.KEPT) // 1000,
    )


def since(channel_id: str, starts_at: int, limit: int = MOST_READ, *, consistent: bool = False) -> list[Broadcast]:
    """Those of a channel that start at `starts_at` (ms) or later, in order."""
    wanted = models.Broadcast.slot >= _slot(starts_at, "")
    with store_errors():
        found = models.Broadcast.query(channel_id, range_key_condition=wanted, limit=limit, consistent_read=consistent)
        return [_broadcast(row) for row in found]


def add(broadcast: Broadcast, remind_at: int | None) -> None:
    with store_errors():
        _row(broadcast, remind_at).save()


def replace(before: Broadcast, after: Broadcast, remind_at: int | None) -> bool:
    """False if `before` was removed or changed meanwhile."""
    slot = models.Broadcast.slot
    as_read = slot.exists() & (models.Broadcast.sequence == before.sequence)
    row, old = _row(after, remind_at), _slot(before.starts_at, before.broadcast_id)

    def write() -> None:
        if row.slot == old:
            with store_errors():
                row.save(condition=as_read)
            return
        with transaction() as both:
            both.delete(models.Broadcast(before.channel_id, old), condition=as_read)
            both.save(row)

    return _unless_changed(write)


def remove(broadcast: Broadcast) -> bool:
    """False if it was removed or moved meanwhile."""
    row = models.Broadcast(broadcast.channel_id, _slot(broadcast.starts_at, broadcast.broadcast_id))

    def write() -> None:
        with store_errors():
            row.delete(condition=models.Broadcast.slot.exists())

    return _unless_changed(write)


def _unless_changed(write: Callable[[], None]) -> bool:
    try:
        past_contention(write)
    except ConditionFailed:
        return False
    return True


def due(until: int, limit: int) -> list[Due]:
    """Reminders that are to be sent by `until` (ms), the longest due first; eventually consistent."""
    row = models.Broadcast
    with store_errors():
        found = row.reminders_due.query(QUEUE, range_key_condition=row.remind_at <= until, limit=limit)
        return [Due(one.channel_id, one.slot, int(one.remind_at)) for one in found]


def of(due: Due) -> Broadcast | None:
    """The broadcast of a reminder; None if it has none any more, or another one."""
    try:
        with store_errors():
            row = models.Broadcast.get(due.channel_id, due.slot, consistent_read=True)
    except models.Broadcast.DoesNotExist:
        return None
    return _broadcast(row) if row.remind_at is not None and int(row.remind_at) == due.remind_at else None


def reminded(due: Due) -> None:
    """It was sent. One that was set anew meanwhile stays."""
    row = models.Broadcast
    with suppress(ConditionFailed), store_errors():
        row(due.channel_id, due.slot).update(
            [row.reminder_queue.remove(), row.remind_at.remove()], condition=row.remind_at == due.remind_at
        )
