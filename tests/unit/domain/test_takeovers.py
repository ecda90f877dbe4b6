"""Who takes a channel over from whom."""

import itertools

import pytest

from chalicelib.domain.keys import KeyRole
from chalicelib.domain.takeovers import BURST, EVERY, MOST_OF_A_STREAM, SecondPublisher, may_take_over, next_paid_until

pytestmark = pytest.mark.requirement("FX-17")

NOW = 1_800_000_000_000
OWNER, BACKUP, GUEST = KeyRole
TAKES_OVER = {(BACKUP, GUEST), (OWNER, GUEST), (OWNER, BACKUP)}  # (who asks, who holds)


@pytest.mark.parametrize(("asking", "holding"), list(itertools.product(KeyRole, repeat=2)))
def test_only_a_higher_role_takes_over_and_only_where_the_channel_wants_it(asking: KeyRole, holding: KeyRole) -> None:
    assert may_take_over(SecondPublisher.TAKEOVER, asking, holding) is ((asking, holding) in TAKES_OVER)
    assert not may_take_over(SecondPublisher.REFUSE, asking, holding)


def test_two_keys_never_take_over_from_each_other() -> None:
    for one, other in itertools.product(KeyRole, repeat=2):
        assert not all(may_take_over(SecondPublisher.TAKEOVER, *pair) for pair in ((one, other), (other, one)))


def test_takeovers_of_one_channel_are_limited_in_a_minute() -> None:
    paid: int | None = None
    for number in range(BURST):
        paid = next_paid_until(paid, number, NOW)
        assert paid is not None
    assert next_paid_until(paid, BURST, NOW) is None
    assert next_paid_until(paid, BURST, NOW + EVERY) is not None


def test_takeovers_of_one_stream_are_limited_for_good() -> None:
    assert next_paid_until(None, MOST_OF_A_STREAM - 1, NOW) is not None
    assert next_paid_until(None, MOST_OF_A_STREAM, NOW) is None
