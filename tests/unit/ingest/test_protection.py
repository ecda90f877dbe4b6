"""Task protection: when it is asked for, renewed and given up, and how the ECS agent is asked."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from ingest_container.node import protection
from ingest_container.node.protection import RELEASE_AFTER, RENEW_AFTER, RETRY_AFTER, TaskProtection, Term

pytestmark = pytest.mark.requirement("FX-21")


def asked_of(term: Term, times: list[tuple[float, int]], *, done: bool = True) -> list[tuple[float, bool]]:
    """When (seconds) what was asked for, as publishers come and go."""
    asked = []
    for now, active in times:
        if (wanted := term.wanted(now, active)) is not None:
            asked.append((now, wanted))
            term.answered(now, wanted, done)
    return asked


def test_it_is_taken_with_the_first_publisher_and_given_up_some_seconds_after_the_last() -> None:
    times = [(0.0, 0), (1, 1), (2, 5), (3, 0), (2 + RELEASE_AFTER - 1, 0), (2 + RELEASE_AFTER, 0), (60, 0)]
    assert asked_of(Term(), times) == [(1, True), (2 + RELEASE_AFTER, False)]


def test_a_publisher_that_reconnects_costs_no_calls() -> None:
    assert asked_of(Term(), [(1.0, 1), (2, 0), (5, 1), (6, 0), (7, 1)]) == [(1, True)]


def test_it_is_renewed_while_there_are_publishers() -> None:
    times = [(float(second), 1) for second in range(int(2 * RENEW_AFTER) + 2)]
    assert asked_of(Term(), times) == [(0, True), (RENEW_AFTER, True), (2 * RENEW_AFTER, True)]


def test_a_failed_attempt_is_repeated_and_not_at_once() -> None:
    term = Term()
    assert asked_of(term, [(0.0, 1), (1, 1), (RETRY_AFTER, 1)], done=False) == [(0, True), (RETRY_AFTER, True)]
    assert asked_of(term, [(3 * RETRY_AFTER, 1)]) == [(3 * RETRY_AFTER, True)]
    release = 3 * RETRY_AFTER + RELEASE_AFTER
    assert asked_of(term, [(release, 0), (release + 1, 0)], done=False) == [(release, False)]
    assert term.is_held


class Agent(HTTPServer):
    """The container agent: keeps what it is asked. The first request fails, as a throttled one does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Endpoint)
        self.asked: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        self.requests = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/c0ffee"


class Endpoint(BaseHTTPRequestHandler):
    server: Agent

    def do_PUT(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.loop.call_soon_threadsafe(self.server.asked.put_nowait, (self.path, body))
        self.server.requests += 1
        first = self.server.requests == 1
        answer = {"error": {"Code": "ThrottlingException"}} if first else {"protection": body}
        self.send_response(400 if first else 200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
async def agent() -> AsyncIterator[Agent]:
    with Agent() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_the_agent_is_asked_as_it_expects(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("RELEASE_AFTER", "RETRY_AFTER", "LOOK_EVERY"):
        monkeypatch.setattr(protection, name, 0.01)
    monkeypatch.setattr(protection, "RENEW_AFTER", 3600)
    active = 1
    with caplog.at_level(logging.WARNING):
        running = asyncio.create_task(TaskProtection(agent.url, lambda: active, Logger("test")).run())
        async with asyncio.timeout(30):
            taken, again = await agent.asked.get(), await agent.asked.get()
            active = 0
            given_up = await agent.asked.get()
    running.cancel()
    path = "/api/c0ffee/task-protection/v1/state"
    assert taken == again == (path, {"ProtectionEnabled": True, "ExpiresInMinutes": 15})
    assert given_up == (path, {"ProtectionEnabled": False})


def test_outside_ecs_there_is_nothing_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ECS_AGENT_URI", raising=False)
    assert protection.task_protection(lambda: 1, Logger("test")) is None
