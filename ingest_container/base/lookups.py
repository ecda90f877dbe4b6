"""Answers of the database that many requests need: each asked for once at a time, and cached for a short while."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from chalicelib.domain.refusals import StoreUnavailable
from ingest_container.base.clock import steady

K = TypeVar("K")
V = TypeVar("V")

FRESH = 2.0  # seconds for which an answer is used: as long as a CDN keeps a multivariant playlist
STALE = 60.0  # seconds for which it is used while the database is unreachable
MOST = 10_000  # answers that are cached; the oldest gives way
# Lookups of what was not there, or is not known, that may be under way: anybody can ask for names without end, and what
# is there must not wait behind them.
MOST_UNKNOWN = 256


class Unavailable(Exception):
    """The database does not answer, or is asked for too much, and nothing is known from before."""


class Lookups(Generic[K, V]):
    """`ask` answers None for what is not there; that is cached as well."""

    def __init__(self, ask: Callable[[K], Awaitable[V | None]]) -> None:
        self._ask = ask
        self._known: dict[K, tuple[float, V | None]] = {}  # when it was asked, and the answer; the oldest first
        self._asking: dict[K, tuple[float, asyncio.Task[V | None]]] = {}
        self._unknown = 0

    async def get(self, key: K, since: float = float("-inf")) -> V | None:
        """An answer to a question that was asked after `since` (of `steady`). Raises Unavailable."""
        at, answer = self._known.get(key, (-STALE, None))
        if steady() - at < FRESH and at >= since:
            return answer
        began, asking = self._asking.get(key, (0.0, None))
        if asking is None or began < since:
            asking = self._begin(key, is_new=answer is None)
        return await asyncio.shield(asking)

    def _begin(self, key: K, *, is_new: bool) -> "asyncio.Task[V | None]":
        if is_new and self._unknown >= MOST_UNKNOWN:
            raise Unavailable()
        self._unknown += is_new
        began = steady()
        task = asyncio.create_task(self._look_up(key, began))
        self._asking[key] = began, task

        def ended(_: object) -> None:
            self._unknown -= is_new
            if self._asking.get(key) == (began, task):
                del self._asking[key]
            if not task.cancelled():
                task.exception()  # whoever asked may be gone

        task.add_done_callback(ended)
        return task

    async def _look_up(self, key: K, began: float) -> V | None:
        try:
            answer = await self._ask(key)
        except StoreUnavailable:
            at, known = self._known.get(key, (-STALE, None))
            if steady() - at >= STALE:
                raise Unavailable() from None
            return known
        self._known.pop(key, None)
        self._known[key] = began, answer
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return answer
