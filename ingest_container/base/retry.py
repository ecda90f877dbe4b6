"""Calls that are repeated while the database is unreachable."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.refusals import StoreUnavailable

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds between attempts: the pause doubles up to `longest`."""

    first: float
    longest: float


async def until_available(
    call: Callable[[], Awaitable[R]], backoff: Backoff, on_unavailable: Callable[[], None] = lambda: None
) -> R:
    """The result of the first attempt that the database answers, or what that attempt raises.

    `on_unavailable` is told of each attempt that failed; what it raises ends the attempts.
    """
    pause = backoff.first
    while True:
        try:
            return await call()
        except StoreUnavailable:
            on_unavailable()
        await asyncio.sleep(pause)
        pause = min(pause * 2, backoff.longest)
