"""A node's session is renewed in time, whatever its event loop does, but never for a loop that is dead."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import cast

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.leases import RENEW_INTERVAL, SESSION_TTL
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services import bus
from chalicelib.services.streams.fleet import Orders
from ingest_container.base.clock import Clock, steady
from ingest_container.base.counts import NodeCounts
from ingest_container.base.threads import Threads
from ingest_container.live.telemetry import Telemetry
from ingest_container.node import membership, renewal
from ingest_container.node.membership import Membership


class FlakySession:
    """A database that fails so many renewals at once, and answers the others."""

    expires_at = 2**53

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.renewed_at: list[float] = []
        self.renewed_twice = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def renew(self, _clock: Callable[[], int], _active: int, **_times: int) -> Orders:
        if self._failures:
            self._failures -= 1
            raise StoreUnavailable()
        self.renewed_at.append(self._loop.time())
        if len(self.renewed_at) == 2:
            self._loop.call_soon_threadsafe(self.renewed_twice.set)
        return Orders((), draining=False)

    def is_trusted(self, _now: int) -> bool:
        return bool(self.renewed_at)


class IdleCrew:
    active, stopping = 0, False

    def follow(self, orders: Orders) -> list[Order]:
        return []

    def __init__(self) -> None:
        self.checked = asyncio.Event()

    def check_leases(self) -> None:
        self.checked.set()

    def stop(self) -> None: ...


@contextlib.asynccontextmanager
async def seat_of(session: FlakySession, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Membership]:
    monkeypatch.setattr(renewal, "RENEW_RETRY", 0.001)
    log, threads = Logger("test", level="CRITICAL"), Threads(1)
    info = NodeInfo("node-1", "run-1", "", "us-east-1", 1, 0)
    seat = Membership(info, IdleCrew(), threads, Telemetry("node-1", threads, log), log)
    monkeypatch.setattr(seat, "_session", session)
    renewing = asyncio.create_task(seat.renew())
    try:
        yield seat
    finally:
        renewing.cancel()
        seat.close()
        threads.close()


async def test_after_an_outage_the_next_renewal_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    session = FlakySession(failures=20)
    async with seat_of(session, monkeypatch), asyncio.timeout(SESSION_TTL / 1000):
        await session.renewed_twice.wait()
    first, second = session.renewed_at
    assert second - first < 2 * RENEW_INTERVAL / 1000


async def test_a_publisher_waits_while_a_session_in_doubt_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seat_of(FlakySession(failures=20), monkeypatch) as seat:
        assert await seat.is_trusted()


async def test_but_not_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "PATIENCE", 0.05)
    async with seat_of(FlakySession(failures=2**31), monkeypatch) as seat:
        assert not await seat.is_trusted()


# --- a loop that is blocked, and one that is dead ---------------------------------------------------------------------


HURRIED_TTL = 1_500  # ms; the margin of 1,000 stays
PATIENT_TTL = 4_000  # ms: trusted for 3 s, in which a busy machine may hold up a thread for one


class TimedSession:
    """Keeps what each renewal was told. `expires_at` as `fleet.NodeMembership` has it."""

    def __init__(self, failure: BaseException | None = None, ttl: int = HURRIED_TTL) -> None:
        self.expires_at = 2**53
        self._ttl = ttl
        self.renewed: list[tuple[float, int]] = []  # when, and the loop's last sign of life
        self._failure = failure
        self._loop, self._happened = asyncio.get_running_loop(), asyncio.Event()

    async def renewed_times(self, times: int) -> None:
        async with asyncio.timeout(20):
            while len(self.renewed) < times:
                self._happened.clear()
                await self._happened.wait()

    def renew(self, _clock: Callable[[], int], _active: int, *, alive_at: int, **_offset: int) -> Orders:
        if self._failure is not None:
            raise self._failure
        self.renewed.append((time.monotonic(), alive_at))
        self.expires_at = alive_at + self._ttl
        self._loop.call_soon_threadsafe(self._happened.set)
        return Orders((), draining=False)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewed every 150 ms, trusted for 3 s."""
    monkeypatch.setattr(renewal, "RENEW_INTERVAL", 150)
    monkeypatch.setattr(renewal, "RENEW_RETRY", 0.03)
    monkeypatch.setattr(renewal, "SESSION_TTL", PATIENT_TTL)
    monkeypatch.setattr(membership, "BEAT", 0.025)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renewed every 150 ms, trusted for 500 ms."""
    monkeypatch.setattr(renewal, "RENEW_INTERVAL", 150)
    monkeypatch.setattr(renewal, "RENEW_RETRY", 0.03)
    monkeypatch.setattr(renewal, "SESSION_TTL", HURRIED_TTL)
    monkeypatch.setattr(membership, "BEAT", 0.025)


@contextlib.asynccontextmanager
async def renewing(session: TimedSession, crew: IdleCrew) -> AsyncIterator[tuple[Membership, "asyncio.Task[None]"]]:
    log, threads = Logger("test", level="CRITICAL"), Threads(1)
    info = NodeInfo("node-1", "run-1", "", "us-east-1", 1, 0)
    seat = Membership(info, crew, threads, Telemetry("node-1", threads, log), log)
    seat._session = session  # type: ignore[assignment]
    task = asyncio.create_task(seat.renew())
    try:
        yield seat, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        seat.close()
        threads.close()


def block(seconds: float) -> tuple[float, float]:
    """The loop does nothing else; answers when it was blocked."""
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


@pytest.mark.requirement("HI-3")
@pytest.mark.usefixtures("patient")
async def test_a_blocked_loop_keeps_its_session_without_a_doubt() -> None:
    session, crew = TimedSession(ttl=PATIENT_TTL), IdleCrew()
    async with renewing(session, crew):
        await session.renewed_times(1)
        began, ended = block(0.8)
        during = [at for at, _ in session.renewed if began < at < ended]
        await session.renewed_times(len(session.renewed) + 1)
        assert during, "it was renewed while the loop was blocked"
        assert not crew.checked.is_set()


@pytest.mark.usefixtures("patient")
async def test_a_session_is_good_from_the_loops_last_sign_of_life_on() -> None:
    session = TimedSession(ttl=PATIENT_TTL)
    async with renewing(session, IdleCrew()):
        await session.renewed_times(1)
        began, ended = block(0.8)
        alive = {alive_at for at, alive_at in session.renewed if began < at < ended}
    assert len(alive) == 1
    assert max(alive) / 1000 <= steady() - (time.monotonic() - began)


@pytest.mark.requirement("HI-3")
@pytest.mark.usefixtures("hurried")
async def test_a_dead_loop_is_not_renewed_for_and_one_that_comes_back_checks_its_leases() -> None:
    session, crew = TimedSession(), IdleCrew()
    async with renewing(session, crew):
        await session.renewed_times(1)
        began, ended = block(1.5)
        assert [at for at, _ in session.renewed if began + 1.0 < at < ended] == []
        async with asyncio.timeout(20):
            await crew.checked.wait()


@pytest.mark.requirement("FX-21")
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(("frozen_seconds", "frozen", "ends"), [(1.2, 30.0, True), (60.0, 1.5, False)])
async def test_a_process_whose_loop_stays_frozen_ends_itself(
    frozen_seconds: float, frozen: float, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Counted from 0.5 s on: until then the session is trusted.
    monkeypatch.setattr(renewal, "FROZEN_SECONDS", frozen_seconds)
    given_up = threading.Event()
    log = Logger("test", level="CRITICAL")
    session = cast("renewal.Session", TimedSession())
    frozen_node = renewal.Renewal(session, lambda: 0, Clock(), log, NodeCounts(), give_up=given_up.set)
    frozen_node.start()
    given_up.wait(frozen)  # this thread is the loop's: it does nothing else
    frozen_node.beat()
    frozen_node.stop()
    assert given_up.is_set() is ends


@pytest.mark.requirement("HI-3")
@pytest.mark.parametrize(
    "failure", [RuntimeError("a defect"), SystemExit(1)], ids=lambda failure: type(failure).__name__
)
async def test_the_end_of_the_renewing_thread_is_noticed(failure: BaseException) -> None:
    async with renewing(TimedSession(failure), IdleCrew()) as (_, task), asyncio.timeout(20):
        with pytest.raises(RuntimeError, match="cannot be renewed"):
            await task


@pytest.mark.requirement("HI-3")
async def test_so_is_a_thread_that_vanished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal.Renewal, "_run", lambda _: None)
    async with renewing(TimedSession(), IdleCrew()) as (_, task), asyncio.timeout(20):
        with pytest.raises(RuntimeError, match="is gone"):
            await task


async def test_no_renewal_overtakes_the_end_of_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """The node stops while a renewal is under way."""
    order: list[str] = []
    under_way, answered = asyncio.Event(), threading.Event()

    class Slow(TimedSession):
        def renew(self, *_args: object, **_times: object) -> Orders:
            self._loop.call_soon_threadsafe(under_way.set)
            answered.wait(20)
            order.append("renewed")
            return Orders((), draining=False)

        def leave(self, _now: int) -> None:
            order.append("left")

    monkeypatch.setattr(bus, "publish", lambda _: 0)
    async with renewing(Slow(), IdleCrew()) as (seat, task), asyncio.timeout(20):
        await under_way.wait()
        task.cancel()
        leaving = asyncio.create_task(seat.leave())
        await asyncio.sleep(0.05)
        answered.set()
        await leaving
    assert order == ["renewed", "left"]


# --- a clock that is set ---------------------------------------------------------------------------------------------


class SystemClock:
    """The system's clocks; `set` moves the one on the wall. Seconds."""

    def __init__(self) -> None:
        self.running, self.step = 1_000.0, 0.0

    def steady_ns(self) -> int:
        return int(self.running * 1e9)

    def wall_ns(self) -> int:
        return int((1_800_000_000 + self.running + self.step) * 1e9)

    def set(self, seconds: float) -> None:
        self.step += seconds


@pytest.mark.requirement("EN-8")
@pytest.mark.parametrize("step", [60, -60])
def test_setting_the_systems_clock_moves_neither_of_ours(step: float) -> None:
    system = SystemClock()
    clock = Clock(system.wall_ns, system.steady_ns)
    before = clock.now_ms()
    system.set(step)
    system.running += 2
    assert (clock.steady_ms(), clock.now_ms(), clock.step_ms()) == (1_002_000, before + 2_000, step * 1000)
    clock.adopt()
    assert (clock.now_ms(), clock.step_ms()) == (before + 2_000 + step * 1000, 0)


@pytest.mark.requirement("EN-8")
@pytest.mark.parametrize(("active", "adopted"), [(0, True), (1, False)], ids=["idle", "with streams"])
@pytest.mark.parametrize("step", [60, -60])
async def test_a_node_goes_by_the_set_clock_only_while_it_has_no_stream(
    step: float, active: int, adopted: bool
) -> None:
    system, offsets = SystemClock(), list[int]()
    clock = Clock(system.wall_ns, system.steady_ns)

    class Session:
        expires_at = 2**53

        def renew(self, _clock: Callable[[], int], _active: int, *, alive_at: int, offset: int) -> Orders:
            offsets.append(offset)
            return Orders((), draining=False)

    one = renewal.Renewal(Session(), lambda: active, clock, Logger("test", level="CRITICAL"), NodeCounts())
    assert one._renew()
    system.set(step)
    assert one._renew()
    assert offsets[1] - offsets[0] == (step * 1000 if adopted else 0)
