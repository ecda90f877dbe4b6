"""What a stream carries, measured from its bytes: bitrate and frame rate over a sliding window (SS-6.3)."""

from collections import deque

# Seconds. Keyframes are ten times larger than other frames and come every 1, 2 or 3 s: six seconds hold the same
# number of them wherever the window begins, so the bitrate does not swing with them.
WINDOW = 6


class Meter:
    """Count with `add_video` and `add_audio`, sample once a second with `sample`. Times in seconds, monotonic."""

    def __init__(self, now: float) -> None:
        self._bytes = 0
        self._frames = 0
        self._last_timestamp = 0
        # (time, bytes, frames, timestamp of the last frame in ms) at each sample, oldest first.
        self._samples: deque[tuple[float, int, int, int]] = deque([(now, 0, 0, 0)], maxlen=WINDOW + 1)

    def add_video(self, size: int, timestamp: int) -> None:
        """`size` is the message's payload in bytes, `timestamp` its time in ms."""
        self._bytes += size
        self._frames += 1
        self._last_timestamp = timestamp

    def add_audio(self, size: int) -> None:
        self._bytes += size

    def restart(self, now: float) -> None:
        """A new connection: its clock begins anew, and the gap before it is not to be averaged in."""
        self._last_timestamp = 0
        self._samples.clear()
        self._samples.append((now, self._bytes, self._frames, 0))

    def sample(self, now: float) -> None:
        self._samples.append((now, self._bytes, self._frames, self._last_timestamp))

    @property
    def total_bytes(self) -> int:
        return self._bytes

    @property
    def bitrate_kbps(self) -> float | None:
        """Media payload, 1000 bit/s, over the window; None before the first sample."""
        (start, before, _, _), (end, after, _, _) = self._samples[0], self._samples[-1]
        return round((after - before) * 8 / 1000 / (end - start), 1) if end > start else None

    @property
    def fps(self) -> float | None:
        """Frames by the stream's own timestamps, which do not jitter as arrivals do; None while unknown."""
        samples = [sample for sample in self._samples if sample[3]]
        if len(samples) < 2:
            return None
        (_, _, before, start), (_, _, after, end) = samples[0], samples[-1]
        return round((after - before) * 1000 / (end - start), 2) if end > start and after > before else None
