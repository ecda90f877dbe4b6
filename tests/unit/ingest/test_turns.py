"""CPU time as it is shared out, with a clock of the test's own."""

from dataclasses import dataclass, field

import pytest

from ingest_container.net.turns import (
    MAX_ACCOUNTS,
    MEDIA_COST,
    PUBLISHER_BURST,
    PUBLISHER_SHARE,
    PublisherAllowance,
    Turns,
)

FLOOD, NEWCOMER = "203.0.113.7", "203.0.113.8"


@dataclass(eq=False)
class Reader:
    name: str
    taken: list[str] = field(default_factory=list)

    def take_turn(self) -> None:
        self.taken.append(self.name)


def names_served(turns: Turns, now: float, cost: float, address: str = FLOOD) -> list[str]:
    """Who gets a turn at this time, where each one costs so much."""
    served = []
    turns.begin_turn()
    while (reader := turns.next(now)) is not None:
        assert isinstance(reader, Reader)
        served.append(reader.name)
        turns.charge(address, cost)
    return served


def exhausted() -> Turns:
    turns = Turns(share=0.5, burst=0.02, slice_=1.0)
    assert turns.is_free(0.0)
    turns.charge(FLOOD, 0.02)
    assert not turns.is_free(0.0)
    return turns


def test_while_there_is_time_nobody_waits() -> None:
    turns = Turns(share=0.5, burst=0.02, slice_=1.0)
    for step in range(1000):
        assert turns.is_free(step / 1000)
        turns.charge(FLOOD, 0.0005)


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
def test_one_turn_of_the_loop_is_short_however_much_time_there_is() -> None:
    turns = Turns(share=0.5, burst=0.05, slice_=0.01)
    assert turns.is_free(0.0)
    assert turns.charge(FLOOD, 0.011)
    assert not turns.is_free(100.0)
    assert not turns.charge(FLOOD, 0.001)
    turns.begin_turn()
    assert turns.is_free(100.0)


def test_turns_come_with_time() -> None:
    turns = exhausted()
    for index in range(10):
        turns.wait(Reader(str(index)), FLOOD, 0.0, handshake=False)
    assert names_served(turns, 0.0, 0.001) == []
    assert names_served(turns, 0.004, 0.001) == ["0", "1"]
    assert names_served(turns, 0.008, 0.001) == ["2", "3"]


def test_a_long_pause_is_not_saved_up() -> None:
    turns = exhausted()
    for index in range(1000):
        turns.wait(Reader(str(index)), FLOOD, 0.0, handshake=False)
    assert len(names_served(turns, 100.0, 0.001)) <= 21


def test_of_one_address_who_used_least_comes_first() -> None:
    turns = exhausted()
    for used in (0.010, 0.005, 0.0, 0.019):
        turns.wait(Reader(f"{used}"), FLOOD, used, handshake=False)
    assert names_served(turns, 1.0, 0.0) == ["0.0", "0.005", "0.01", "0.019"]


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
def test_a_handshake_comes_before_those_who_are_past_it() -> None:
    turns = exhausted()
    turns.wait(Reader("connected"), FLOOD, 0.0, handshake=False)
    turns.wait(Reader("handshake"), FLOOD, 0.001, handshake=True)
    assert names_served(turns, 1.0, 0.0) == ["handshake", "connected"]


def test_who_used_a_little_more_is_not_passed_over_for_ever() -> None:
    """Each time somebody is served, another comes who used a little less."""
    turns = exhausted()
    turns.wait(Reader("a little slower"), FLOOD, 0.0004, handshake=False)
    served = ""
    for step in range(10):
        turns.wait(Reader("faster"), FLOOD, 0.0003, handshake=False)
        (served,) = names_served(turns, (step + 1) * 0.002, 0.001)[:1]
        if served == "a little slower":
            break
    assert served == "a little slower"


def test_an_address_that_used_nothing_comes_first() -> None:
    turns = exhausted()
    for index in range(5):
        turns.wait(Reader(f"flood {index}"), FLOOD, 0.0, handshake=False)
    turns.wait(Reader("newcomer"), NEWCOMER, 0.0, handshake=False)
    assert names_served(turns, 1.0, 0.001)[:2] == ["newcomer", "flood 0"]


def test_who_comes_while_others_wait_waits_too() -> None:
    turns = exhausted()
    turns.wait(Reader("first"), FLOOD, 0.0, handshake=False)
    assert not turns.is_free(10.0)
    assert names_served(turns, 10.0, 0.0) == ["first"]
    assert turns.is_free(10.0)


def test_what_an_address_used_is_forgotten_when_there_is_enough() -> None:
    turns = exhausted()
    assert turns.is_free(1.0)
    turns.charge(NEWCOMER, 0.03)
    turns.wait(Reader("newcomer"), NEWCOMER, 0.0, handshake=False)
    turns.wait(Reader("former flood"), FLOOD, 0.0, handshake=False)
    assert names_served(turns, 2.0, 0.0) == ["former flood", "newcomer"]


def test_accounts_of_many_addresses_are_bounded() -> None:
    turns = exhausted()
    turns.wait(Reader("waits"), FLOOD, 0.0, handshake=False)
    for index in range(MAX_ACCOUNTS * 2):
        turns.charge(f"address {index}", 1.0)
    assert len(turns._accounts) <= MAX_ACCOUNTS
    assert names_served(turns, 100_000.0, 0.0) == ["waits"]


def test_a_publisher_has_a_share_and_what_its_media_costs() -> None:
    allowance = PublisherAllowance(0.0)
    for second in range(1, 100):
        media = second * 100_000_000
        assert allowance.spend(PUBLISHER_SHARE + 100_000_000 * MEDIA_COST, media, second)


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
def test_a_publisher_that_uses_more_is_told_apart() -> None:
    allowance = PublisherAllowance(0.0)
    seconds = next(n for n in range(1, 1000) if not allowance.spend(2 * PUBLISHER_SHARE, 0, n))
    assert seconds == PUBLISHER_BURST / PUBLISHER_SHARE


def test_a_quiet_hour_is_not_saved_up_for_a_burst() -> None:
    allowance = PublisherAllowance(0.0)
    assert not allowance.spend(PUBLISHER_BURST * 1.01, 0, 3600.0)
