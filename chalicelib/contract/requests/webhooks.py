"""Requests of administrators about webhooks."""

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from chalicelib.contract.requests.base import RequestModel, UlidPageQuery, example, ms_of
from chalicelib.contract.requests.text import Text
from chalicelib.domain import webhooks as rules
from chalicelib.domain.ids import ULID_PATTERN
from chalicelib.domain.webhook_deliveries import DeliveryStatus


def _offered(name: str) -> str:
    if name not in rules.EVENT_NAMES:
        raise ValueError(f"must be one of: {', '.join(rules.EVENT_NAMES)}")
    return name


EventName = Annotated[str, AfterValidator(_offered), Field(json_schema_extra={"enum": list(rules.EVENT_NAMES)})]
EventNames = Annotated[list[EventName], Field(max_length=len(rules.EVENT_NAMES))]
Url = Annotated[str, Field(min_length=1, max_length=rules.MAX_URL, json_schema_extra={"format": "uri"})]
Description = Annotated[str, Text(rules.MAX_DESCRIPTION)]


class NewWebhook(RequestModel):
    """Empty or missing `events` subscribes to every event, including kinds that are added later."""

    model_config = example(url="https://example.com/stream-sync", events=["Stream Start", "Stream End"])

    url: Url
    events: EventNames = Field(default_factory=list)
    description: Description = ""
    enabled: bool = True


class WebhookEdit(RequestModel):
    """Fields that are left out stay as they are."""

    model_config = example(enabled=True)

    url: Url | None = None
    events: EventNames | None = None
    description: Description | None = None
    enabled: bool | None = None


class DeliveryQuery(UlidPageQuery):
    """`status` selects the deliveries with that status."""

    status: DeliveryStatus | None = None


class Replay(RequestModel):
    """Selects the deliveries of events since `since`, optionally only those with one `status`. `cursor` continues
    where the previous response ended."""

    model_config = example(since="2026-01-01T12:00:00Z", status="dead")

    since: AwareDatetime
    status: DeliveryStatus | None = None
    cursor: str | None = Field(default=None, pattern=f"^{ULID_PATTERN}$")

    @property
    def first_event_id(self) -> str:
        return self.cursor or rules.first_id_at(max(0, ms_of(self.since)))
