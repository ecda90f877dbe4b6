"""Shapes of webhooks and their deliveries."""

from typing import Any

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime
from chalicelib.domain.webhook_deliveries import DeliveryStatus


class Webhook(BaseModel):
    """An endpoint. It receives every event if `events` is empty. Since `failing_since`, no delivery has succeeded."""

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


class IssuedWebhook(Webhook):
    """A webhook with its new secret. No later response contains `secret`."""

    secret: str


class WebhookList(BaseModel):
    """All webhooks; there are at most twenty."""

    webhooks: list[Webhook]


class DeliveryAttempt(BaseModel):
    """`status` is null if there was no response; `error` says why. `response` is the first kilobyte of the response."""

    at: IsoTime
    status: int | None
    error: str | None
    response: str
    duration_ms: int


class Delivery(BaseModel):
    """`attempts` counts the attempts since the event or since the last replay."""

    event_id: str
    event: str
    status: DeliveryStatus
    created_at: IsoTime
    next_attempt_at: IsoTime | None
    attempts: int
    last_status: int | None
    last_error: str | None


class DeliveryDetails(Delivery):
    """`payload` is the body that is sent; `log` has the latest attempts, also those before a replay, oldest first."""

    payload: dict[str, Any]
    log: list[DeliveryAttempt]


class DeliveryPage(BaseModel):
    deliveries: list[Delivery]
    next_cursor: str | None


class Replayed(BaseModel):
    """`replayed` deliveries will be sent again. To continue, send `next_cursor` as `cursor`, unless it is null."""

    replayed: int
    next_cursor: str | None
