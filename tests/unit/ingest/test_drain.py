"""How a node empties: spread over its time, no stream twice in a row, and only where a peer has room."""

import asyncio
from dataclasses import dataclass, field

import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.base.clock import steady
from ingest_container.node import drain
from ingest_container.node.drain import AGAIN, COUNTED_AFTER, SETTLE, Drain, Handovers, Schedule

pytestmark = pytest.mark.requirement("FX-22")


@dataclass
class Stream:
    """A broadcast that is gone some moments after it was handed over, or whose encoder comes back here."""

    stream_id: str
    streams: dict[str, "Stream"] = field(repr=False)
    comes_back: bool = False
    is_live: bool = True
    handed_over: int = 0

    def hand_over(self) -> None:
        self.handed_over += 1
        if not self.comes_back:
            self.streams.pop(self.stream_id)


def streams(count: int) -> dict[str, Stream]:
    found: dict[str, Stream] = {}
    for number in range(count):
        found[f"st_{number}"] = Stream(f"st_{number}", found)
    return found


@given(
    length=st.floats(1, 86_400),
    notice=st.floats(0, 600),
    count=st.integers(1, 1_000),
)
def test_all_are_handed_over_evenly_and_in_time_for_their_encoders_to_return(
    length: float, notice: float, count: int
) -> None:
    deadline = 1_000.0 + length
    schedule = Schedule.of(1_000.0, deadline, notice)
    now, pauses = schedule.start, []
    for left in range(count - 1, 0, -1):
        pauses.append(schedule.pause(now, left))
        now += pauses[-1]
    assert 1_000 <= schedule.start <= schedule.end <= deadline - min(SETTLE, length / 3) + 1e-6
    assert now <= max(schedule.end, schedule.start + count * drain.LEAST_PAUSE) + 1e-6
    if pauses and max(pauses) > drain.LEAST_PAUSE:
        assert max(pauses) == pytest.approx(min(pauses), rel=1e-6)


def test_load_balancers_have_time_to_notice_where_there_is_time() -> None:
    assert Schedule.of(0, deadline=100, notice=40).start == 40
    assert Schedule.of(0, deadline=30, notice=40) == Schedule(20, 20), "less time is divided in three"


def test_each_has_its_turn_and_one_that_came_back_is_not_sent_away_at_once() -> None:
    handovers, found = Handovers(), streams(2)
    first, second = found.values()
    handovers.done(0, second)
    assert handovers.due(1, found.values()) == [first]
    handovers.done(1, first)
    assert handovers.due(AGAIN - 1, found.values()) == []
    assert handovers.due(AGAIN + 1, found.values()) == [second, first]


def test_a_stream_that_waits_for_its_encoder_is_not_handed_over() -> None:
    found = streams(1)
    found["st_0"].is_live = False
    assert Handovers().due(0, found.values()) == []


def test_streams_on_their_way_count_until_their_new_node_counts_them() -> None:
    handovers = Handovers()
    handovers.done(0, streams(1)["st_0"])
    assert (handovers.under_way(COUNTED_AFTER - 0.1), handovers.under_way(COUNTED_AFTER)) == (1, 0)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "LOOK_EVERY", 0.005)
    monkeypatch.setattr(drain, "ROOM_EVERY", 0.0)


async def run(found: dict[str, Stream], room: list[int], seconds: float) -> float:
    """The peers have each of these numbers of places in turn, and then the last one. Answers how long it took."""

    async def room_elsewhere() -> int:
        return room.pop(0) if len(room) > 1 else room[0]

    loop = asyncio.get_running_loop()
    began = loop.time()
    await Drain(lambda: list(found.values()), room_elsewhere, Logger("test", level="CRITICAL"), notice=0).run(
        steady() + seconds
    )
    return loop.time() - began


@pytest.mark.usefixtures("hurried")
async def test_it_is_done_when_the_last_stream_is_gone() -> None:
    found = streams(5)
    assert await run(found, [100], seconds=6) < 6, "two thirds of the time are for handing over"
    assert not found


@pytest.mark.usefixtures("hurried")
async def test_what_no_peer_has_room_for_stays_until_the_deadline() -> None:
    found = streams(3)
    each = list(found.values())
    assert await run(found, [0], seconds=0.3) >= 0.3
    assert [one.handed_over for one in each] == [0, 0, 0]


@pytest.mark.usefixtures("hurried")
async def test_no_more_are_sent_than_there_is_room_for() -> None:
    found = streams(3)
    await run(found, [2], seconds=4)
    assert len(found) == 1


@pytest.mark.usefixtures("hurried")
async def test_a_place_that_becomes_free_is_used() -> None:
    found = streams(1)
    await run(found, [0, 0, 1], seconds=5)
    assert not found


@pytest.mark.usefixtures("hurried")
async def test_a_stream_whose_encoder_comes_back_here_is_handed_over_once_in_a_while() -> None:
    found = streams(1)
    stream = found["st_0"]
    stream.comes_back = True
    await run(found, [9], seconds=1)
    assert stream.handed_over == 1
