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
    ConnectionRejected,
    Gatekeeper,
    GateLimits,
    canonical,
)

LIMITS = GateLimits(connections=6, unauthenticated=4, per_address=2)


@dataclass(eq=False)
class Client:
    """A connection that notes whether it had to go."""

    gate: Gatekeeper
    gone: bool = field(default=False)

    def evict(self) -> None:
        self.gone = True
        self.gate.closed(self)


def gate(limits: GateLimits = LIMITS) -> Gatekeeper:
    return Gatekeeper(limits)


def arrive(keeper: Gatekeeper, address: str | None = None, *, known: bool = False) -> Client:
    client = Client(keeper)
    try:
        keeper.opened(client)
        if address is not None:
            keeper.identified(client, address)
    except ConnectionRejected:
        keeper.closed(client)
        raise
    if known:
        keeper.authenticated(client)
    return client


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


def test_the_oldest_unauthenticated_connection_is_evicted() -> None:
    keeper = gate()
    unauthenticated = [arrive(keeper) for _ in range(4)]
    newcomer = arrive(keeper)
    assert [connection.gone for connection in unauthenticated] == [True, False, False, False]
    assert not newcomer.gone
    assert keeper.take_rejected() == {"evicted": 1}


def test_an_authenticated_connection_is_never_evicted() -> None:
    keeper = gate()
    publisher = arrive(keeper, known=True)
    for _ in range(20):
        arrive(keeper)
    assert not publisher.gone


def test_a_node_full_of_publishers_rejects_connections() -> None:
    keeper = gate()
    publishers = [arrive(keeper, known=True) for _ in range(6)]
    with pytest.raises(ConnectionRejected, match="too_many_connections"):
        arrive(keeper)
    keeper.closed(publishers[0])
    arrive(keeper)
    assert not any(publisher.gone for publisher in publishers)


def test_a_full_node_evicts_an_unauthenticated_connection_for_a_new_one() -> None:
    keeper = gate()
    for _ in range(5):
        arrive(keeper, known=True)
    other = arrive(keeper)
    arrive(keeper)
    assert other.gone


def test_one_address_has_its_share() -> None:
    keeper = gate()
    first = arrive(keeper, "192.0.2.1", known=True)
    arrive(keeper, "192.0.2.1", known=True)
    with pytest.raises(ConnectionRejected, match="too_many_from_address"):
        arrive(keeper, "192.0.2.1")
    arrive(keeper, "192.0.2.2")
    keeper.closed(first)
    arrive(keeper, "192.0.2.1")


def test_all_addresses_of_an_ipv6_subscriber_are_one() -> None:
    keeper = gate()
    arrive(keeper, "2001:db8:1:1::1")
    arrive(keeper, "2001:db8:1:1:ffff::2")
    with pytest.raises(ConnectionRejected):
        arrive(keeper, "2001:db8:1:1::3")
    arrive(keeper, "2001:db8:1:2::1")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_very_machine_is_not_counted(address: str) -> None:
    keeper = gate(GateLimits(connections=50, unauthenticated=50, per_address=2))
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
    here: list[Client] = []
    known: list[Client] = []
    for step, number in steps:
        here, known = [g for g in here if not g.gone], [g for g in known if not g.gone]
        if step <= 1:
            try:
                client = arrive(keeper, f"192.0.2.{number}", known=step == 1)
            except ConnectionRejected:
                continue
            here.append(client)
            known += [client] if step == 1 else []
        elif here:
            client = here.pop(number % len(here))
            keeper.closed(client)
            known = [g for g in known if g is not client]
        present = [g for g in here if not g.gone]
        assert len(present) <= LIMITS.connections
        assert len([g for g in present if g not in known]) <= LIMITS.unauthenticated
    for client in here:
        keeper.closed(client)
    for number in range(5):  # every place and every share is free again
        clients = [arrive(keeper, f"192.0.2.{number}", known=True) for _ in range(LIMITS.per_address)]
        for client in clients:
            keeper.closed(client)
