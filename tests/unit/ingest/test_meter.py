"""Bitrate and frame rate over a sliding window, from bytes and from the stream's own clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.live.meter import WINDOW, Meter
from ingest_container.rtmp import MediaCounter

SECONDS = st.lists(st.lists(st.integers(1, 500_000), max_size=30), min_size=1, max_size=20)
"""For each second, the sizes of what came in it."""


def video(counter: MediaCounter, size: int, timestamp: int) -> None:
    counter.count_video(size, timestamp, "h264", is_frame=True)


def sound(counter: MediaCounter, size: int) -> None:
    counter.count_audio(size, 0, "aac", is_frame=True)


def following(now: float = 0) -> tuple[Meter, MediaCounter]:
    """A meter and the counter of the connection that it follows."""
    meter, counter = Meter(now), MediaCounter()
    meter.follow(counter, now)
    return meter, counter


def bitrate(meter: Meter) -> float | None:
    return meter.measures.bitrate_kbps if meter.measures is not None else None


@pytest.mark.requirement("SS-6.3")
def test_video_and_audio_have_bitrates_of_their_own() -> None:
    meter, counter = following()
    for second in range(1, WINDOW + 2):
        video(counter, 250_000, second * 1000)
        sound(counter, 16_000)
        meter.sample(second)
    assert meter.measures is not None
    assert (meter.measures.video_bitrate_kbps, meter.measures.audio_bitrate_kbps) == (2_000.0, 128.0)
    assert meter.measures.bitrate_kbps == 2_128.0


def test_nothing_is_known_before_the_first_sample() -> None:
    meter, counter = following()
    video(counter, 1_000, 40)
    assert bitrate(meter) is None
    assert meter.fps is None


@pytest.mark.requirement("SS-6.3")
@given(seconds=SECONDS, start=st.floats(0, 1e6))
def test_bitrate_is_the_windows_bytes_over_its_time(seconds: list[list[int]], start: float) -> None:
    meter, counter = following(start)
    for second, sizes in enumerate(seconds, 1):
        for size in sizes:
            sound(counter, size)
        meter.sample(start + second)
        in_window = seconds[max(0, second - WINDOW) : second]
        expected = sum(map(sum, in_window)) * 8 / 1000 / len(in_window)
        assert bitrate(meter) == pytest.approx(expected, abs=0.06, rel=1e-6)
    assert meter.total_bytes == sum(map(sum, seconds))


@pytest.mark.requirement("SS-6.3")
@given(rate=st.integers(1, 120), seconds=st.integers(3, 15), first=st.integers(0, 2**33))
def test_frame_rate_follows_the_streams_clock_and_not_the_arrivals(rate: int, seconds: int, first: int) -> None:
    """Frames arrive in one burst a second, each with its proper timestamp."""
    meter, counter = following()
    for second in range(seconds):
        for frame in range(rate):
            video(counter, 100, first + second * 1000 + frame * 1000 // rate)
        meter.sample(second + 1)
    assert meter.fps == pytest.approx(rate, rel=0.01)


@pytest.mark.requirement("EN-8")
@pytest.mark.requirement("SS-6.3")
@given(leaps=st.dictionaries(st.integers(0, 19), st.integers(-100_000, 100_000), min_size=1))
def test_an_encoder_whose_clock_leaps_has_its_frame_rate_all_the_same(leaps: dict[int, int]) -> None:
    """25 frames a second; before some of the seconds the encoder's clock is set, either way."""
    meter, counter = following()
    clock = 1_000_000
    for second in range(20):
        clock += leaps.get(second, 0)
        for frame in range(25):
            video(counter, 4_000, clock + frame * 40)
        clock += 1000
        meter.sample(second + 1)
        assert second == 0 or meter.fps == pytest.approx(25, rel=0.12)
        assert bitrate(meter) == 800.0


@pytest.mark.requirement("EN-8")
@pytest.mark.parametrize("speed", [0, 0.5, 2], ids=["stands still", "slow", "fast"])
def test_an_encoder_whose_clock_runs_at_another_speed_is_measured_by_ours(speed: float) -> None:
    meter, counter = following()
    for second in range(10):
        for frame in range(25):
            video(counter, 4_000, 1_000 + int((second * 1000 + frame * 40) * speed))
        meter.sample(second + 1)
    assert meter.fps == 25


def test_sound_alone_has_no_frame_rate() -> None:
    meter, counter = following()
    for second in range(1, 5):
        sound(counter, 16_000)
        meter.sample(second)
    assert meter.fps is None
    assert bitrate(meter) == 128.0


def test_a_stalled_stream_falls_to_zero_within_the_window() -> None:
    meter, counter = following()
    video(counter, 1_000_000, 40)
    for second in range(1, WINDOW + 2):
        meter.sample(second)
    assert bitrate(meter) == 0.0


def test_two_samples_at_one_instant_divide_by_nothing() -> None:
    meter, counter = following(5)
    video(counter, 1_000, 40)
    meter.sample(5)
    assert bitrate(meter) is None


def broadcast(meter: Meter, counter: MediaCounter, seconds: range, *, clock: int = 0) -> None:
    """25 frames of 4,000 bytes a second: 800 kbit/s. `clock` is the stream's time at the first of `seconds`."""
    for second in seconds:
        for frame in range(25):
            video(counter, 4_000, clock + (second - seconds.start) * 1000 + frame * 40)
        meter.sample(second + 1)


def test_the_gap_of_an_interruption_is_not_averaged_in() -> None:
    meter, counter = following()
    broadcast(meter, counter, range(10))
    meter.restart(17)
    broadcast(meter, counter, range(17, 19))
    assert bitrate(meter) == 800.0
    assert meter.total_bytes == 12 * 100_000


@pytest.mark.parametrize("begins_anew", [True, False], ids=["another connection", "the same one speaks again"])
def test_frame_rate_is_right_at_once_after_an_interruption(begins_anew: bool) -> None:
    meter, counter = following()
    broadcast(meter, counter, range(10))
    if begins_anew:
        counter = MediaCounter()
        meter.follow(counter, 17)
        meter.sample(17.5)  # the node's clock ticks before the encoder's first frame
    else:
        meter.restart(17)
    broadcast(meter, counter, range(18, 21), clock=0 if begins_anew else 10_000)
    assert meter.fps == pytest.approx(25, rel=0.01)
    assert meter.total_bytes == 13 * 100_000


def test_what_comes_at_present_is_the_last_second() -> None:
    meter, counter = following()
    assert meter.bytes_per_second == 0.0
    broadcast(meter, counter, range(5))
    assert meter.bytes_per_second == 100_000.0
    meter.sample(6)
    assert meter.bytes_per_second == 0.0


def test_the_next_second_is_expected_to_be_as_the_window() -> None:
    """But where much less comes than that: a mark that follows the window would wait for too long."""
    meter, counter = following()
    assert meter.expected_bytes_per_second == 0.0
    broadcast(meter, counter, range(5))
    counter.video_bytes += 75_000  # a second with few bytes, as between key frames
    meter.sample(6)
    assert meter.expected_bytes_per_second == meter.mean_bytes_per_second > 75_000
    counter.video_bytes += 20_000
    meter.sample(7)
    assert meter.expected_bytes_per_second == 20_000
