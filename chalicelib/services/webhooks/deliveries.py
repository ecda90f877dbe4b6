"""Delivery of events to webhook endpoints: stored first, sent at once, retried, replayed.

    bus event --> accept --> a row per subscribed endpoint --> attempt              a healthy endpoint
                                     |
                                     +--> due later --> sweep --> lane --> attempt  one that failed or was slow

A healthy endpoint is sent an event at once. After a failure or a slow answer it is served by the sweep alone, in a lane
of its own, one delivery after the other, until it recovers: so it does not delay other endpoints, however many events
it subscribes to.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from chalicelib import counters
from chalicelib.config import settings
from chalicelib.domain import webhook_deliveries as rules
from chalicelib.domain import webhooks as endpoint_rules
from chalicelib.domain.events import AnyEvent, DeliveriesDue
from chalicelib.domain.metrics import WEBHOOK_DELIVERIES, WEBHOOK_FAILURES, WEBHOOKS_DEAD
from chalicelib.domain.not_found import WebhookNotFound
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.webhook_deliveries import Answer, Attempt, Delivery, DeliveryStatus, Verdict
from chalicelib.domain.webhook_signature import HEADER, signature
from chalicelib.domain.webhooks import Webhook
from chalicelib.observability import logger
from chalicelib.services import bus
from chalicelib.services.webhooks import registration, sender
from chalicelib.store import webhook_deliveries as deliveries
from chalicelib.store import webhooks as endpoints

Clock = Callable[[], int]  # ms

USER_AGENT = "stream-sync-webhooks/1"
LANE = 500  # deliveries one sweep takes from one endpoint
LANE_FAILURES = 3  # in a row, after which the endpoint is left alone until the next sweep
REPLAY_PAGE = 100

_random = random.SystemRandom()


def accept(event: AnyEvent, clock: Clock) -> int:
    """Stores one delivery for each subscribed endpoint, and sends it at once to those that are healthy.

    Safe to repeat with the same event; answers how many deliveries are new. Raises StoreUnavailable.
    """
    message = endpoint_rules.message(event)
    if len(message.body) > endpoint_rules.MAX_PAYLOAD:
        logger("control").error(
            "The event is too large for webhooks",
            event="webhook_event_too_large",
            type=message.name,
            event_id=message.event_id,
        )
        return 0
    now = clock()
    fresh: list[tuple[Webhook, Delivery]] = []
    for webhook in endpoints.every():
        if webhook.wants(message.name):
            # Stored as claimed by us: if we die before the attempt, the sweep finds it.
            due_at = now + rules.ATTEMPT_LEASE if webhook.prompt else now
            delivery = Delivery(
                webhook.webhook_id,
                message.event_id,
                message.name,
                message.body,
                created_at=message.created_at,
                round_at=now,
                due_at=due_at,
            )
            if deliveries.add(delivery):
                fresh.append((webhook, delivery))
    prompt = [(webhook, delivery) for webhook, delivery in fresh if webhook.prompt]
    if prompt:
        with ThreadPoolExecutor(len(prompt)) as pool:
            attempts = [pool.submit(_attempt, webhook, delivery, clock) for webhook, delivery in prompt]
        for attempt in attempts:
            attempt.result()
    return len(fresh)


def sweep(clock: Clock, deadline: int) -> int:
    """Sends what is due until `deadline` (ms), each endpoint in its lane; answers how many attempts it made."""
    enabled = [webhook for webhook in endpoints.every() if webhook.enabled]
    if not enabled:
        return 0
    with ThreadPoolExecutor(len(enabled)) as pool:
        return sum(pool.map(lambda webhook: send_due(webhook.webhook_id, clock, deadline), enabled))


def send_due(webhook_id: str, clock: Clock, deadline: int) -> int:
    """The lane of one endpoint: one delivery after the other, longest waiting first. Answers how many attempts it made.

    Errors in one lane do not affect the others.
    """
    made, failures = 0, 0
    try:
        for delivery in deliveries.due(webhook_id, clock(), LANE):
            # Read for each delivery: it may have recovered, or been changed, disabled or deleted, since the last one.
            webhook, now = endpoints.get(webhook_id), clock()
            if not webhook.enabled or failures >= LANE_FAILURES or now >= deadline:
                break
            if rules.is_too_old(delivery, now):
                deliveries.replace(delivery, rules.dead(delivery))
                counters.count(WEBHOOKS_DEAD)
                continue
            claimed = replace(delivery, due_at=now + rules.ATTEMPT_LEASE)
            if deliveries.replace(delivery, claimed):
                made += 1
                failures = 0 if _attempt(webhook, claimed, clock) is Verdict.DELIVERED else failures + 1
    except (StoreUnavailable, WebhookNotFound) as error:
        logger("control").warning(
            "Deliveries to the webhook were interrupted",
            event="webhook_interrupted",
            webhook_id=webhook_id,
            error=error.code,
        )
    return made


def _attempt(webhook: Webhook, delivery: Delivery, clock: Clock) -> Verdict:
    """One POST of a delivery that the caller has claimed, and all that follows from its answer."""
    now = clock()
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Stream-Sync-Event": delivery.name,
        "Stream-Sync-Event-Id": delivery.event_id,
        HEADER: signature(registration.signing_secrets(webhook, now), now // 1000, body),
    }
    answer = sender.post(webhook.url, body, headers, settings().webhook_allowed_networks, timeout_s=sender.TIMEOUT_S)
    attempted = rules.after_attempt(delivery, Attempt(now, answer), _random.random)
    deliveries.replace(delivery, attempted)
    counters.count(WEBHOOK_DELIVERIES if answer.verdict is Verdict.DELIVERED else WEBHOOK_FAILURES)
    counters.count(WEBHOOKS_DEAD, int(attempted.status is DeliveryStatus.DEAD))
    _note_health(webhook, answer, now)
    logger("control").info(
        "Webhook delivery attempted",
        event="webhook_attempt",
        webhook_id=webhook.webhook_id,
        event_id=delivery.event_id,
        attempt=delivery.tried + 1,
        status=answer.status,
        error=answer.error,
        ms=answer.duration_ms,
    )
    return answer.verdict


def _note_health(webhook: Webhook, answer: Answer, now: int) -> None:
    """A success is written only if it changes the endpoint's health; a failure always is."""
    if answer.verdict is Verdict.DELIVERED:
        slow = answer.duration_ms > endpoint_rules.SLOW
        if webhook.failing_since is not None or webhook.slow is not slow:
            endpoints.answered(webhook.webhook_id, slow=slow)
        return
    after = endpoints.failed(webhook.webhook_id, now)
    if answer.verdict is Verdict.GONE:
        _disable(webhook, "The receiver answered 410 Gone")
    elif after is not None and endpoint_rules.is_hopeless(after, now):
        _disable(webhook, f"Nothing was delivered in {after.failures} attempts over three days")


def _disable(webhook: Webhook, reason: str) -> None:
    endpoints.disable(webhook.webhook_id, reason)
    logger("control").warning(
        "Webhook disabled", event="webhook_disabled", webhook_id=webhook.webhook_id, reason=reason
    )


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were put back; `next_event_id` is where to continue if there may be more."""

    count: int
    next_event_id: str | None


def log(webhook_id: str, status: DeliveryStatus | None, limit: int, before: str | None) -> list[Delivery]:
    """An endpoint's deliveries, newest first. Raises WebhookNotFound."""
    endpoints.get(webhook_id)
    return deliveries.newest(webhook_id, status, limit, before)


def get(webhook_id: str, event_id: str) -> Delivery:
    """Raises WebhookNotFound, DeliveryNotFound."""
    endpoints.get(webhook_id)
    return deliveries.get(webhook_id, event_id)


def replay(webhook_id: str, event_id: str, now: int) -> Delivery:
    """Repeats one delivery, whatever its status, same id and body. Raises WebhookNotFound, DeliveryNotFound."""
    delivery = get(webhook_id, event_id)
    if deliveries.replace(delivery, rules.replayed(delivery, now)):
        bus.publish([DeliveriesDue(webhook_id=webhook_id, at=now)])
    return deliveries.get(webhook_id, event_id)


def replay_since(webhook_id: str, since: str, status: DeliveryStatus | None, now: int) -> Replayed:
    """All deliveries from the event id `since` on, or those of one status, a page of them. Raises WebhookNotFound."""
    endpoints.get(webhook_id)
    page = deliveries.since(webhook_id, since, REPLAY_PAGE + 1)
    chosen = [delivery for delivery in page[:REPLAY_PAGE] if status is None or delivery.status is status]
    count = sum(deliveries.replace(delivery, rules.replayed(delivery, now)) for delivery in chosen)
    if count:
        bus.publish([DeliveriesDue(webhook_id=webhook_id, at=now)])
    return Replayed(count, page[REPLAY_PAGE].event_id if len(page) > REPLAY_PAGE else None)
