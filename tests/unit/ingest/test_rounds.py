"""What a node does again and again for all of its broadcasts."""

import asyncio
from collections.abc import Collection
from typing import cast

import pytest
from aws_lambda_powertools import Logger

from ingest_container.base.threads import Threads
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.telemetry import Telemetry
from ingest_container.net.gatekeeper import Gatekeeper, GateLimits
from ingest_container.net.memory import MemoryBudget
from ingest_container.node import rounds
from ingest_container.node.rounds import Rounds
from ingest_container.node.watching import Watching


class Defective:
    """A broadcast with a defect."""

    failed: Exception | None = None

    def tick(self) -> None:
        raise ZeroDivisionError

    def sample(self, _now: float) -> None:
        raise ZeroDivisionError

    def fail(self, error: Exception) -> None:
        self.failed = error


class Sound:
    """One that notes when it had its turn, and asks for no more."""

    def __init__(self) -> None:
        self.had_its_turn = asyncio.Event()

    def tick(self) -> None:
        self.had_its_turn.set()

    def sample(self, _now: float) -> None:
        self.had_its_turn.set()
        raise asyncio.CancelledError


@pytest.mark.requirement("SS-5.1")
@pytest.mark.parametrize("name", ["tick", "measure"])
async def test_a_defect_in_one_broadcast_touches_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "TICK", 0.01)
    log, threads = Logger("test", level="CRITICAL"), Threads(1)
    first, second = Defective(), Sound()
    made = Rounds(
        cast(Collection[Broadcast], [first, second]),
        Watching("node-1", lambda: 2, threads, log),
        Telemetry("node-1", threads, log),
        Gatekeeper(GateLimits(1, 1, 1)),
        MemoryBudget(1),
        None,
        log,
    )
    running = asyncio.create_task(getattr(made, name)())
    try:
        async with asyncio.timeout(20):
            await second.had_its_turn.wait()
    finally:
        running.cancel()
        threads.close()
    assert isinstance(first.failed, ZeroDivisionError)
