"""What a stream carries, measured as it arrives: bitrates and frame rate over a sliding window (SS-6.3)."""

from collections import deque
from typing import NamedTuple

from chalicelib.domain.measures import Measures
from chalicelib.domain.observation import Observation
from ingest_container.rtmp import MediaCounter

# Seconds. Keyframes are ten times larger than other frames and come every 1, 2 or 3 s: six seconds hold the same
# number of them wherever the window begins, so the bitrate does not swing with them.
WINDOW = 6
SLOWER = 0.7  # times the window's rate: key frames and the time of a read explain as little in one second
SKEW = 0.1  # of the window, by which the stream's clock may differ from ours and still be believed


class Totals(NamedTuple):
    """Counted since the stream began, across its connections."""

    video_bytes: int = 0
    audio_bytes: int = 0
    frames: int = 0

    @property
    def media_bytes(self) -> int:
        return self.video_bytes + self.audio_bytes


class Sample(NamedTuple):
    at: float  # seconds, monotonic
    totals: Totals
    timestamp: int  # of the last frame, ms; 0 at the beginning


class Meter:
    """`follow` the counter of the connection that carries the stream, `sample` once a second.

    Times are seconds, monotonic.
    """

    def __init__(self, now: float) -> None:
        self.measures: Measures | None = None  # bitrates (media payload) and frame rate of the window, once sampled
        self._counter = MediaCounter()
        self._earlier = Totals()  # of the connections before the present one
        self._samples: deque[Sample] = deque([Sample(now, Totals(), 0)], maxlen=WINDOW + 1)  # oldest first

    def follow(self, counter: MediaCounter, now: float) -> None:
        """A new connection carries the stream; its counter begins at nothing."""
        self._earlier = self._totals
        self._counter = counter
        self.restart(now)

    def restart(self, now: float) -> None:
        """After an interruption: its clock may begin anew, and the gap before it is not to be averaged in."""
        self.measures = None
        self._samples.clear()
        self._samples.append(Sample(now, self._totals, 0))

    def sample(self, now: float) -> None:
        self._samples.append(Sample(now, self._totals, self._counter.timestamp))
        self.measures = self._measure()

    def observation(self, now: float) -> Observation:
        """What the present connection has carried so far, for `health`."""
        counter = self._counter
        return Observation(
            at=now,
            video_bytes=counter.video_bytes,
            audio_bytes=counter.audio_bytes,
            frames=counter.frames,
            audio_frames=counter.media - counter.frames,
            video_time=counter.timestamp,
            audio_time=counter.audio_timestamp,
            key_frames=counter.key_frames,
            key_frame_time=counter.key_frame_timestamp,
            b_frames=counter.b_frames,
            open_gops=counter.open_gops,
        )

    @property
    def total_bytes(self) -> int:
        return self._totals.media_bytes

    @property
    def _totals(self) -> Totals:
        counter, (video, audio, frames) = self._counter, self._earlier
        return Totals(video + counter.video_bytes, audio + counter.audio_bytes, frames + counter.frames)

    @property
    def bytes_per_second(self) -> float:
        """Between the last two samples: the current rate; 0 before the first."""
        if len(self._samples) < 2:
            return 0.0
        before, last = self._samples[-2], self._samples[-1]
        counted = last.totals.media_bytes - before.totals.media_bytes
        return counted / (last.at - before.at) if last.at > before.at else 0.0

    @property
    def expected_bytes_per_second(self) -> float:
        """Of the next second: as over the window, which key frames do not swing, but where less comes now."""
        last, mean = self.bytes_per_second, self.mean_bytes_per_second
        return mean if last > SLOWER * mean else last

    @property
    def mean_bytes_per_second(self) -> float:
        """Over the window; 0 before the first sample, and while nothing comes."""
        first, last = self._samples[0], self._samples[-1]
        counted = last.totals.media_bytes - first.totals.media_bytes
        return counted / (last.at - first.at) if last.at > first.at else 0.0

    @property
    def fps(self) -> float | None:
        """Frames in the window, over its time; None while unknown.

        The stream's own timestamps do not jitter as arrivals do, so they tell the time where they run as our clock
        does. Where they leap, stand still or run at another speed, the time of arrival counts.
        """
        samples = [sample for sample in self._samples if sample.timestamp]
        if len(samples) < 2:
            return None
        first, last = samples[0], samples[-1]
        frames = last.totals.frames - first.totals.frames
        arrived, told = last.at - first.at, (last.timestamp - first.timestamp) / 1000
        seconds = told if abs(told - arrived) <= SKEW * arrived else arrived
        return round(frames / seconds, 2) if seconds > 0 and frames > 0 else None

    def _measure(self) -> Measures | None:
        first, last = self._samples[0], self._samples[-1]
        if last.at <= first.at:
            return None
        kilobits = 8 / 1000 / (last.at - first.at)
        video = (last.totals.video_bytes - first.totals.video_bytes) * kilobits
        audio = (last.totals.audio_bytes - first.totals.audio_bytes) * kilobits
        return Measures(
            bitrate_kbps=round(video + audio, 1),
            video_bitrate_kbps=round(video, 1),
            audio_bitrate_kbps=round(audio, 1),
            fps=self.fps,
        )
