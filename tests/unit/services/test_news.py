"""What the bus does not take is counted and told, whether it refused a request or single entries of it."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib import aws
from chalicelib.domain.events import DeliveriesDue
from chalicelib.services import bus

EVENTS = [DeliveriesDue(webhook_id=f"wh_{number}", at=1_795_165_850_123) for number in range(12)]


class Bus:
    """Takes the first entry of a request and refuses the others, or does not answer."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        if not self._answers:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        refused = [{"ErrorCode": "ThrottlingException", "ErrorMessage": "Slow down"}] * (len(Entries) - 1)
        return {"FailedEntryCount": len(refused), "Entries": [{"EventId": "1"}, *refused]}


@pytest.mark.parametrize(
    ("answers", "lost", "told"),
    [(True, 10, ["ThrottlingException"] * 2), (False, 12, ["EndpointConnectionError"] * 2)],
    ids=["single entries", "whole requests"],
)
def test_what_is_not_delivered_is_counted_and_told(
    monkeypatch: pytest.MonkeyPatch, answers: bool, lost: int, told: list[str]
) -> None:
    lines: list[dict[str, Any]] = []
    log = type("Log", (), {"warning": lambda _self, _message, **fields: lines.append(fields)})()
    monkeypatch.setattr(aws, "client", lambda _service: Bus(answers=answers))
    monkeypatch.setattr(bus, "logger", lambda _name: log)
    assert bus.publish(EVENTS) == lost
    assert [line["error"] for line in lines] == told
    assert sum(line["count"] for line in lines) == lost
