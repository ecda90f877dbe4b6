"""A call is repeated while the database is unreachable, and only then."""

import asyncio
from collections.abc import Callable

import pytest

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.refusals import StoreUnavailable
from ingest_container.base.retry import Backoff, until_available

BACKOFF = Backoff(0.25, 2.0)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return made


class Database:
    """Unreachable for some attempts, then answers or raises."""

    def __init__(self, unavailable: int, error: Exception | None = None) -> None:
        self.unavailable = unavailable
        self.error = error

    async def call(self) -> str:
        if self.unavailable:
            self.unavailable -= 1
            raise StoreUnavailable()
        if self.error is not None:
            raise self.error
        return "answer"


async def test_the_pauses_double_up_to_the_longest(pauses: list[float]) -> None:
    assert await until_available(Database(6).call, BACKOFF) == "answer"
    assert pauses == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


async def test_each_failed_attempt_is_reported(pauses: list[float]) -> None:
    reports: list[None] = []
    on_unavailable: Callable[[], None] = lambda: reports.append(None)  # noqa: E731
    await until_available(Database(3).call, BACKOFF, on_unavailable)
    assert len(reports) == len(pauses) == 3


async def test_another_error_is_not_retried(pauses: list[float]) -> None:
    with pytest.raises(LeaseLost):
        await until_available(Database(1, LeaseLost()).call, BACKOFF)
    assert pauses == [0.25]


async def test_the_caller_can_end_the_attempts(pauses: list[float]) -> None:
    def give_up() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await until_available(Database(1).call, BACKOFF, give_up)
    assert pauses == []
