"""A node's session is renewed in time, whatever happened to earlier attempts."""

import asyncio

import pytest
from aws_lambda_powertools import Logger

from chalicelib.config import Settings
from chalicelib.domain.errors import StoreUnavailable
from chalicelib.domain.leases import RENEW_INTERVAL, SESSION_TTL
from chalicelib.services.fleet import Orders
from ingest_container import node
from ingest_container.settings import IngestSettings


class FlakyMembership:
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


async def test_after_an_outage_the_next_renewal_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node, "RENEW_RETRY", 0.001)
    ingest = node.IngestNode(IngestSettings(), Settings(), Logger("test", level="CRITICAL"))
    membership = FlakyMembership(failures=20)
    monkeypatch.setattr(ingest, "_membership", membership)
    renewing = asyncio.create_task(ingest._renew())
    try:
        async with asyncio.timeout(SESSION_TTL / 1000):
            await membership.renewed_twice.wait()
    finally:
        renewing.cancel()
    first, second = membership.renewed_at
    assert second - first < 2 * RENEW_INTERVAL / 1000
