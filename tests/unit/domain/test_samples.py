"""What a stream measured, as samples: by a table where a case matters, by properties where all do."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.packing import packed, unpacked
from chalicelib.domain.samples import (
    SAMPLE_MS,
    SAMPLES_A_ROW,
    SERIES,
    Sample,
    Sampler,
    Spread,
    as_lists,
    even,
    from_lists,
    merged,
)

START = 1_800_000_000_000  # ms; a multiple of a minute and of half an hour
RATES = st.floats(0, 100_000, allow_nan=False)
SECONDS = st.lists(st.fixed_dictionaries({name: st.none() | RATES for name in SERIES}), min_size=1, max_size=200)


def of(seconds: list[Mapping[str, float | None]], start: int = START, phase: int = 0) -> tuple[Sampler, list[Sample]]:
    """The sampler after so many seconds, and what it has finished."""
    sampler, finished = Sampler(phase), []
    for number, measures in enumerate(seconds):
        finished += sampler.add(start + number * 1000, measures)
    return sampler, finished


def kbps(*values: float | None) -> list[Mapping[str, float | None]]:
    return [{"bitrate_kbps": value} for value in values]


@pytest.mark.requirement("FX-16")
def test_a_sample_has_the_least_the_average_and_the_most_of_its_ten_seconds() -> None:
    sampler, _ = of(kbps(*range(100, 110), 500))
    first, second = sampler.unfinished
    assert first == Sample(START, 10, {"bitrate_kbps": Spread(100, 104, 109)})
    assert second == Sample(START + SAMPLE_MS, 1, {"bitrate_kbps": Spread(500, 500, 500)})


def test_what_was_not_measured_is_missing_and_zero_is_not() -> None:
    sampler, _ = of([{"bitrate_kbps": 0.0, "video_fps": None, "viewers": 0}])
    (only,) = sampler.unfinished
    assert only.spreads == {"bitrate_kbps": Spread(0, 0, 0), "viewers": Spread(0, 0, 0)}


def test_an_interruption_leaves_a_gap() -> None:
    sampler = Sampler()
    sampler.add(START, {"bitrate_kbps": 1.0})
    sampler.add(START + 35_000, {"bitrate_kbps": 2.0})
    assert [one.at for one in sampler.unfinished] == [START, START + 30_000]


def test_samples_lie_on_the_clocks_grid_whenever_the_stream_began() -> None:
    sampler, _ = of(kbps(*range(12)), start=START + 7_300)
    assert [(one.at, one.seconds) for one in sampler.unfinished] == [(START, 3), (START + SAMPLE_MS, 9)]


@pytest.mark.parametrize("phase", range(SAMPLES_A_ROW))
def test_a_row_is_finished_once_a_minute_at_the_phases_time(phase: int) -> None:
    sampler, rows = Sampler(phase), []
    for second in range(190):
        if row := sampler.add(START + second * 1000, {"bitrate_kbps": 1.0}):
            rows.append((second, len(row)))
    first = (SAMPLES_A_ROW - phase) * 10
    assert rows == [(first + 60 * n, SAMPLES_A_ROW if n else SAMPLES_A_ROW - phase) for n in range(len(rows))]
    assert len(rows) == 3


def test_closing_leaves_nothing() -> None:
    sampler, _ = of(kbps(1, 2, 3))
    assert [one.seconds for one in sampler.close()] == [3]
    assert sampler.close() == sampler.unfinished == []


@given(SECONDS, st.integers(0, 5), st.integers(0, 59_999))
def test_no_second_is_lost_or_counted_twice(seconds: list[Mapping[str, float | None]], phase: int, offset: int) -> None:
    sampler, finished = of(seconds, START + offset, phase)
    found = finished + sampler.close()
    assert sum(one.seconds for one in found) == len(seconds)
    assert [one.at for one in found] == sorted({one.at for one in found})
    for one in found:
        assert all(spread.min <= spread.average <= spread.max for spread in one.spreads.values())


@given(SECONDS, st.sampled_from([10, 60, 300]))
def test_merged_samples_span_those_that_they_are_made_of(
    seconds: list[Mapping[str, float | None]], length: int
) -> None:
    sampler, finished = of(seconds)
    parts = finished + sampler.close()
    whole = list(merged(parts, length))
    assert sum(one.seconds for one in whole) == len(seconds)
    for one in whole:
        inside = [part for part in parts if one.at <= part.at < one.at + length * 1000]
        for name, spread in one.spreads.items():
            found = [part.spreads[name] for part in inside if name in part.spreads]
            assert (spread.min, spread.max) == (min(f.min for f in found), max(f.max for f in found))
            assert spread.min <= spread.average <= spread.max


def test_a_merged_average_counts_seconds_and_not_samples() -> None:
    parts = [
        Sample(START, 10, {"bitrate_kbps": Spread(1, 1, 1)}),
        Sample(START + 10_000, 2, {"bitrate_kbps": Spread(7, 7, 7)}),
    ]
    (whole,) = merged(parts, 60)
    assert whole == Sample(START, 12, {"bitrate_kbps": Spread(1, 2, 7)})


def test_two_nodes_parts_of_one_sample_become_one() -> None:
    """The first carried the stream for three seconds of it, the second for the rest."""
    parts = [Sample(START, 3, {"viewers": Spread(2, 2, 2)}), Sample(START, 6, {"viewers": Spread(5, 5, 8)})]
    assert list(merged(parts, 10)) == [Sample(START, 9, {"viewers": Spread(2, 4, 8)})]


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (START, START + 20_000, [(0, 10), (10, 10)]),
        (START + 4_000, START + 21_000, [(0, 6), (10, 10), (20, 1)]),
        (START + 4_000, START + 6_000, [(0, 2)]),
        (START + 9_900, START + 10_100, []),
    ],
)
def test_a_known_average_is_even_over_its_time(begins: int, ends: int, expected: list[tuple[int, int]]) -> None:
    found = even(begins, ends, 99.6)
    assert [((one.at - START) // 1000, one.seconds) for one in found] == expected
    assert all(one.spreads == {"bitrate_kbps": Spread(100, 100, 100)} for one in found)


@given(SECONDS)
def test_what_is_stored_is_read_again(seconds: list[Mapping[str, float | None]]) -> None:
    sampler, finished = of(seconds)
    found = finished + sampler.close()
    assert from_lists(unpacked(packed(as_lists(found)))) == found


def test_a_series_of_a_newer_version_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.domain.samples.SERIES", dict(SERIES) | {"newer": 0})
    stored = as_lists([Sample(START, 10, {"viewers": Spread(1, 2, 3), "newer": Spread(4, 4, 4)})])
    monkeypatch.undo()
    assert from_lists(stored) == [Sample(START, 10, {"viewers": Spread(1, 2, 3)})]


@pytest.mark.parametrize("stored", [b"", b"nothing", packed([1, 2, 3])[:-6]])
def test_what_was_not_stored_by_us_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpacked(stored)
