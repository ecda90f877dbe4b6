"""The token bucket of stream starts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.refusals import StartsLimited
from chalicelib.domain.starts import BURST, EVERY, next_paid_until

NOW = 1_750_000_000_000


def start(paid_until: int | None, now: int) -> int:
    return next_paid_until(paid_until, now, channel_id="ch_1", key_id="key_1")


@pytest.mark.requirement("HI-6")
@pytest.mark.requirement("SS-1.2")
def test_a_burst_is_let_in_and_the_next_is_told_when_to_come() -> None:
    paid: int | None = None
    for _ in range(BURST):
        paid = start(paid, NOW)
    with pytest.raises(StartsLimited) as refused:
        start(paid, NOW + 500)
    assert (refused.value.retry_after_s, refused.value.channel_id) == (2, "ch_1")
    assert "in 2 s" in refused.value.rtmp_description
    assert start(paid, NOW + 2_500)


def test_a_bucket_that_had_time_is_full_and_no_fuller() -> None:
    paid: int | None = start(None, NOW)
    later = NOW + 1_000 * EVERY
    for _ in range(BURST):
        paid = start(paid, later)
    with pytest.raises(StartsLimited):
        start(paid, later)


@pytest.mark.requirement("HI-6")
@given(st.lists(st.integers(0, 20_000), max_size=200))
def test_in_no_span_of_time_do_more_begin_than_burst_and_rate_allow(pauses: list[int]) -> None:
    now, paid = NOW, None
    begun: list[int] = []
    for pause in pauses:
        now += pause
        try:
            paid = start(paid, now)
        except StartsLimited as refused:
            told = now + (refused.retry_after_s or 0) * 1000
            start(paid, told)  # then it may come
        else:
            begun.append(now)
    for first, since in enumerate(begun):
        assert all(n + 1 <= BURST + (at - since) // EVERY for n, at in enumerate(begun[first:]))


@given(st.lists(st.integers(EVERY, 60_000), max_size=100))
def test_who_starts_at_most_once_in_each_interval_is_never_refused(pauses: list[int]) -> None:
    now, paid = NOW, None
    for pause in pauses:
        now += pause
        paid = start(paid, now)
