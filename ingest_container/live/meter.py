"""What a stream carries, measured as it arrives: bitrate and frame rate over a sliding window (SS-6.3)."""

from collections import deque

from chalicelib.domain.measures import Measures
from ingest_container.rtmp import MediaCounter

# Seconds. Keyframes are ten times larger than other frames and come every 1, 2 or 3 s: six seconds hold the same
# number of them wherever the window begins, so the bitrate does not swing with them.
WINDOW = 6
SKEW = 0.1  # of the window, by which the stream's clock may differ from ours and still be believed


class Meter:
    """`follow` the counter of the connection that carries the stream, `sample` once a second.

    Times are seconds, monotonic.
    """

    def __init__(self, now: float) -> None:
        self._counter = MediaCounter()
        self._earlier_bytes = 0  # of the connections before the present one
        self._earlier_frames = 0
        # (time, bytes, frames, timestamp of the last frame in ms) at each sample, oldest first.
        self._samples: deque[tuple[float, int, int, int]] = deque([(now, 0, 0, 0)], maxlen=WINDOW + 1)

    def follow(self, counter: MediaCounter, now: float) -> None:
        """A new connection carries the stream; its counter begins at nothing."""
        self._earlier_bytes, self._earlier_frames = self.total_bytes, self._total_frames
        self._counter = counter
        self.restart(now)

    def restart(self, now: float) -> None:
        """After an interruption: its clock may begin anew, and the gap before it is not to be averaged in."""
        self._samples.clear()
        self._samples.append((now, self.total_bytes, self._total_frames, 0))

    def sample(self, now: float) -> None:
        self._samples.append((now, self.total_bytes, self._total_frames, self._counter.timestamp))

    @property
    def total_bytes(self) -> int:
        return self._earlier_bytes + self._counter.total_bytes

    @property
    def _total_frames(self) -> int:
        return self._earlier_frames + self._counter.frames

    @property
    def bitrate_kbps(self) -> float | None:
        """Media payload, 1000 bit/s, over the window; None before the first sample."""
        (start, before, _, _), (end, after, _, _) = self._samples[0], self._samples[-1]
        return round((after - before) * 8 / 1000 / (end - start), 1) if end > start else None

    @property
    def measures(self) -> Measures | None:
        """What is told of the window; None before the first sample."""
        bitrate_kbps = self.bitrate_kbps
        return Measures(bitrate_kbps=bitrate_kbps, fps=self.fps) if bitrate_kbps is not None else None

    @property
    def bytes_per_second(self) -> float:
        """Between the last two samples: what comes at present; 0 before the first."""
        if len(self._samples) < 2:
            return 0.0
        (start, before, _, _), (end, after, _, _) = self._samples[-2], self._samples[-1]
        return (after - before) / (end - start) if end > start else 0.0

    @property
    def fps(self) -> float | None:
        """Frames in the window, over its time; None while unknown.

        The stream's own timestamps do not jitter as arrivals do, so they tell the time where they run as our clock
        does. Where they leap, stand still or run at another speed, the time of arrival counts.
        """
        samples = [sample for sample in self._samples if sample[3]]
        if len(samples) < 2:
            return None
        (began, _, before, first), (ended, _, after, last) = samples[0], samples[-1]
        arrived, told = ended - began, (last - first) / 1000
        seconds = told if abs(told - arrived) <= SKEW * arrived else arrived
        return round((after - before) / seconds, 2) if seconds > 0 and after > before else None
