"""Shapes of webhooks and their deliveries."""

from typing import Any

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime
from chalicelib.domain.webhook_deliveries import DeliveryStatus


class Webhook(BaseModel):
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


class IssuedWebhook(Webhook):
    """The answers to the webhook's creation and to a rotation of its secret: no other holds the secret."""

    secret: str


class WebhookList(BaseModel):
    """All of them: there are at most twenty."""

    webhooks: list[Webhook]


class DeliveryAttempt(BaseModel):
    """`status` is null where no answer came; `error` says why. `response` is the answer's beginning, 1 KB."""

    at: IsoTime
    status: int | None
    error: str | None
    response: str
    duration_ms: int


class Delivery(BaseModel):
    """`attempts` counts those of the present round; a replay begins a new one."""

    event_id: str
    event: str
    status: DeliveryStatus
    created_at: IsoTime
    next_attempt_at: IsoTime | None
    attempts: int
    last_status: int | None
    last_error: str | None


class DeliveryDetails(Delivery):
    """`payload` is what is sent; `log` has the latest attempts of all rounds, oldest first."""

    payload: dict[str, Any]
    log: list[DeliveryAttempt]


class DeliveryPage(BaseModel):
    deliveries: list[Delivery]
    next_cursor: str | None


class Replayed(BaseModel):
    """How many deliveries will be sent again. With a `next_cursor` there may be more: ask again with it."""

    replayed: int
    next_cursor: str | None
