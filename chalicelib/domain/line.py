"""What the line of a test stream carries: how much, for how long without a break, and the bitrate to stream at.

An encoder whose line is too slow sends late: its media time falls behind the clock. That is what a break is here,
rather than a second without bytes, which a large buffer on the way can fill.
"""

from collections import deque
from typing import NamedTuple

from chalicelib.domain.measures import LineMeasure
from chalicelib.domain.observation import Observation, kbps

WINDOW = 60  # seconds that the bitrate is averaged over
BREAK = 500  # ms that the media may come later than before; more is a break
LEAP = 10_000  # ms of it from one second to the next: then the encoder's clock was set, and the line is not to blame
# Seconds before there is anything to recommend: ten groups of pictures of two seconds.
ENOUGH = 20
# Of what an unsteady line carried: platforms advise to leave a quarter of the line free.
SHARE_OF_UNSTEADY = 0.75
STEP = 100  # kbit/s that recommendations are rounded down to


class _Sample(NamedTuple):
    at: float
    total: int  # bytes
    late: float  # ms by which the media comes later than the clock says, from an origin of its own


class LineTest:
    """Of one test stream, across its connections: `observe` once a second while it is live."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque(maxlen=WINDOW + 1)  # of the present connection
        self._steady_since = 0.0
        self._is_late = False
        self._breaks = 0

    def observe(self, seen: Observation) -> None:
        sample = _Sample(seen.at, seen.video_bytes + seen.audio_bytes, seen.at * 1000 - seen.media_time)
        if self._samples and sample.total < self._samples[-1].total:  # another connection carries it
            self._samples.clear()
            self._breaks += 1
        elif self._samples and abs(sample.late - self._samples[-1].late) > LEAP:  # its clock was set
            self._samples.clear()
        if not self._samples:
            self._steady_since, self._is_late = sample.at, False
        self._samples.append(sample)
        was_late, self._is_late = self._is_late, self._behind > BREAK
        if self._is_late and not was_late:
            self._breaks += 1
        if self._is_late or was_late:
            self._steady_since = sample.at

    @property
    def _behind(self) -> float:
        """How much later the media comes than it did at best, of late: clocks differ a little, and drift."""
        return self._samples[-1].late - min(sample.late for sample in self._samples)

    @property
    def measure(self) -> LineMeasure | None:
        """None until two seconds were observed."""
        if len(self._samples) < 2:
            return None
        first, last = self._samples[0], self._samples[-1]
        observed, steady = last.at - first.at, last.at - self._steady_since
        carried = kbps(last.total - first.total, observed)
        return LineMeasure(
            seconds=int(steady),
            bitrate_kbps=round(carried, 1),
            breaks=self._breaks,
            recommended_kbps=_recommended(carried, observed, is_steady=steady >= observed),
        )


def _recommended(carried: float, observed: float, *, is_steady: bool) -> int | None:
    if observed < ENOUGH:
        return None
    return int(carried * (1.0 if is_steady else SHARE_OF_UNSTEADY)) // STEP * STEP
