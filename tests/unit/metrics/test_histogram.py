"""Times in buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.base.histogram import BOUNDS, Histogram, quantile, since

times = st.lists(st.floats(0, 50_000, allow_nan=False), min_size=1, max_size=200)


def of(*ms: float) -> Histogram:
    histogram = Histogram()
    for one in ms:
        histogram.add(one)
    return histogram


@given(times)
def test_a_quantile_is_within_the_bucket_of_the_true_one(ms: list[float]) -> None:
    for q in (0.5, 0.99):
        estimate = quantile(of(*ms).counts, q)
        ordered = sorted(ms)
        true = next(one for rank, one in enumerate(ordered, 1) if rank >= q * len(ordered))
        upper = next(bound for bound in BOUNDS if true <= bound)
        lower = max((bound for bound in BOUNDS if bound < true), default=0.0)
        assert estimate is not None
        assert lower <= estimate <= upper


@given(times, times)
def test_what_was_added_between_two_looks_is_their_difference(first: list[float], then: list[float]) -> None:
    assert since(of(*first, *then).counts, of(*first).counts) == of(*then).counts


def test_nothing_has_no_quantile() -> None:
    assert quantile(Histogram().counts, 0.99) is None


def test_what_is_longer_than_any_bucket_counts_as_the_longest() -> None:
    assert quantile(of(10 * BOUNDS[-1]).counts, 0.99) == BOUNDS[-1]


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_belongs_to_its_bucket(bound: float) -> None:
    assert of(bound).counts[BOUNDS.index(bound)] == 1
