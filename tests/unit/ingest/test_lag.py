"""The lag meter: the 99th percentile of the last minute, in buckets a quarter apart."""

import asyncio
import time

import pytest

from ingest_container.base.lag import BOUNDS, EVERY, FEWEST, WINDOW, WINDOWS, LagMeter


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def _observe(meter: LagMeter, lag: float, times: int = FEWEST) -> None:
    for _ in range(times):
        meter.observe(lag)


def test_without_a_sample_there_is_no_lag() -> None:
    assert LagMeter().p99 == 0.0


@pytest.mark.parametrize("lag", [0.0005, 0.004, 0.1, 0.5, 3.0])
def test_a_lag_is_told_up_to_the_width_of_its_bucket(lag: float) -> None:
    meter = LagMeter(Clock())
    _observe(meter, lag)
    assert lag <= meter.p99 <= max(lag * 1.25, BOUNDS[0])


def test_what_exceeds_the_last_bound_counts_as_it() -> None:
    meter = LagMeter(Clock())
    _observe(meter, 1_000.0)
    assert meter.p99 == BOUNDS[-1] > 9


@pytest.mark.parametrize(("late", "told"), [(1, 0.001), (2, 0.001), (3, 1.0)])
def test_one_in_a_hundred_does_not_move_it(late: int, told: float) -> None:
    meter = LagMeter(Clock())
    _observe(meter, 0.0001, FEWEST - late)
    _observe(meter, 1.0, late)
    assert meter.p99 == pytest.approx(told, rel=0.25)


@pytest.mark.parametrize(("samples", "late", "told"), [(1, 1, 0.0), (50, 2, 0.001), (150, 2, 0.001), (50, 3, 1.0)])
def test_a_young_loop_is_not_judged_by_a_pause_or_two(samples: int, late: int, told: float) -> None:
    meter = LagMeter(Clock())
    _observe(meter, 1.0, late)
    _observe(meter, 0.0001, samples - late)
    assert meter.p99 == pytest.approx(told, rel=0.25)


def test_a_minute_later_it_is_forgotten_and_not_before() -> None:
    clock = Clock()
    meter = LagMeter(clock)
    _observe(meter, 1.0)
    clock.now += WINDOW * (WINDOWS - 1)
    assert meter.p99 > 0.9
    clock.now += WINDOW
    assert meter.p99 == 0.0


def test_a_pause_longer_than_the_minute_leaves_nothing() -> None:
    clock = Clock()
    meter = LagMeter(clock)
    _observe(meter, 1.0)
    clock.now += 10_000
    _observe(meter, 0.0001)
    assert meter.p99 == BOUNDS[0]


async def test_a_blocked_loop_is_seen() -> None:
    observed: asyncio.Queue[float] = asyncio.Queue()

    class Meter(LagMeter):
        def observe(self, lag: float) -> None:
            observed.put_nowait(lag)

    running = asyncio.create_task(Meter().run())
    await asyncio.sleep(0)
    time.sleep(EVERY + 0.3)  # noqa: ASYNC251
    async with asyncio.timeout(20):
        assert await observed.get() >= 0.3
        await observed.get()  # it goes on
    running.cancel()


async def test_a_defect_ends_it() -> None:
    class Meter(LagMeter):
        def observe(self, lag: float) -> None:
            raise ZeroDivisionError

    async with asyncio.timeout(20):
        with pytest.raises(ZeroDivisionError):
            await Meter().run()
