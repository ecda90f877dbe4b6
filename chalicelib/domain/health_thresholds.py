"""Limits of a healthy stream, as data: the platforms change theirs, so each row says when it was last looked at."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chalicelib.domain.measures import StreamFacts


class BitrateRange(NamedTuple):
    """kbit/s of H.264 video that suit a picture of at least `height` lines, below and above 45 fps."""

    height: int
    low: int
    high: int
    low_fast: int
    high_fast: int


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Seconds, kbit/s and ratios. The sources are the platforms' published encoder settings."""

    checked_on: date
    gop_long: float  # YouTube, Facebook, OvenMediaEngine: 2 s wanted, 4 s at most
    gop_too_long: float  # OBS's automatic 250 frames at 30 fps; Amazon IVS wants 5 s at most
    gop_short: float  # YouTube
    gop_spread: float  # of the usual interval, by which the longest may exceed it; YouTube
    b_frames: float  # between two other frames, on average; x264's own default is 3, Twitch and YouTube advise 2
    drift: float  # of the stream's clock against ours; Mux
    drift_bad: float
    starved_ratio: float  # of real time, over `starved_window`; Cloudflare, Amazon IVS
    starved_window: float
    silence: float  # without any media
    fast_ratio: float  # YouTube
    fast_window: float
    jump: float  # between the stream's clock and ours; OvenMediaEngine
    bitrates: tuple[BitrateRange, ...]  # Facebook and Twitch, whichever allows more; tallest first
    fast_fps: float  # from here on a frame rate counts as fast
    unstable_spread: float  # of the mean, over the window; Twitch, Amazon IVS, Cloudflare
    unstable_above: float  # kbit/s, below which the spread says nothing
    frame_rate_ratio: float  # of the declared frame rate; OvenMediaEngine
    track_silence: float  # of one track while the other goes on; YouTube
    audio_low: float  # Twitch, YouTube
    audio_high: float
    audio_quiet: float  # below it silence was encoded, which says nothing of the settings
    sample_rates: tuple[int, ...]  # Hz; YouTube
    channels: int

    def bitrate_range(self, facts: StreamFacts) -> tuple[int, int] | None:
        """kbit/s that suit the picture; None if its size is unknown, out of the table, or it is not H.264."""
        if facts.video_codec != "h264" or facts.height is None or facts.width is None:
            return None
        lines = min(facts.width, facts.height)  # a phone held upright has as many pixels
        row = next((row for row in self.bitrates if lines >= row.height), None)
        if row is None or lines > 1_200:
            return None
        return (row.low_fast, row.high_fast) if (facts.fps or 0) >= self.fast_fps else (row.low, row.high)


THRESHOLDS = Thresholds(
    checked_on=date(2026, 11, 26),
    gop_long=4.0,
    gop_too_long=8.0,
    gop_short=0.5,
    gop_spread=0.2,
    b_frames=3,
    drift=0.5,
    drift_bad=1.0,
    starved_ratio=0.9,
    starved_window=10,
    silence=3,
    fast_ratio=1.1,
    fast_window=30,
    jump=3.0,
    bitrates=(
        BitrateRange(1000, 3_000, 6_000, 4_500, 9_000),
        BitrateRange(650, 1_500, 4_000, 2_250, 6_000),
        BitrateRange(400, 400, 2_000, 400, 2_000),
    ),
    fast_fps=45,
    unstable_spread=0.5,
    unstable_above=500,
    frame_rate_ratio=0.9,
    track_silence=3,
    audio_low=64,
    audio_high=320,
    audio_quiet=16,
    sample_rates=(44_100, 48_000),
    channels=2,
)
