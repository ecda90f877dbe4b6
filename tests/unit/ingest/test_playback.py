"""Who may watch: looked up seldom, believed for a short while, and never where nobody can tell."""

import asyncio

import pytest

from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.reading import discovery
from ingest_container.base.threads import Threads
from ingest_container.node import playback
from ingest_container.node.playback import FRESH, STALE, Visibility


class Database:
    """Answers what `public` says, or is away; counts how often it was asked."""

    def __init__(self) -> None:
        self.public = True
        self.away = False
        self.asked = 0

    def is_public(self, _channel_id: str) -> bool:
        self.asked += 1
        if self.away:
            raise StoreUnavailable()
        return self.public


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = Database()
    monkeypatch.setattr(discovery, "is_public", made.is_public)
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(playback, "steady", made)
    return made


async def test_many_requests_ask_once(database: Database, clock: Clock) -> None:
    visibility = Visibility(Threads(2))
    assert await asyncio.gather(*(visibility.is_public("ch") for _ in range(50))) == [True] * 50
    assert database.asked == 1


async def test_a_channel_that_turns_private_is_hidden_after_two_seconds(database: Database, clock: Clock) -> None:
    visibility = Visibility(Threads(2))
    assert await visibility.is_public("ch")
    database.public = False
    clock.now += FRESH
    assert not await visibility.is_public("ch")


async def test_viewers_go_on_for_a_minute_without_a_database(database: Database, clock: Clock) -> None:
    visibility = Visibility(Threads(2))
    assert await visibility.is_public("ch")
    database.away = True
    clock.now += STALE - 1
    assert await visibility.is_public("ch")
    clock.now += 2
    assert not await visibility.is_public("ch")


async def test_nothing_is_public_that_was_never_looked_up(database: Database, clock: Clock) -> None:
    database.away = True
    assert not await Visibility(Threads(2)).is_public("ch")
