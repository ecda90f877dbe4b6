"""The process's clocks: one that only runs, and wall-clock time that does not step with the system's clock.

Durations and deadlines are measured with `steady`. Rows and events carry `now_ms`: the wall clock as it was read at
start, carried on by `steady`. When somebody sets the system's clock, the times in this node's rows go on as before, so
its session does not run out and none of its streams ends. `adopt` takes the system's clock as it is now.
"""

import functools
import time
from collections.abc import Callable

# Counts while the machine sleeps, as the wall clock does; not every system has it.
_STEADY_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_steady_ns = functools.partial(time.clock_gettime_ns, _STEADY_CLOCK)


class Clock:
    """Both clocks of one process. `wall` and `steady` give nanoseconds."""

    def __init__(self, wall: Callable[[], int] = time.time_ns, steady: Callable[[], int] = _steady_ns) -> None:
        self._wall = wall
        self._steady = steady
        self._offset = wall() - steady()

    def steady_ms(self) -> int:
        """Monotonic, ms."""
        return self._steady() // 1_000_000

    def now_ms(self) -> int:
        """Wall-clock time, ms."""
        return (self._steady() + self._offset) // 1_000_000

    def step_ms(self) -> int:
        """How far the system's clock was set since start, or since `adopt`."""
        return (self._wall() - self._steady() - self._offset) // 1_000_000

    def adopt(self) -> None:
        """Goes by the system's clock as it is now: for a node that carries no stream."""
        self._offset = self._wall() - self._steady()


clock = Clock()
now_ms = clock.now_ms
# Seconds, monotonic. The system's call itself, not a method of `clock`: each read of each stream asks for it.
steady = functools.partial(time.clock_gettime, _STEADY_CLOCK)
steady_ms = clock.steady_ms
