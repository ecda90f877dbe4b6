"""What a node keeps of a stream's measures."""

import pytest

from chalicelib.domain.measures import Measures
from chalicelib.domain.observation import Observation
from chalicelib.domain.samples import Spread
from chalicelib.domain.totals import StreamTotals
from ingest_container.live.history import History

START = 1_800_000_000_000
MEASURED = Measures(bitrate_kbps=1_000, video_bitrate_kbps=900, audio_bitrate_kbps=100, fps=25)
STREAM = "01JDNT6Z0000000000000000T0"  # of the phase 0


def seen(second: float, key_frames: int, key_frame_time: int) -> Observation:
    return Observation(second, 0, 0, 0, 0, 0, 0, key_frames, key_frame_time)


def watched(history: History, keyframes: list[tuple[int, int]]) -> None:
    """One observation a second, each with how many key frames there were and the time of the last one."""
    for second, (count, at) in enumerate(keyframes):
        history.observe(START + second * 1000, seen(second, count, at), MEASURED, 3)


@pytest.mark.requirement("FX-16")
@pytest.mark.parametrize(
    ("keyframes", "expected"),
    [
        ([(1, 40), (1, 40), (2, 2_040), (2, 2_040), (3, 4_540)], Spread(2, 2.25, 2.5)),
        ([(1, 0), (3, 1_000)], Spread(0.5, 0.5, 0.5)),  # two within a second
        ([(1, 0), (1, 0), (1, 0)], None),  # the next one has not come yet
        ([(0, 0), (1, 5_000)], None),  # the first one ends nothing
        ([(5, 8_000), (1, 0), (2, 2_000)], Spread(2, 2, 2)),  # another connection counts anew
        ([(1, 0), (2, 900_000), (3, 902_000)], Spread(2, 2, 2)),  # its clock leaped
        ([(1, 9_000), (2, 1_000), (3, 3_000)], Spread(2, 2, 2)),  # and went back
    ],
)
def test_key_frame_intervals_are_taken_from_the_streams_own_times(
    keyframes: list[tuple[int, int]], expected: Spread | None
) -> None:
    history = History(STREAM, None)
    watched(history, keyframes)
    (sample,) = history.recent
    assert sample.spreads.get("keyframe_interval_s") == expected


@pytest.mark.requirement("FX-16")
def test_a_row_comes_once_a_minute_and_what_is_left_at_the_end() -> None:
    history, rows = History(STREAM, None), []
    for second in range(130):
        row = history.observe(START + second * 1000, seen(second, 0, 0), MEASURED, None)
        rows += [row] if row is not None else []
    last = history.close(START + 130_000)
    assert last is not None
    assert [len(row.samples) for row in [*rows, last]] == [6, 6, 1]
    assert [row.at for row in rows] == [START + 60_000, START + 120_000]
    assert history.close(START + 131_000) is None
    assert last.samples[0].spreads.keys() == {"bitrate_kbps", "video_fps", "video_bitrate_kbps", "audio_bitrate_kbps"}


@pytest.mark.requirement("FX-16")
def test_a_stream_that_comes_from_another_node_was_interrupted_once_more() -> None:
    before = StreamTotals(measured_s=10, kilobits=10_000, peak_kbps=1_000, interruptions=1)
    history = History(STREAM, before)
    watched(history, [(0, 0)] * 10)
    assert history.totals == StreamTotals(measured_s=20, kilobits=20_000, peak_kbps=1_000, interruptions=2)
    assert History(STREAM, None).totals.interruptions == 0
