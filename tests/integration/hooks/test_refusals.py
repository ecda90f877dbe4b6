"""Refused publishers of media servers: reported one by one as far as the rates go, and counted beyond."""

import logging
import uuid
from collections.abc import Callable

import pytest

from chalicelib.domain.publications import Dialect
from chalicelib.domain.rates import Rate
from chalicelib.domain.refusal_reports import OF_CHANNEL, RECORDS, SUMMARY
from chalicelib.domain.refusals import KeyRevoked, KeyUnknown, every_refusal
from chalicelib.domain.timeline import Entry, refusals_of, refused_at
from chalicelib.services import bus
from chalicelib.services.media_servers import claims, refusals
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.store import limits, timeline
from tests.integration.hooks.conftest import Broadcaster, Clock

pytestmark = pytest.mark.needs("ministack")

ADDRESS = "192.0.2.7"
FEW = Rate(every=10_000, burst=5)


@pytest.fixture
def server() -> MediaServer:
    """One that nobody else's refusals count for."""
    return MediaServer(Dialect.SRS, f"s-{uuid.uuid4().hex[:12]}")


@pytest.fixture
def few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "RECORDS", FEW)


def guess(server: MediaServer, now: int, times: int = 1) -> None:
    """Wrong keys, one each millisecond: the number of a record is its millisecond and a few random bits."""
    for at in range(now, now + times):
        with pytest.raises(KeyUnknown):
            claims.publish(server, "17", "x" * 40, ADDRESS, at)


def logged(caplog: pytest.LogCaptureFixture, event: str, server: MediaServer) -> list[logging.LogRecord]:
    wanted = (event, server.where)
    return [line for line in caplog.records if (vars(line).get("event"), vars(line).get("node_id")) == wanted]


def entries(server: MediaServer, kind: str) -> list[Entry]:
    return [entry for entry in timeline.of_stream(refused_at(server.where)) if entry.kind == kind]


@pytest.mark.usefixtures("cloud")
@pytest.mark.requirement("HI-5")
def test_burst_of_refusals_is_recorded_and_then_one_now_and_then(server: MediaServer, clock: Clock) -> None:
    guess(server, clock(), RECORDS.burst + 10)
    assert len(entries(server, "connection")) == RECORDS.burst
    clock.forward(RECORDS.every)
    guess(server, clock(), 2)
    assert len(entries(server, "connection")) == RECORDS.burst + 1


@pytest.mark.usefixtures("cloud", "few_records")
@pytest.mark.requirement("HI-5")
def test_what_is_left_out_is_counted_and_reported_once_its_minute_is_over(
    server: MediaServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    guess(server, clock(), FEW.burst + 7)
    for early in (0, refusals.MINUTE):
        refusals.summarise(clock() + early)
        assert entries(server, SUMMARY) == []
    refusals.summarise(clock() + refusals.SETTLED)
    (summary,) = entries(server, SUMMARY)
    assert summary.facts == {
        "reasons": {"key_unknown": 7},
        "records_left_out": 7,
        "events_left_out": 0,
        "seconds": 60,
    }
    lines = logged(caplog, "refusals_summary", server)
    assert [vars(line)["records_left_out"] for line in lines] == [7]


@pytest.mark.usefixtures("cloud", "few_records")
def test_each_refusal_has_its_log_line(server: MediaServer, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    guess(server, clock(), FEW.burst + 3)
    assert len(logged(caplog, "publisher_refused", server)) == FEW.burst + 3


@pytest.mark.usefixtures("cloud", "few_records")
def test_summary_is_made_once_and_minutes_are_not_mixed(server: MediaServer, clock: Clock) -> None:
    guess(server, clock(), FEW.burst + 2)
    clock.forward(refusals.MINUTE)
    guess(server, clock(), FEW.burst + 4)
    for _ in range(2):
        refusals.summarise(clock() + refusals.SETTLED)
    assert [entry.facts["records_left_out"] for entry in entries(server, SUMMARY)] == [2, 4]
    assert not [member for member in limits.members(refusals.LEFT_OUT) if server.where in member]


@pytest.mark.usefixtures("cloud", "few_records")
def test_summary_that_broke_off_is_made_again_and_is_the_same(
    server: MediaServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(server, clock(), FEW.burst + 2)
    with monkeypatch.context() as broken:
        broken.setattr(limits, "leave", lambda *_: None)
        refusals.summarise(clock() + refusals.SETTLED)
    refusals.summarise(clock() + refusals.SETTLED)
    assert [entry.facts["records_left_out"] for entry in entries(server, SUMMARY)] == [2]


@pytest.mark.usefixtures("few_records")
@pytest.mark.requirement("HI-5")
def test_an_owner_is_told_at_once_and_then_once_a_second(
    new_broadcaster: Callable[[], Broadcaster], server: MediaServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    broadcaster = new_broadcaster()
    old_key = broadcaster.key
    broadcaster.reset_key()
    told: list[object] = []
    monkeypatch.setattr(bus, "publish", told.extend)

    def refused(times: int) -> int:
        told.clear()
        for _ in range(times):
            with pytest.raises(KeyRevoked):
                claims.publish(server, "17", old_key, ADDRESS, clock())
            clock.forward(1)
        return len(told)

    assert refused(OF_CHANNEL.burst + 4) == OF_CHANNEL.burst
    clock.forward(OF_CHANNEL.every)
    assert refused(3) == 1
    assert len(timeline.of_stream(refusals_of(broadcaster.channel_id))) == OF_CHANNEL.burst + 1
    refusals.summarise(clock() + refusals.SETTLED)
    left_out = [entry.facts["events_left_out"] for entry in entries(server, SUMMARY)]
    assert sum(left_out) == 6


@pytest.mark.usefixtures("cloud")
def test_one_servers_refusals_do_not_hide_anothers(server: MediaServer, clock: Clock) -> None:
    guess(server, clock(), RECORDS.burst + 1)
    other = MediaServer(Dialect.SRS, f"{server.name}-b")
    guess(other, clock())
    assert len(entries(other, "connection")) == 1


@pytest.mark.usefixtures("cloud", "few_records")
def test_what_waits_to_be_reported_is_bounded(
    server: MediaServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "LEFT_OUT", f"test-{server.name}")
    monkeypatch.setattr(refusals, "MOST_COUNTS", 3)
    for kind in [KeyUnknown] * FEW.burst + every_refusal():
        refusals.record(kind(), server.where, ADDRESS, clock())
    assert len(limits.members(refusals.LEFT_OUT)) == 3


def test_name_of_a_count_is_read_as_it_was_written() -> None:
    count = refusals._Count(29_000_000, refusals._What.RECORD, "key_unknown", "mediamtx:eu-1.media_2")
    assert refusals._Count.parsed(str(count)) == count
