"""What a node does for all of its broadcasts at once."""

import asyncio

import pytest
from aws_lambda_powertools import Logger

from chalicelib.config import Settings
from ingest_container.base.settings import IngestSettings
from ingest_container.node import node
from ingest_container.node.node import IngestNode


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
@pytest.mark.parametrize("chore", ["_tick", "_measure"])
async def test_a_defect_in_one_broadcast_touches_no_other(chore: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "TICK", 0.01)
    ingest = IngestNode(IngestSettings(), Settings(), Logger("test", level="CRITICAL"))
    first, second = Defective(), Sound()
    monkeypatch.setattr(ingest, "_broadcasts", {"ch_1": first, "ch_2": second})
    running = asyncio.create_task(getattr(ingest, chore)())
    try:
        async with asyncio.timeout(5):
            await second.had_its_turn.wait()
    finally:
        running.cancel()
    assert isinstance(first.failed, ZeroDivisionError)
