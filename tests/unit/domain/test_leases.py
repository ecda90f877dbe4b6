"""At no instant do two nodes believe that they hold a channel."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.leases import (
    CLOCK_MARGIN,
    NODE_LOST_GRACE,
    RENEW_INTERVAL,
    SESSION_TTL,
    NodeSession,
    dead_node_grace,
    is_over,
    may_trust_own,
)

EXPIRES = 1_000_000
SESSION = NodeSession("node-1", "run-1", EXPIRES)


def test_others_wait_one_margin_longer_than_the_session() -> None:
    assert not is_over(SESSION, "run-1", EXPIRES + CLOCK_MARGIN)
    assert is_over(SESSION, "run-1", EXPIRES + CLOCK_MARGIN + 1)


def test_its_owner_stops_one_margin_early() -> None:
    assert may_trust_own(EXPIRES, EXPIRES - CLOCK_MARGIN - 1)
    assert not may_trust_own(EXPIRES, EXPIRES - CLOCK_MARGIN)


@pytest.mark.parametrize("session", [None, NodeSession("node-1", "run-2", EXPIRES)], ids=["gone", "restarted"])
def test_a_session_that_is_not_there_or_another_run_is_over_at_once(session: NodeSession | None) -> None:
    assert is_over(session, "run-1", 0)
    assert dead_node_grace(session, "run-1", 5) == 5


@pytest.mark.requirement("SS-6.4")
@given(now=st.integers(0, 2 * EXPIRES), skew=st.integers(-CLOCK_MARGIN, CLOCK_MARGIN))
def test_no_clock_within_the_margin_lets_two_nodes_hold_a_channel(now: int, skew: int) -> None:
    """`skew` is how far the other node's clock is ahead of the owner's."""
    assert not (may_trust_own(EXPIRES, now) and is_over(SESSION, "run-1", now + skew))


@pytest.mark.requirement("SS-6.4")
def test_a_crash_is_offline_within_ten_seconds_of_the_last_renewal() -> None:
    renewed = EXPIRES - SESSION_TTL
    assert dead_node_grace(SESSION, "run-1", EXPIRES) - renewed == SESSION_TTL + CLOCK_MARGIN + NODE_LOST_GRACE
    assert SESSION_TTL + CLOCK_MARGIN + NODE_LOST_GRACE < 10_000


def test_three_renewals_may_be_lost() -> None:
    assert 3 * RENEW_INTERVAL < SESSION_TTL - CLOCK_MARGIN
