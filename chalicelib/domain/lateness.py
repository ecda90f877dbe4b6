"""How late a live stream is: our clock less its own. Where it began does not matter, only how that changes.

`late` is in seconds, noted once a second.
"""

from collections import deque

DRIFT_OF_LATE, DRIFT_USUAL = 30, 120  # observations that the two averages compared cover, about
FORGIVEN = 0.01  # seconds a second by which a stream may fall behind for good


class Drift:
    """How late the stream is of late, beside the last minutes."""

    def __init__(self) -> None:
        self._count = 0
        self._of_late = self._usual = 0.0  # moving averages, seconds

    def note(self, late: float) -> None:
        self._count += 1
        self._of_late += (late - self._of_late) / min(self._count, DRIFT_OF_LATE)
        self._usual += (late - self._usual) / min(self._count, DRIFT_USUAL)

    @property
    def seconds(self) -> float | None:
        """None while it was not watched for long enough."""
        return None if self._count < 2 * DRIFT_OF_LATE else self._of_late - self._usual


class Earliest:
    """How far the stream runs ahead of where it was at its earliest. One that was delayed and catches up does not."""

    def __init__(self, observations: int) -> None:
        self._earliest: deque[float] = deque(maxlen=observations)  # the least that it was late, by then

    def note(self, late: float) -> None:
        before = self._earliest
        before.append(min(late, before[-1] + FORGIVEN) if before else late)

    def gained(self, late: float, back: int = 0) -> float | None:
        """Seconds, since so many observations ago; None if it was not watched for so long."""
        return None if len(self._earliest) <= back else self._earliest[-1 - back] - late

    def clear(self) -> None:
        self._earliest.clear()
