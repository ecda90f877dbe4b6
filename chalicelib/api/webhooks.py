"""Webhooks: the routes for administrators, and the functions that deliver, invoked by the bus and on a schedule."""

import json
from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, Rate, Response
from pydantic import ValidationError

from chalicelib import contract, counters
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.webhooks import DeliveryQuery, NewWebhook, Replay, WebhookEdit
from chalicelib.domain import webhooks as rules
from chalicelib.domain.errors import TooManyWebhooks, WebhookUrlRefused
from chalicelib.domain.events import EVENT_TYPES, DeliveriesDue
from chalicelib.domain.ids import is_ulid
from chalicelib.domain.metrics import SWEEPS
from chalicelib.domain.not_found import DeliveryNotFound, WebhookNotFound
from chalicelib.observability import logger
from chalicelib.services.serializers import webhooks as webhook_serializer
from chalicelib.services.webhooks import deliveries, registration

blueprint = Blueprint(__name__)

# Below the functions' own time limit (`.chalice/config.json`), with room for the attempt that runs then.
BUDGET_MS = 35_000


@Route("GET", "/api/admin/webhooks", ADMIN, answer=contract.WebhookList).on(blueprint)
def list_webhooks() -> contract.WebhookList:
    """All webhooks, oldest first."""
    now = now_ms()
    return contract.WebhookList(webhooks=[webhook_serializer.webhook(webhook, now) for webhook in registration.every()])


@Route(
    "POST",
    "/api/admin/webhooks",
    ADMIN,
    body=NewWebhook,
    answer=contract.IssuedWebhook,
    status=201,
    problems=(WebhookUrlRefused, TooManyWebhooks),
    no_store=True,
    idempotent=True,
).on(blueprint)
def create_webhook(body: NewWebhook) -> contract.IssuedWebhook:
    """Creates a webhook. Only this response contains the secret that signs its deliveries."""
    now = now_ms()
    made = registration.create(body.url, body.events, body.description, enabled=body.enabled, now=now)
    return webhook_serializer.issued(made, now)


@Route(
    "GET",
    "/api/admin/webhooks/{webhook_id}",
    ADMIN,
    answer=contract.Webhook,
    problems=(WebhookNotFound,),
).on(blueprint)
def get_webhook(webhook_id: str) -> contract.Webhook:
    """One webhook, and whether its deliveries succeed."""
    return webhook_serializer.webhook(registration.get(_webhook(webhook_id)), now_ms())


@Route(
    "PATCH",
    "/api/admin/webhooks/{webhook_id}",
    ADMIN,
    body=WebhookEdit,
    answer=contract.Webhook,
    problems=(WebhookNotFound, WebhookUrlRefused),
).on(blueprint)
def edit_webhook(webhook_id: str, body: WebhookEdit) -> contract.Webhook:
    """Changes a webhook. A new URL or `enabled: true` also resets its failures."""
    changed = registration.edit(_webhook(webhook_id), body.model_dump(exclude_none=True))
    return webhook_serializer.webhook(changed, now_ms())


@Route("DELETE", "/api/admin/webhooks/{webhook_id}", ADMIN, status=204, problems=(WebhookNotFound,)).on(blueprint)
def delete_webhook(webhook_id: str) -> Response:
    """Deletes a webhook. Deliveries that are still pending are dropped."""
    registration.remove(_webhook(webhook_id))
    return Response("", status_code=204)


@Route(
    "POST",
    "/api/admin/webhooks/{webhook_id}/rotate-secret",
    ADMIN,
    answer=contract.IssuedWebhook,
    problems=(WebhookNotFound,),
    no_store=True,
    idempotent=True,
).on(blueprint)
def rotate_secret(webhook_id: str) -> contract.IssuedWebhook:
    """Replaces the secret. For 24 hours deliveries are signed with both secrets, so that receivers can switch over."""
    now = now_ms()
    return webhook_serializer.issued(registration.rotate_secret(_webhook(webhook_id), now), now)


@Route(
    "GET",
    "/api/admin/webhooks/{webhook_id}/deliveries",
    ADMIN,
    query=DeliveryQuery,
    answer=contract.DeliveryPage,
    problems=(WebhookNotFound,),
).on(blueprint)
def list_deliveries(webhook_id: str, query: DeliveryQuery) -> contract.DeliveryPage:
    """The deliveries of a webhook, sent or pending, newest first."""
    found = deliveries.log(_webhook(webhook_id), query.status, query.limit, query.cursor)
    return webhook_serializer.delivery_page(found, query.limit)


@Route(
    "GET",
    "/api/admin/webhooks/{webhook_id}/deliveries/{event_id}",
    ADMIN,
    answer=contract.DeliveryDetails,
    problems=(WebhookNotFound, DeliveryNotFound),
).on(blueprint)
def get_delivery(webhook_id: str, event_id: str) -> contract.DeliveryDetails:
    """One delivery, with its payload and the outcome of its attempts."""
    return webhook_serializer.delivery_details(deliveries.get(_webhook(webhook_id), _event(event_id)))


@Route(
    "POST",
    "/api/admin/webhooks/{webhook_id}/deliveries/{event_id}/replay",
    ADMIN,
    answer=contract.Delivery,
    status=202,
    problems=(WebhookNotFound, DeliveryNotFound),
).on(blueprint)
def replay_delivery(webhook_id: str, event_id: str) -> contract.Delivery:
    """Sends a delivery again, with the same event id. If the webhook is disabled, it is sent once that is enabled."""
    again = deliveries.replay(_webhook(webhook_id), _event(event_id), now_ms())
    return webhook_serializer.delivery(again)


@Route(
    "POST",
    "/api/admin/webhooks/{webhook_id}/replay",
    ADMIN,
    body=Replay,
    answer=contract.Replayed,
    status=202,
    problems=(WebhookNotFound,),
).on(blueprint)
def replay_deliveries(webhook_id: str, body: Replay) -> contract.Replayed:
    """Sends the deliveries since a given time again, at most a hundred per request."""
    done = deliveries.replay_since(_webhook(webhook_id), body.first_event_id, body.status, now_ms())
    return contract.Replayed(replayed=done.count, next_cursor=done.next_event_id)


@blueprint.lambda_function(name="on_webhook_event")
def on_webhook_event(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Delivers an event of the bus to the webhooks subscribed to it. Raises StoreUnavailable; the queue retries."""
    envelope = _envelope(event)
    model = EVENT_TYPES.get(str(envelope.get("detail-type", "")))
    try:
        detail = model.model_validate(envelope.get("detail")) if model else None
    except ValidationError as error:
        logger("control").warning("An invalid event was dropped", event="event_invalid", problems=error.error_count())
        return {"deliveries": 0}
    if isinstance(detail, DeliveriesDue):
        return {"attempts": deliveries.send_due(detail.webhook_id, now_ms, now_ms() + BUDGET_MS)}
    if detail is None or not rules.is_offered(detail):
        return {"deliveries": 0}
    return {"deliveries": deliveries.accept(detail, now_ms)}


def _envelope(event: dict[str, Any]) -> dict[str, Any]:
    """EventBridge's envelope: in AWS the body of the single message of the queue, on the laptop the event itself."""
    messages = event.get("Records")
    envelope: dict[str, Any] = json.loads(messages[0]["body"]) if messages else event
    return envelope


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_webhooks")
def sweep_webhooks(_event: CloudWatchEvent) -> None:
    """Sends what is due: retries, and deliveries of a function that died."""
    deliveries.sweep(now_ms, now_ms() + BUDGET_MS)
    counters.count(SWEEPS, label="webhooks")


def _webhook(webhook_id: str) -> str:
    if not is_ulid(webhook_id, rules.ID_PREFIX):
        raise WebhookNotFound()
    return webhook_id


def _event(event_id: str) -> str:
    if not is_ulid(event_id):
        raise DeliveryNotFound()
    return event_id
