"""What many requests need to know: asked seldom, believed for a short while, and never where nobody can tell."""

import asyncio

import pytest

from chalicelib.domain.refusals import StoreUnavailable
from ingest_container.base import lookups
from ingest_container.base.lookups import FRESH, MOST, MOST_UNKNOWN, STALE, Lookups, Unavailable


class Database:
    """Answers what `answer` says, or is away; counts how often it was asked."""

    def __init__(self) -> None:
        self.answer: str | None = "yes"
        self.away = False
        self.asked = 0
        self._questions: asyncio.Queue[str] = asyncio.Queue()
        self.held = asyncio.Event()
        self.held.set()

    async def is_asked(self, times: int = 1) -> None:
        for _ in range(times):
            await self._questions.get()

    async def ask(self, key: str) -> str | None:
        self.asked += 1
        self._questions.put_nowait(key)
        answer = self.answer
        await self.held.wait()
        if self.away:
            raise StoreUnavailable()
        return answer


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(lookups, "steady", made)
    return made


@pytest.fixture
async def database() -> Database:
    return Database()


async def test_many_requests_ask_once(database: Database, clock: Clock) -> None:
    known = Lookups(database.ask)
    assert await asyncio.gather(*(known.get("ch") for _ in range(50))) == ["yes"] * 50
    assert database.asked == 1


@pytest.mark.parametrize(("before", "after"), [("yes", None), (None, "yes")])
async def test_a_change_is_known_after_two_seconds(
    database: Database, clock: Clock, before: str | None, after: str | None
) -> None:
    database.answer = before
    known = Lookups(database.ask)
    await known.get("ch")
    database.answer = after
    clock.now += FRESH - 0.1
    assert (await known.get("ch"), database.asked) == (before, 1)
    clock.now += 0.1
    assert await known.get("ch") == after


async def test_an_answer_counts_from_its_question(database: Database, clock: Clock) -> None:
    """A database that is slow does not make it newer."""
    known = Lookups(database.ask)
    database.held.clear()
    asked = asyncio.create_task(known.get("ch"))
    await database.is_asked()
    clock.now += FRESH
    database.held.set()
    await asked
    await known.get("ch")
    assert database.asked == 2


async def test_what_happened_since_the_question_is_asked_again(database: Database, clock: Clock) -> None:
    known = Lookups(database.ask)
    database.held.clear()
    early = asyncio.create_task(known.get("ch"))
    await database.is_asked()
    clock.now += 0.5
    database.answer = "moved"
    late = asyncio.create_task(known.get("ch", since=clock.now - 0.1))
    await database.is_asked()
    database.held.set()
    assert (await early, await late) == ("yes", "moved")


async def test_what_is_known_is_used_for_a_minute_without_a_database(database: Database, clock: Clock) -> None:
    known = Lookups(database.ask)
    await known.get("ch")
    database.away = True
    clock.now += STALE - 1
    assert await known.get("ch") == "yes"
    clock.now += 2
    with pytest.raises(Unavailable):
        await known.get("ch")


async def test_nothing_is_made_up_without_a_database(database: Database, clock: Clock) -> None:
    database.away = True
    with pytest.raises(Unavailable):
        await Lookups(database.ask).get("ch")


async def test_names_that_nobody_knows_do_not_delay_what_is_known(database: Database, clock: Clock) -> None:
    known = Lookups(database.ask)
    await known.get("ch")
    clock.now += FRESH
    database.held.clear()
    flood = [asyncio.create_task(known.get(f"no-{number}")) for number in range(MOST_UNKNOWN)]
    await database.is_asked(1 + MOST_UNKNOWN)
    with pytest.raises(Unavailable):
        await known.get("one more")
    viewer = asyncio.create_task(known.get("ch"))
    await database.is_asked()
    database.held.set()
    assert await viewer == "yes"
    await asyncio.gather(*flood)
    assert await known.get("one more") == "yes"


async def test_no_more_answers_are_kept_than_may(database: Database, clock: Clock) -> None:
    known = Lookups(database.ask)
    for number in range(MOST + 5):
        await known.get(str(number))
    assert len(known._known) == MOST
