"""Webhook endpoints. All rows lie under one hash key, so that one query gives the handful there is."""

from collections.abc import Mapping
from typing import Any

from pynamodb.expressions.update import Action

from chalicelib.domain.not_found import WebhookNotFound
from chalicelib.domain.webhooks import Webhook
from chalicelib.store import webhook_models as models
from chalicelib.store.guard import ConditionFailed, store_errors
from chalicelib.store.rows import whole

SCOPE = "deployment"
EDITABLE = frozenset({"url", "description", "events", "enabled"})


def _webhook(row: models.Webhook) -> Webhook:
    return Webhook(
        webhook_id=row.webhook_id,
        url=row.url,
        created_at=int(row.created_at),
        secret=row.secret,
        secret_hint=row.secret_hint,
        description=row.description,
        events=list(row.events),
        enabled=bool(row.enabled),
        disabled_reason=row.disabled_reason,
        previous_secret=row.previous_secret,
        previous_until=whole(row.previous_until),
        failing_since=whole(row.failing_since),
        failures=int(row.failures),
        slow=bool(row.slow),
    )


def add(webhook: Webhook) -> None:
    with store_errors():
        models.Webhook(
            SCOPE,
            webhook.webhook_id,
            url=webhook.url,
            description=webhook.description,
            events=webhook.events,
            enabled=webhook.enabled,
            created_at=webhook.created_at,
            secret=webhook.secret,
            secret_hint=webhook.secret_hint,
        ).save(condition=models.Webhook.webhook_id.does_not_exist())


def every() -> list[Webhook]:
    """Oldest first, read consistently: an endpoint hears what happens after it was made."""
    with store_errors():
        return [_webhook(row) for row in models.Webhook.query(SCOPE, consistent_read=True)]


def get(webhook_id: str) -> Webhook:
    """Raises WebhookNotFound."""
    try:
        with store_errors():
            return _webhook(models.Webhook.get(SCOPE, webhook_id, consistent_read=True))
    except models.Webhook.DoesNotExist:
        raise WebhookNotFound() from None


def edit(webhook_id: str, changes: Mapping[str, Any]) -> Webhook:
    """Sets some of `EDITABLE`. Another URL, or enabling, wipes the slate: old failures say nothing any more.

    Raises WebhookNotFound.
    """
    actions: list[Action] = [
        getattr(models.Webhook, name).set(changes[name]) for name in sorted(EDITABLE & changes.keys())
    ]
    if not actions:
        return get(webhook_id)
    if "url" in changes or "enabled" in changes:
        actions += [*_HEALTHY, models.Webhook.slow.set(False)]
    if "enabled" in changes:
        actions.append(models.Webhook.disabled_reason.remove())
    return _update(webhook_id, actions)


def replace_secret(webhook_id: str, secret: bytes, hint: str, previous: bytes, previous_until: int) -> Webhook:
    """Raises WebhookNotFound, also where another rotation came first."""
    return _update(
        webhook_id,
        [
            models.Webhook.secret.set(secret),
            models.Webhook.secret_hint.set(hint),
            models.Webhook.previous_secret.set(previous),
            models.Webhook.previous_until.set(previous_until),
        ],
        models.Webhook.secret == previous,
    )


_HEALTHY: list[Action] = [models.Webhook.failing_since.remove(), models.Webhook.failures.set(0)]


def answered(webhook_id: str, *, slow: bool) -> None:
    """A delivery succeeded."""
    _update_if_there(webhook_id, [*_HEALTHY, models.Webhook.slow.set(slow)])


def failed(webhook_id: str, now: int) -> Webhook | None:
    """An attempt failed; the endpoint as it stands then, None if it was deleted meanwhile."""
    return _update_if_there(
        webhook_id,
        [
            models.Webhook.failing_since.set(models.Webhook.failing_since | now),
            models.Webhook.failures.set(models.Webhook.failures + 1),
        ],
    )


def disable(webhook_id: str, reason: str) -> None:
    """Switched off by us; the reason is shown."""
    _update_if_there(webhook_id, [models.Webhook.enabled.set(False), models.Webhook.disabled_reason.set(reason)])


def remove(webhook_id: str) -> None:
    """Raises WebhookNotFound."""
    try:
        with store_errors():
            models.Webhook(SCOPE, webhook_id).delete(condition=models.Webhook.webhook_id.exists())
    except ConditionFailed:
        raise WebhookNotFound() from None


def _update(webhook_id: str, actions: list[Action], condition: Any = None) -> Webhook:
    row = models.Webhook(SCOPE, webhook_id)
    exists = models.Webhook.webhook_id.exists()
    try:
        with store_errors():
            row.update(actions, condition=exists if condition is None else exists & condition)
    except ConditionFailed:
        raise WebhookNotFound() from None
    return _webhook(row)


def _update_if_there(webhook_id: str, actions: list[Action]) -> Webhook | None:
    try:
        return _update(webhook_id, actions)
    except WebhookNotFound:
        return None
