"""The gateway's log: one JSON object a line, with a code to filter by and no words of a request."""

import asyncio
import json
import logging
from typing import Any

import pytest

from local.gateway.reporting import LIBRARY, Formatter, log_fields, on_loop_error

SECRET = "sk_live_CanaryCanaryCanaryCanary"


@pytest.fixture(autouse=True)
def formatted(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(Formatter())


def the_line(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    (line,) = caplog.text.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_line_has_its_code_and_its_facts(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("local.gateway.rest").warning("Slow", extra=log_fields("request_timed_out", method="GET"))
    line = the_line(caplog)
    assert (line["event"], line["method"]) == ("request_timed_out", "GET")
    assert (line["level"], line["service"], line["message"]) == ("WARNING", "gateway", "Slow")


def test_exception_is_told_by_type_and_place_alone(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError(SECRET) from KeyError(SECRET)
    except ValueError:
        logging.getLogger("local.gateway.rest").exception("A request failed", extra=log_fields("request_failed"))
    exception = the_line(caplog)["exception"]
    for part in ("ValueError", "caused by KeyError", "test_reporting.py"):
        assert part in exception
    assert SECRET not in caplog.text


def test_what_a_library_says_has_a_code_too(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("aiohttp.server").warning("Something of %s", "its own")
    assert the_line(caplog)["event"] == LIBRARY


async def test_fault_of_the_loop_is_logged_without_the_words_of_the_exception(caplog: pytest.LogCaptureFixture) -> None:
    on_loop_error(asyncio.get_running_loop(), {"message": "Task failed", "exception": ValueError(SECRET)})
    line = the_line(caplog)
    assert (line["event"], line["message"]) == ("loop_error", "Task failed")
    assert "ValueError" in line["exception"]
    assert SECRET not in caplog.text
