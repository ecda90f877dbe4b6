"""What services count, and how a function writes it when its invocation ends."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib import counters
from chalicelib.api import metering
from chalicelib.domain.errors import InternalError, StreamSyncError, Unauthenticated
from chalicelib.domain.metrics import FANOUT_POSTS, LEASE_CONFLICTS, REFUSALS
from chalicelib.domain.not_found import NotFound


@pytest.fixture(autouse=True)
def _nothing_pending() -> Iterator[None]:
    counters.take()
    yield
    counters.take()


def test_counts_of_many_threads_add_up() -> None:
    before = counters.totals()[FANOUT_POSTS.name, ""]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: counters.count(FANOUT_POSTS), range(2_000)))
    assert counters.take() == {(FANOUT_POSTS.name, ""): 2_000}
    assert counters.totals()[FANOUT_POSTS.name, ""] - before == 2_000


def test_what_was_taken_is_not_taken_again() -> None:
    counters.count(LEASE_CONFLICTS)
    assert counters.take()
    assert not counters.take()


@pytest.mark.requirement("FX-19")
def test_an_invocation_writes_its_counts_as_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(event: str) -> str:
        counters.count(REFUSALS, label="key_unknown")
        counters.count(REFUSALS, 2, label="key_expired")
        metering.answered(Unauthenticated())
        return event

    assert metering.middleware("event", handler) == "event"
    (line,) = capsys.readouterr().out.splitlines()
    document = json.loads(line)
    assert (document["service"], document["Refusals"], document["AuthRefusals"]) == ("control", [3], [1])
    assert document["Refusals_by_code"] == {"key_unknown": 1, "key_expired": 2}
    assert document["AuthRefusals_by_code"] == {Unauthenticated.code: 1}


def test_a_handler_that_fails_has_its_counts_written_too(capsys: pytest.CaptureFixture[str]) -> None:
    def handler(_: object) -> None:
        counters.count(LEASE_CONFLICTS)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        metering.middleware(None, handler)
    assert json.loads(capsys.readouterr().out)["LeaseConflicts"] == [1]


@pytest.mark.parametrize(("error", "counted"), [(InternalError(), "ServerErrors"), (NotFound(), None)])
def test_only_refused_tokens_and_our_own_failures_are_counted(error: StreamSyncError, counted: str | None) -> None:
    metering.answered(error)
    assert {name for name, _ in counters.take()} == ({counted} if counted else set())
