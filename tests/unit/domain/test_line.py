"""What a test stream says of the line: throughput, breaks, and the bitrate to stream at."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.line import LineTest
from chalicelib.domain.measures import LineMeasure
from chalicelib.domain.observation import Observation

pytestmark = pytest.mark.requirement("FX-17")


def seen(at: float, total: int, media_ms: int) -> Observation:
    return Observation(at, total, 0, 0, 0, media_ms, media_ms, 0, 0)


def measured(seconds: Iterable[tuple[int, int]]) -> LineMeasure | None:
    """After one observation a second: (bytes so far, media time in ms)."""
    line = LineTest()
    for at, (total, media) in enumerate(seconds):
        line.observe(seen(100.0 + at, total, media))
    return line.measure


def steady(kilobits: int, seconds: int) -> list[tuple[int, int]]:
    return [(at * kilobits * 125, at * 1000) for at in range(seconds + 1)]


def test_a_steady_line_carried_its_bitrate_without_a_break() -> None:
    assert measured(steady(6100, 60)) == LineMeasure(seconds=60, bitrate_kbps=6100, breaks=0, recommended_kbps=6100)


def test_the_bitrate_is_that_of_the_last_minute_and_the_time_that_of_all() -> None:
    slow, fast = steady(1000, 100), steady(3000, 60)
    found = measured([*slow, *((slow[-1][0] + total, 100_000 + media) for total, media in fast[1:])])
    assert found == LineMeasure(seconds=160, bitrate_kbps=3000, breaks=0, recommended_kbps=3000)


@pytest.mark.parametrize(("seconds", "recommended"), [(1, None), (19, None), (20, 2900), (60, 2900)])
def test_nothing_is_recommended_before_twenty_seconds(seconds: int, recommended: int | None) -> None:
    found = measured(steady(2950, seconds))
    assert found is not None
    assert found.recommended_kbps == recommended


def test_a_line_that_is_too_slow_is_a_break_and_less_is_recommended() -> None:
    """Ten seconds in which 60 % of the media arrives, then all of it again."""
    media = [at * 1000 for at in range(21)]
    media += [media[-1] + 600 * at for at in range(1, 11)]
    media += [media[-1] + 1000 * at for at in range(1, 31)]
    found = measured((time * 500, time) for time in media)  # 4000 kbit/s of media
    assert found is not None
    assert found.breaks == 1
    assert found.recommended_kbps is not None
    assert found.recommended_kbps <= 0.75 * 4000


def test_after_a_break_the_time_counts_anew() -> None:
    media = [at * 1000 for at in range(31)]
    media += [media[-1]] * 3  # nothing for three seconds
    media += [33_000 + 1000 * at for at in range(1, 11)]  # all of it at once, and on
    found = measured((time * 500, time) for time in media)
    assert found is not None
    assert (found.breaks, found.seconds) == (1, 9)


def test_jitter_is_no_break() -> None:
    late = [0, 300, 0, 450, 120, 0, 480, 30] * 8
    found = measured((at * 500_000, at * 1000 - lag) for at, lag in enumerate(late))
    assert found is not None
    assert found.breaks == 0


def test_an_encoders_clock_may_drift() -> None:
    """By half a per cent: three seconds in ten minutes."""
    found = measured((at * 500_000, round(at * 995)) for at in range(600))
    assert found is not None
    assert (found.breaks, found.seconds) == (0, 599)


def test_a_clock_that_is_set_is_no_fault_of_the_line() -> None:
    found = measured([*steady(4000, 30), *((15_000_000 + at * 500_000, 3_600_000 + at * 1000) for at in range(1, 31))])
    assert found is not None
    assert found.breaks == 0


def test_a_lost_connection_is_a_break_and_its_bytes_are_not_averaged_in() -> None:
    found = measured([*steady(4000, 30), *steady(2000, 25)])
    assert found == LineMeasure(seconds=25, bitrate_kbps=2000, breaks=1, recommended_kbps=2000)


def test_there_is_nothing_to_say_before_the_second_observation() -> None:
    assert measured([]) is None
    assert measured(steady(4000, 0)) is None


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 2**32))))
def test_whatever_comes_is_measured_within_bounds(observed: list[tuple[int, int]]) -> None:
    found = measured(observed)
    if found is not None:
        assert 0 <= found.seconds < len(observed)
        assert 0 <= found.breaks < len(observed)
        assert found.bitrate_kbps >= 0


def test_a_measure_survives_the_bus_which_leaves_out_what_is_null() -> None:
    found = measured(steady(4000, 5))
    assert found is not None
    assert found.recommended_kbps is None
    assert LineMeasure.model_validate(found.model_dump(mode="json", exclude_none=True)) == found
