"""Times of the contract: ISO 8601, UTC, milliseconds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.times import iso, iso_or_none, iso_times

LATEST = 4_102_444_800_000  # the year 2100


def test_the_form() -> None:
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert iso(1_795_165_850_123) == "2026-11-20T09:10:50.123Z"
    assert iso_or_none(None) is None
    assert iso_or_none(0) == "1970-01-01T00:00:00.000Z"


def test_the_times_of_a_record_are_written_out_and_nothing_else_is() -> None:
    assert iso_times({"started_at": 0, "until": None, "seq": 7}) == {
        "started_at": "1970-01-01T00:00:00.000Z",
        "until": None,
        "seq": 7,
    }


@given(st.integers(0, LATEST))
def test_no_millisecond_is_lost(ms: int) -> None:
    assert (datetime.fromisoformat(iso(ms)) - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1) == ms


@given(st.integers(0, LATEST), st.integers(0, LATEST))
def test_times_sort_as_text(one: int, other: int) -> None:
    assert (iso(one) < iso(other)) == (one < other)
