"""The JSON shapes of webhooks and their deliveries. Times are ISO 8601 UTC with milliseconds."""

import json
from typing import Any

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime, iso, iso_or_none
from chalicelib.domain.webhook_deliveries import Attempt, Delivery, DeliveryStatus
from chalicelib.domain.webhooks import Webhook
from chalicelib.services.webhooks.registration import Issued


class WebhookView(BaseModel):
    """An endpoint. No `events` means every event. `failing_since`: nothing was delivered since then."""

    webhook_id: str
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_reason: str | None
    created_at: IsoTime
    secret_hint: str
    previous_secret_until: IsoTime | None
    failing_since: IsoTime | None


class WebhookWithSecret(WebhookView):
    """The only answers that hold the secret: to its making and to its rotation."""

    secret: str


class WebhookList(BaseModel):
    """All of them: there are at most twenty."""

    webhooks: list[WebhookView]


class AttemptView(BaseModel):
    """`status` is null where no answer came; `error` says why. `response` is the answer's beginning, 1 KB."""

    at: IsoTime
    status: int | None
    error: str | None
    response: str
    duration_ms: int


class DeliveryView(BaseModel):
    """`attempts` counts those of the present round; a replay begins a new one."""

    event_id: str
    event: str
    status: DeliveryStatus
    created_at: IsoTime
    next_attempt_at: IsoTime | None
    attempts: int
    last_status: int | None
    last_error: str | None


class DeliveryDetails(DeliveryView):
    """`payload` is what is sent; `log` has the latest attempts of all rounds, oldest first."""

    payload: dict[str, Any]
    log: list[AttemptView]


class DeliveryPage(BaseModel):
    deliveries: list[DeliveryView]
    next_cursor: str | None


class ReplayedView(BaseModel):
    """How many deliveries will be sent again. With a `next_cursor` there may be more: ask again with it."""

    replayed: int
    next_cursor: str | None


def webhook(webhook: Webhook, now: int) -> WebhookView:
    return WebhookView(**_webhook(webhook, now))


def issued(issued: Issued, now: int) -> WebhookWithSecret:
    return WebhookWithSecret(**_webhook(issued.webhook, now), secret=issued.secret)


def _webhook(webhook: Webhook, now: int) -> dict[str, Any]:
    return {
        "webhook_id": webhook.webhook_id,
        "url": webhook.url,
        "description": webhook.description,
        "events": webhook.events,
        "enabled": webhook.enabled,
        "disabled_reason": webhook.disabled_reason,
        "created_at": iso(webhook.created_at),
        "secret_hint": webhook.secret_hint,
        "previous_secret_until": iso_or_none(webhook.previous_until) if len(webhook.secrets_at(now)) > 1 else None,
        "failing_since": iso_or_none(webhook.failing_since),
    }


def delivery(delivery: Delivery) -> DeliveryView:
    return DeliveryView(**_delivery(delivery))


def delivery_details(delivery: Delivery) -> DeliveryDetails:
    log = [_attempt(attempt) for attempt in delivery.attempts]
    return DeliveryDetails(**_delivery(delivery), payload=json.loads(delivery.body), log=log)


def delivery_page(found: list[Delivery], limit: int) -> DeliveryPage:
    return DeliveryPage(
        deliveries=[delivery(each) for each in found],
        next_cursor=found[-1].event_id if len(found) == limit else None,
    )


def _delivery(delivery: Delivery) -> dict[str, Any]:
    last = delivery.attempts[-1].answer if delivery.attempts else None
    return {
        "event_id": delivery.event_id,
        "event": delivery.name,
        "status": delivery.status,
        "created_at": iso(delivery.created_at),
        "next_attempt_at": iso_or_none(delivery.due_at),
        "attempts": delivery.tried,
        "last_status": last.status if last else None,
        "last_error": last.error if last else None,
    }


def _attempt(attempt: Attempt) -> AttemptView:
    answer = attempt.answer
    return AttemptView(
        at=iso(attempt.at),
        status=answer.status,
        error=answer.error,
        response=answer.body,
        duration_ms=answer.duration_ms,
    )
