"""Who may hold a connection, and how fast an address may guess."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.net.gatekeeper import (
    FORGET_AFTER,
    FREE_FAILURES,
    LONGEST_PAUSE,
    MAX_REMEMBERED,
    Gatekeeper,
    GateLimits,
    TurnedAway,
    canonical,
)

LIMITS = GateLimits(connections=6, strangers=4, per_address=2)


@dataclass(eq=False)
class Guest:
    """A connection that notes whether it had to go."""

    gate: Gatekeeper
    gone: bool = field(default=False)

    def evict(self) -> None:
        self.gone = True
        self.gate.leave(self)


def gate(limits: GateLimits = LIMITS) -> Gatekeeper:
    return Gatekeeper(limits)


def arrive(keeper: Gatekeeper, address: str | None = None, *, known: bool = False) -> Guest:
    guest = Guest(keeper)
    try:
        keeper.enter(guest)
        if address is not None:
            keeper.name(guest, address)
    except TurnedAway:
        keeper.leave(guest)
        raise
    if known:
        keeper.recognise(guest)
    return guest


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_an_address_has_one_form(written: str, usual: str) -> None:
    assert canonical(written) == usual


def test_the_stranger_that_is_here_longest_gives_way() -> None:
    keeper = gate()
    strangers = [arrive(keeper) for _ in range(4)]
    newcomer = arrive(keeper)
    assert [stranger.gone for stranger in strangers] == [True, False, False, False]
    assert not newcomer.gone
    assert keeper.take_turned_away() == {"gave_way": 1}


def test_who_was_recognised_never_gives_way() -> None:
    keeper = gate()
    publisher = arrive(keeper, known=True)
    for _ in range(20):
        arrive(keeper)
    assert not publisher.gone


def test_a_node_full_of_publishers_turns_newcomers_away() -> None:
    keeper = gate()
    publishers = [arrive(keeper, known=True) for _ in range(6)]
    with pytest.raises(TurnedAway, match="too_many_connections"):
        arrive(keeper)
    keeper.leave(publishers[0])
    arrive(keeper)
    assert not any(publisher.gone for publisher in publishers)


def test_a_node_full_of_publishers_and_strangers_lets_a_newcomer_in_for_a_stranger() -> None:
    keeper = gate()
    for _ in range(5):
        arrive(keeper, known=True)
    stranger = arrive(keeper)
    arrive(keeper)
    assert stranger.gone


def test_one_address_has_its_share() -> None:
    keeper = gate()
    first = arrive(keeper, "192.0.2.1", known=True)
    arrive(keeper, "192.0.2.1", known=True)
    with pytest.raises(TurnedAway, match="too_many_from_address"):
        arrive(keeper, "192.0.2.1")
    arrive(keeper, "192.0.2.2")
    keeper.leave(first)
    arrive(keeper, "192.0.2.1")


def test_all_addresses_of_an_ipv6_subscriber_are_one() -> None:
    keeper = gate()
    arrive(keeper, "2001:db8:1:1::1")
    arrive(keeper, "2001:db8:1:1:ffff::2")
    with pytest.raises(TurnedAway):
        arrive(keeper, "2001:db8:1:1::3")
    arrive(keeper, "2001:db8:1:2::1")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_very_machine_is_not_counted(address: str) -> None:
    keeper = gate(GateLimits(connections=50, strangers=50, per_address=2))
    for _ in range(20):
        arrive(keeper, address)
        assert keeper.failed(address, 0.0) == 0.0


def test_a_guesser_waits_longer_each_time_up_to_a_bound() -> None:
    keeper = gate()
    pauses = [keeper.failed("192.0.2.1", float(now)) for now in range(10)]
    assert pauses[: FREE_FAILURES + 4] == [0.0] * FREE_FAILURES + [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == LONGEST_PAUSE
    assert keeper.failed("192.0.2.2", 10.0) == 0.0, "others are not made to wait"


def test_failures_are_forgotten() -> None:
    keeper = gate()
    for now in range(8):
        keeper.failed("192.0.2.1", float(now))
    assert keeper.failed("192.0.2.1", 7 + FORGET_AFTER) == 0.0


def test_the_table_of_failures_is_bounded_and_drops_the_oldest() -> None:
    keeper = gate()
    for _ in range(8):
        keeper.failed("192.0.2.1", 0.0)
    for index in range(MAX_REMEMBERED):
        keeper.failed(f"10.{index >> 16}.{index >> 8 & 255}.{index & 255}", 1.0)
    assert keeper.failed("192.0.2.1", 2.0) == 0.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=80))
def test_whatever_comes_and_goes_the_bounds_hold_and_nothing_is_left_over(steps: list[tuple[int, int]]) -> None:
    keeper = gate()
    here: list[Guest] = []
    known: list[Guest] = []
    for step, number in steps:
        here, known = [g for g in here if not g.gone], [g for g in known if not g.gone]
        if step <= 1:
            try:
                guest = arrive(keeper, f"192.0.2.{number}", known=step == 1)
            except TurnedAway:
                continue
            here.append(guest)
            known += [guest] if step == 1 else []
        elif here:
            guest = here.pop(number % len(here))
            keeper.leave(guest)
            known = [g for g in known if g is not guest]
        present = [g for g in here if not g.gone]
        assert len(present) <= LIMITS.connections
        assert len([g for g in present if g not in known]) <= LIMITS.strangers
    for guest in here:
        keeper.leave(guest)
    for number in range(5):  # every place and every share is free again
        guests = [arrive(keeper, f"192.0.2.{number}", known=True) for _ in range(LIMITS.per_address)]
        for guest in guests:
            keeper.leave(guest)
