"""Puts what happened onto the bus, ten entries a request.

An event that cannot be delivered is logged, never raised: the row that it describes is already written, and every
consumer can read it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws, counters
from chalicelib.config import settings
from chalicelib.domain.events import (
    CONTROL_SOURCE,
    INGEST_SOURCE,
    AnyEvent,
    ChannelChanged,
    ChannelHidden,
    DashboardConnected,
    DeliveriesDue,
    PublisherOrdered,
)
from chalicelib.domain.metrics import EVENTS_FAILED
from chalicelib.observability import logger

FROM_CONTROL = (
    *(PublisherOrdered, ChannelHidden, ChannelChanged),
    *(DashboardConnected, DeliveriesDue),
)
ENTRIES_A_REQUEST = 10  # PutEvents' limit


def publish(events: Sequence[AnyEvent]) -> int:
    """Puts `events` in their order; answers how many the bus did not take."""
    lost = 0
    for start in range(0, len(events), ENTRIES_A_REQUEST):
        batch = events[start : start + ENTRIES_A_REQUEST]
        try:
            answer = aws.client("events").put_events(Entries=[_entry(event) for event in batch])
            errors = [entry["ErrorCode"] for entry in answer.get("Entries", []) if "ErrorCode" in entry]
        except (BotoCoreError, ClientError) as error:
            errors = [type(error).__name__] * len(batch)
        if errors:
            logger("control").warning(
                "The bus did not accept events", event="events_not_delivered", count=len(errors), error=errors[0]
            )
        lost += len(errors)
    counters.count(EVENTS_FAILED, lost)
    return lost


def _entry(event: AnyEvent) -> dict[str, object]:
    from_control = isinstance(event, FROM_CONTROL)
    return {
        "Time": datetime.fromtimestamp(event.at / 1000, UTC),
        "Source": CONTROL_SOURCE if from_control else INGEST_SOURCE,
        "DetailType": event.detail_type,
        "Detail": event.model_dump_json(exclude_none=True),
        "EventBusName": settings().event_bus,
    }
