"""The sweep once a minute keeps to its time. The database is a stub: what it ends is proven against the emulator."""

from collections.abc import Callable, Iterable
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.domain.leases import NodeSession
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams import backstop, reaping
from chalicelib.services.streams.reaping import Outcome
from chalicelib.store import live, nodes, streams
from chalicelib.store.live import Carried

NOW = 1_800_000_000_000
STREAMS = 200


@pytest.fixture(autouse=True)
def dead_fleet(monkeypatch: pytest.MonkeyPatch) -> None:
    """All streams are on a node that is gone, but for the first."""
    carried = [Carried(f"{number:03}", "gone" if number else "here", "run") for number in range(STREAMS)]
    by_id = {each.stream_id: each for each in carried}

    def sessions(node_ids: Iterable[str]) -> dict[str, NodeSession]:
        return {"here": NodeSession("here", "run", NOW + 5_000)} if "here" in set(node_ids) else {}

    monkeypatch.setattr(live, "carried", lambda _: carried)
    monkeypatch.setattr(streams, "many", lambda ids: {stream_id: by_id[stream_id] for stream_id in ids})
    monkeypatch.setattr(nodes, "sessions_of", sessions)


def ends(monkeypatch: pytest.MonkeyPatch, fails: Callable[[int], bool] = lambda number: False) -> list[str]:
    """What is ended; the n-th attempt fails if told so."""
    ended: list[str] = []
    numbers = count()

    def end(stream: Any, session: object, now: int) -> Outcome:
        if fails(next(numbers)):
            raise StoreUnavailable()
        ended.append(stream.stream_id)
        return Outcome(SimpleNamespace(stream_id=stream.stream_id))  # type: ignore[arg-type]

    monkeypatch.setattr(reaping, "end", end)
    return ended


def test_it_ends_every_stream_without_a_living_node_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = ends(monkeypatch)
    told = backstop.sweep_at_once(["eu-west-1"], NOW)
    assert sorted(ended) == sorted(event.stream_id or "" for event in told) == [f"{n:03}" for n in range(1, STREAMS)]


def test_it_stops_when_its_time_is_up_and_tells_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = ends(monkeypatch)
    seconds = count(NOW, 1_000)  # each look at the clock is a second later
    told = backstop.sweep(["eu-west-1"], lambda: next(seconds), lambda _: None)
    assert 0 < len(ended) <= backstop.ENDS_FOR / 1_000
    assert len(told) == len(ended)


def test_one_run_ends_a_limited_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backstop, "MOST_ENDED", 20)
    ended = ends(monkeypatch)
    backstop.sweep_at_once(["eu-west-1"], NOW)
    assert len(ended) == 20


def test_what_it_ended_before_the_database_went_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = ends(monkeypatch, lambda number: number >= 5)
    assert len(backstop.sweep_at_once(["eu-west-1"], NOW)) == len(ended) == 5


def test_a_run_that_could_end_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    ends(monkeypatch, lambda number: True)
    with pytest.raises(StoreUnavailable):
        backstop.sweep_at_once(["eu-west-1"], NOW)


def test_it_waits_for_a_second_look_only_where_a_node_seems_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "carried", lambda _: [Carried("000", "here", "run")])
    pauses: list[float] = []
    assert backstop.sweep(["eu-west-1"], lambda: NOW, pauses.append) == []
    assert pauses == []
