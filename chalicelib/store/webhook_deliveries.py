"""Deliveries: put once, claimed by whoever attempts them, recorded. Each write is conditioned on what was read."""

from dataclasses import asdict
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.not_found import DeliveryNotFound
from chalicelib.domain.webhook_deliveries import Answer, Attempt, Delivery, DeliveryStatus
from chalicelib.store import webhook_models as models
from chalicelib.store.guard import ConditionFailed, store_errors

KEPT = 30 * 86_400  # seconds


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        webhook_id=row.webhook_id,
        event_id=row.event_id,
        name=row.name,
        body=row.body,
        created_at=int(row.created_at),
        round_at=int(row.round_at),
        status=DeliveryStatus(row.webhook_status.rpartition("#")[2]),
        due_at=None if row.due_at is None else int(row.due_at),
        tried=int(row.tried),
        attempts=[Attempt(each["at"], Answer(**each["answer"])) for each in row.attempts],
    )


def _due(ms: int) -> str:
    """Of fixed length, so that the index, which sorts text, sorts by time."""
    return f"{ms:014d}"


def _lane(webhook_id: str, status: DeliveryStatus) -> str:
    return f"{webhook_id}#{status.value}"


def add(delivery: Delivery) -> bool:
    """False if this event is on its way to this endpoint already: the bus repeats itself."""
    row = models.Delivery(
        delivery.webhook_id,
        delivery.event_id,
        name=delivery.name,
        body=delivery.body,
        created_at=delivery.created_at,
        round_at=delivery.round_at,
        webhook_status=_lane(delivery.webhook_id, delivery.status),
        due_at=None if delivery.due_at is None else _due(delivery.due_at),
        ttl=delivery.created_at // 1000 + KEPT,
    )
    try:
        with store_errors():
            row.save(condition=models.Delivery.event_id.does_not_exist())
    except ConditionFailed:
        return False
    return True


def get(webhook_id: str, event_id: str) -> Delivery:
    """Raises DeliveryNotFound."""
    try:
        with store_errors():
            return _delivery(models.Delivery.get(webhook_id, event_id, consistent_read=True))
    except models.Delivery.DoesNotExist:
        raise DeliveryNotFound() from None


def due(webhook_id: str, now: int, limit: int) -> list[Delivery]:
    """What is due at `now`, longest waiting first (sparse index, eventually consistent)."""
    with store_errors():
        rows = models.Delivery.due.query(
            webhook_id, range_key_condition=models.Delivery.due_at <= _due(now), limit=limit
        )
        return [_delivery(row) for row in rows]


def newest(webhook_id: str, status: DeliveryStatus | None, limit: int, before: str | None) -> list[Delivery]:
    """Newest first, from the event `before` on; with a status from an index, which follows a moment later."""
    condition: Any = models.Delivery.event_id < before if before else None
    options: dict[str, Any] = {"range_key_condition": condition, "scan_index_forward": False, "limit": limit}
    with store_errors():
        if status is None:
            rows = models.Delivery.query(webhook_id, consistent_read=True, **options)
        else:
            rows = models.Delivery.by_status.query(_lane(webhook_id, status), **options)
        return [_delivery(row) for row in rows]


def since(webhook_id: str, event_id: str, limit: int) -> list[Delivery]:
    """Oldest first, from `event_id` on, read consistently."""
    with store_errors():
        rows = models.Delivery.query(
            webhook_id,
            range_key_condition=models.Delivery.event_id >= event_id,
            limit=limit,
            consistent_read=True,
        )
        return [_delivery(row) for row in rows]


def replace(old: Delivery, new: Delivery) -> bool:
    """Puts `new` in the place of `old`: state, due time, attempts. False if `old` is not how it stands any more.

    A claim is such a step as well: it moves the due time on, and only one of two can.
    """
    unchanged: Any = models.Delivery.webhook_status == _lane(old.webhook_id, old.status)
    if old.due_at is None:
        unchanged &= models.Delivery.due_at.does_not_exist()
    else:
        unchanged &= models.Delivery.due_at == _due(old.due_at)
    actions: list[Action] = [
        models.Delivery.webhook_status.set(_lane(new.webhook_id, new.status)),
        models.Delivery.due_at.remove() if new.due_at is None else models.Delivery.due_at.set(_due(new.due_at)),
        models.Delivery.round_at.set(new.round_at),
        models.Delivery.tried.set(new.tried),
        models.Delivery.attempts.set([asdict(attempt) for attempt in new.attempts]),
    ]
    try:
        with store_errors():
            models.Delivery(old.webhook_id, old.event_id).update(actions, condition=unchanged)
    except ConditionFailed:
        return False
    return True
