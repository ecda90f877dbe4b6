"""At capacity: publishers with a valid key wait for a place instead of being refused (SS-5.2).

    no place --queue full--> AtCapacity
       |
       wait: ping every 10 s --no answer within 5 s--> Abandoned
       |         |
       |         +--longest wait over--> AtCapacity
       |         +--a peer has room--> moved there
       place freed: the first in line has it

An encoder waits for the answer to its publish as long as it receives something now and then (OBS: up to 31 s without a
byte), and answers pings. One that is gone does not answer, though its socket may stay open. A free place is given to
the first in line directly: no newcomer can take it in between.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias, TypeVar

from chalicelib.domain.refusals import AtCapacity, KeyInUse, NodeDraining
from ingest_container.live.publish import Abandoned

PING_EVERY = 10.0
PONG_WITHIN = 5.0
LOOK_EVERY = 2.0  # seconds between two looks for a peer with room

T = TypeVar("T")
Meanwhile: TypeAlias = Callable[[int], Awaitable[T | None]]


class Waiter(Protocol):
    """A connection whose publish has not been answered yet."""

    def ping(self) -> "asyncio.Future[None]":
        """Asks for a sign of life; done when it came."""


class WaitingRoom:
    """Hands out places. `held` says how many are taken by broadcasts; those under way are counted here."""

    def __init__(
        self,
        places: int,
        held: Callable[[], int],
        *,
        length: int,
        longest_wait: float,
        ping_every: float = PING_EVERY,
        pong_within: float = PONG_WITHIN,
        look_every: float = LOOK_EVERY,
        has_room: Callable[[int], bool] = lambda taken: True,
    ) -> None:
        """`has_room`: whether what else limits the node leaves a place beside so many; call `freed` when it changes."""
        self._places = places
        self._held = held
        self._length = length
        self.longest_wait = longest_wait
        self._ping_every = ping_every
        self._pong_within = pong_within
        self._look_every = look_every
        self._has_room = has_room
        self._under_way = 0  # places promised to publishers that are not broadcasts yet
        # In the order of arrival: the channel, and a future that tells whether it is their turn.
        self._waiting: dict[Waiter, tuple[str, asyncio.Future[bool]]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def taken(self) -> int:
        """Places that broadcasts have, or publishers that will be."""
        return self._held() + self._under_way

    @property
    def is_open(self) -> bool:
        """Whether a new publisher would get a place without waiting."""
        return not self._waiting and self._is_free

    async def place(self, waiter: Waiter, channel_id: str, meanwhile: Meanwhile[T] | None = None) -> T | None:
        """None: with a place; call `settled` afterwards. Raises a subclass of PublishRefused, or Abandoned.

        While it waits, `meanwhile` is called every few seconds, with the number of those ahead; what it finds, other
        than None, ends the wait without a place, and is returned.
        """
        if self.is_open:
            self._under_way += 1
            return None
        if any(waiting == channel_id for waiting, _ in self._waiting.values()):
            raise KeyInUse("Another connection of this channel is already waiting for a place", channel_id=channel_id)
        if len(self._waiting) >= self._length:
            raise AtCapacity(channel_id=channel_id)
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = (channel_id, turn)
        try:
            return await self._wait(waiter, turn, channel_id, meanwhile)
        finally:
            self._waiting.pop(waiter, None)

    def settled(self) -> None:
        """A publisher with a place has its broadcast now, or failed to get one."""
        self._under_way -= 1
        self.freed()

    def freed(self) -> None:
        """Places may have become free: the first in line get them."""
        while self._waiting and self._is_free:
            waiter = next(iter(self._waiting))
            _, turn = self._waiting.pop(waiter)
            self._under_way += 1
            turn.set_result(True)

    def left(self, waiter: Waiter) -> None:
        """Its connection is gone."""
        if waiter in self._waiting:
            _, turn = self._waiting.pop(waiter)
            turn.set_result(False)

    def dismiss(self) -> None:
        """No more places will become free: refuses all waiting publishers."""
        for _, turn in self._waiting.values():
            turn.set_exception(NodeDraining())
        self._waiting.clear()

    @property
    def _is_free(self) -> bool:
        return self.taken < self._places and self._has_room(self.taken)

    async def _wait(
        self, waiter: Waiter, turn: "asyncio.Future[bool]", channel_id: str, meanwhile: Meanwhile[T] | None
    ) -> T | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self.longest_wait
        ping_at = loop.time() + self._ping_every
        while True:
            next_at = min(ping_at, until, loop.time() + self._look_every if meanwhile is not None else until)
            await asyncio.wait((turn,), timeout=next_at - loop.time())
            if not turn.done() and loop.time() >= until:
                raise AtCapacity(
                    f"All ingest places are taken and none became free within {self.longest_wait:.0f} s",
                    channel_id=channel_id,
                )
            if not turn.done() and loop.time() >= ping_at:
                await self._ping(waiter, turn)
                ping_at = loop.time() + self._ping_every
            if not turn.done() and meanwhile is not None:
                found = await meanwhile(list(self._waiting).index(waiter))
                if found is not None:
                    if turn.done() and turn.exception() is None and turn.result():
                        self.settled()  # the place that it was given too
                    return found
            if turn.done():
                if not turn.result():
                    raise Abandoned
                return None

    async def _ping(self, waiter: Waiter, turn: "asyncio.Future[bool]") -> None:
        pong = waiter.ping()
        await asyncio.wait((turn, pong), timeout=self._pong_within, return_when=asyncio.FIRST_COMPLETED)
        if not turn.done() and not pong.done():
            raise Abandoned
