"""Bus events and schedules reach the app's handlers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from local.gateway.reactions import rate_seconds, scheduled_event
from local.node import stopped_task_event
from local.settings import BUS_HEADER
from tests.integration.local.conftest import SECRETS, Gateway

EVENT: dict[str, Any] = {"source": "stream-sync.ingest", "detail-type": "Stream State Change", "detail": {"seq": 1}}


async def deliver(gateway: Gateway, event: dict[str, Any], secret: str = SECRETS.bus_secret) -> int:
    headers = {BUS_HEADER: secret}
    async with gateway.http.post(f"{gateway.url}/bus-events", json=event, headers=headers) as response:
        return response.status


async def test_delivered_event_reaches_the_handler_whole(gateway: Gateway) -> None:
    assert await deliver(gateway, EVENT) == 202
    assert await gateway.seen("event") == EVENT


async def test_event_without_the_bus_secret_is_refused(gateway: Gateway) -> None:
    assert await deliver(gateway, EVENT | {"forged": True}, "guess") == 403
    assert await deliver(gateway, EVENT) == 202
    assert "forged" not in await gateway.seen("event")


async def test_failed_event_is_tried_again(gateway: Gateway) -> None:
    assert await deliver(gateway, EVENT | {"detail-type": "Fails Once"}) == 202
    assert (await gateway.seen("event"))["detail-type"] == "Fails Once"


def test_stopped_node_is_reported_as_ecs_reports_a_stopped_task() -> None:
    event = stopped_task_event("local-1", 137, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    detail = event["detail"]
    assert isinstance(detail, dict)
    assert (event["source"], event["detail-type"]) == ("aws.ecs", "ECS Task State Change")
    assert detail["taskArn"].endswith("/local-1")
    assert (detail["lastStatus"], detail["containers"][0]["exitCode"]) == ("STOPPED", 137)


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200)]
)
def test_rates_are_read_as_eventbridge_writes_them(expression: str, seconds: int) -> None:
    assert rate_seconds(expression) == seconds


@pytest.mark.parametrize("expression", ["cron(0 12 * * ? *)", "rate(minute)", "rate(1 fortnight)", ""])
def test_other_schedules_are_refused_rather_than_never_run(expression: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        rate_seconds(expression)


def test_scheduled_event_is_eventbridges() -> None:
    event = scheduled_event("sweep", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert (event["detail-type"], event["time"]) == ("Scheduled Event", "2026-01-02T03:04:05Z")
