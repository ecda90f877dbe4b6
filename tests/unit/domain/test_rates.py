"""A rate lets a burst through, and then one each `every` ms, whoever keeps the number."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.rates import Bucket, Rate

RATE = Rate(every=500, burst=3)
PAUSES = st.lists(st.integers(0, 2_000), max_size=100)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(RATE)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(at) for at in (400, 600, 700)] == [False, True, False]
    assert [bucket.take(100_000) for _ in range(4)] == [True, True, True, False]


def test_what_does_not_fit_is_told_when_it_would() -> None:
    full_at: int | None = None
    for _ in range(RATE.burst):
        full_at = RATE.full_at(full_at, 0)
    wait = RATE.wait(RATE.full_at(full_at, 100), 100)
    assert wait == 400
    assert RATE.wait(RATE.full_at(full_at, 100 + wait - 1), 100 + wait - 1) == 1
    assert RATE.wait(RATE.full_at(full_at, 100 + wait), 100 + wait) == 0


@given(PAUSES)
def test_in_no_span_of_time_does_more_happen_than_burst_and_rate_allow(pauses: list[int]) -> None:
    now, bucket = 0, Bucket(RATE)
    happened: list[int] = []
    for pause in pauses:
        now += pause
        if bucket.take(now):
            happened.append(now)
    for first, since in enumerate(happened):
        assert all(n + 1 <= RATE.burst + (at - since) // RATE.every for n, at in enumerate(happened[first:]))


@given(PAUSES)
def test_what_is_refused_does_not_count(pauses: list[int]) -> None:
    now, asked_often, asked_once = 0, Bucket(RATE), Bucket(RATE)
    for pause in pauses:
        now += pause
        answer = asked_often.take(now)
        while not answer and asked_often.take(now):
            raise AssertionError("refused, and then not")
        assert asked_once.take(now) == answer
