"""Webhooks and their deliveries."""

import json
from typing import Any

from chalicelib import contract
from chalicelib.contract import DeliveryAttempt, DeliveryDetails, DeliveryPage, IssuedWebhook
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.domain.webhook_deliveries import Attempt, Delivery
from chalicelib.domain.webhooks import Webhook
from chalicelib.services.webhooks.registration import RevealedWebhook


def webhook(webhook: Webhook, now: int) -> contract.Webhook:
    return contract.Webhook(**_webhook(webhook, now))


def issued(made: RevealedWebhook, now: int) -> IssuedWebhook:
    return IssuedWebhook(**_webhook(made.webhook, now), secret=made.secret)


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


def delivery(delivery: Delivery) -> contract.Delivery:
    return contract.Delivery(**_delivery(delivery))


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


def _attempt(attempt: Attempt) -> DeliveryAttempt:
    answer = attempt.answer
    return DeliveryAttempt(
        at=iso(attempt.at),
        status=answer.status,
        error=answer.error,
        response=answer.body,
        duration_ms=answer.duration_ms,
    )
