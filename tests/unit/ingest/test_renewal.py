"""A node's session is renewed in time, whatever happened to earlier attempts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.leases import RENEW_INTERVAL, SESSION_TTL
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.fleet import Order, Orders
from ingest_container import membership
from ingest_container.membership import Membership
from ingest_container.telemetry import Telemetry
from ingest_container.threads import Threads


class FlakySession:
    """A database that fails so many renewals at once, and answers the others."""

    expires_at = 2**53

    def __init__(self, failures: int) -> None:
        self._failures = failures
        self.renewed_at: list[float] = []
        self.renewed_twice = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def renew(self, _now: int, _active: int) -> Orders:
        if self._failures:
            self._failures -= 1
            raise StoreUnavailable()
        self.renewed_at.append(self._loop.time())
        if len(self.renewed_at) == 2:
            self._loop.call_soon_threadsafe(self.renewed_twice.set)
        return Orders((), frozenset(), draining=False)

    def is_trusted(self, _now: int) -> bool:
        return bool(self.renewed_at)


class IdleCrew:
    active, stopping = 0, False

    def follow(self, orders: Orders) -> list[Order]:
        return []

    def check_leases(self) -> None: ...

    def stop(self) -> None: ...


@contextlib.asynccontextmanager
async def seat_of(session: FlakySession, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Membership]:
    monkeypatch.setattr(membership, "RENEW_RETRY", 0.001)
    log, threads = Logger("test", level="CRITICAL"), Threads(1)
    info = NodeInfo("node-1", "run-1", "", "us-east-1", 1, 0)
    seat = Membership(info, (), IdleCrew(), threads, Telemetry("node-1", threads, log), log)
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
