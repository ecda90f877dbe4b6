"""Callers: threads that ask, wait for the answer, and ask again."""

import itertools
import math
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.api.meter import Cost

SETTLE_S, SETTLES_WITHIN_S = 0.5, 60.0
IDLE_SHARE = 0.1

Call = Callable[[int], Cost]


@dataclass(frozen=True, slots=True)
class Pace:
    """`callers` at once. With a `pause` (seconds) each asks that often; without one, as soon as it was answered."""

    callers: int
    pause: float | None = None

    @property
    def label(self) -> str:
        return f"{self.callers}" if self.pause is None else f"{self.callers}, each every {self.pause:g} s"


@dataclass(frozen=True, slots=True)
class Run:
    """What the calls cost, in seconds, and how long all of them took together."""

    costs: list[Cost]
    failures: list[str]
    seconds: float


def run(call: Call, pace: Pace, most: int, seconds: float) -> Run:
    """`call(i)` for i = 0, 1, ... until `most` were made or the time is over; each i once."""
    numbers = itertools.count()
    costs: list[Cost] = []
    failures: list[str] = []
    started = threading.Barrier(pace.callers + 1)
    deadline = [0.0]

    def caller(phase: float) -> None:
        started.wait()
        next_at = time.perf_counter() + phase
        while True:
            if pace.pause is not None:
                time.sleep(max(0.0, next_at - time.perf_counter()))
                next_at += pace.pause
            number = next(numbers)
            if number >= most or time.perf_counter() > deadline[0]:
                return
            began = time.perf_counter()
            try:
                cost = call(number)
            except Exception as error:  # counted, and shown: a benchmark of refusals would be worth nothing
                failures.append(f"{type(error).__name__}: {error}")
                continue
            cost.total = time.perf_counter() - began
            costs.append(cost)

    phases = random.Random(1)
    threads = [
        threading.Thread(target=caller, args=(phases.uniform(0, pace.pause or 0),), daemon=True)
        for _ in range(pace.callers)
    ]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    deadline[0] = began + seconds
    started.wait()
    for thread in threads:
        thread.join()
    return Run(costs, failures, time.perf_counter() - began)


def settle() -> None:
    """Waits until the machine is idle: events that calls set off are worked off after these were answered."""
    deadline = time.monotonic() + SETTLES_WITHIN_S
    while _busy_share(SETTLE_S) > IDLE_SHARE and time.monotonic() < deadline:
        continue


def _busy_share(seconds: float) -> float:
    """Of all cores' time, for so long from now (Linux's /proc)."""
    began, total = _busy_and_total()
    time.sleep(seconds)
    ended, total_then = _busy_and_total()
    return (ended - began) / max(1, total_then - total)


def _busy_and_total() -> tuple[int, int]:
    ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    idle = ticks[3] + ticks[4]  # idle, and waiting for a disk
    return sum(ticks) - idle, sum(ticks)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    return sorted(values)[max(1, math.ceil(share * len(values))) - 1]
