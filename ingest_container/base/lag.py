"""How late the event loop runs what is due: a histogram of the last minute.

A timer is due every 50 ms; how much later it runs is how long anything else has waited, media too. One long pause is
one late timer and does not move the 99th percentile: whether a frozen node is dead is judged by its session. A loop
that is late again and again has too much to do. Below 200 samples, those that are missing count as on time: else its
start, when everything is loaded, would make a node full.
"""

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

from ingest_container.base.clock import steady

EVERY = 0.05  # seconds between two samples
WINDOWS, WINDOW = 6, 10.0  # the last minute, forgotten in steps of so many seconds
FEWEST = 200  # samples of which a percentile is taken: those of ten seconds
# Upper bounds of the buckets, seconds: each a quarter above the one before, from 1 ms to 10 s.
BOUNDS = tuple(0.001 * 1.25**step for step in range(42))


class LagMeter:
    """`observe` each sample; `percentile` answers for the last minute. Times are seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = steady) -> None:
        self._clock = clock
        self._windows: list[list[int]] = [_empty() for _ in range(WINDOWS)]
        self._current = 0  # the number of the newest window since the clock's beginning

    def observe(self, lag: float) -> None:
        """A timer ran `lag` seconds after it was due."""
        self._forget()
        self._windows[self._current % WINDOWS][bisect_left(BOUNDS, lag)] += 1

    def percentile(self, percent: float) -> float:
        """Seconds that so many percent of the samples did not exceed, up to the width of a bucket; 0 of too few."""
        self._forget()
        counts = [sum(window[bucket] for window in self._windows) for bucket in range(len(BOUNDS) + 1)]
        counted = sum(counts)
        samples = max(counted, FEWEST)
        wanted = int(samples * percent / 100) - (samples - counted)
        if wanted <= 0:
            return 0.0
        reached = next(bucket for bucket, total in enumerate(accumulate(counts)) if total >= wanted)
        return BOUNDS[min(reached, len(BOUNDS) - 1)]

    @property
    def p99(self) -> float:
        """Seconds."""
        return self.percentile(99)

    async def run(self) -> None:
        """Samples this loop until it is cancelled."""
        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def look(due: float) -> None:
            if ended.done():
                return
            now = self._clock()
            try:
                self.observe(max(0.0, now - due))
            except Exception as error:
                ended.set_exception(error)
            else:
                loop.call_later(EVERY, look, now + EVERY)

        loop.call_later(EVERY, look, self._clock() + EVERY)  # a task that sleeps so often would cost more
        await ended

    def _forget(self) -> None:
        current = int(self._clock() // WINDOW)
        if current <= self._current:
            return
        for number in range(max(self._current + 1, current - WINDOWS + 1), current + 1):
            self._windows[number % WINDOWS] = _empty()
        self._current = current


def _empty() -> list[int]:
    return [0] * (len(BOUNDS) + 1)
