"""A node's streams are moved to its peers: the node takes no new ones, and sends its encoders away one by one.

told to drain --notice--> a stream is handed over --pause--> the next one ... --all gone, or the deadline--> done
                          `--no peer has room--> it waits

A stream that is handed over keeps its id: its connection is closed, its lease released, and its encoder reconnects
within the grace period as after any interruption, to a node that is ready. One that comes back here is handed over
again later. What no peer has room for stays until the deadline.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from aws_lambda_powertools import Logger

from ingest_container.base.clock import steady

SETTLE = 12.0  # seconds before the deadline by which all are handed over: a grace period, and the writes after it
AGAIN = 10.0  # seconds until a stream that came back here is handed over again
LOOK_EVERY = 0.5
LEAST_PAUSE = 0.01
ROOM_EVERY = 2.0  # seconds between looks at the peers' places
COUNTED_AFTER = 5.0  # seconds until a stream that was handed over is in its new node's count: reconnect, and renewal


class Movable(Protocol):
    """A broadcast, or a connection that is carried on to a peer."""

    @property
    def stream_id(self) -> str: ...

    @property
    def is_live(self) -> bool: ...

    def hand_over(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Schedule:
    """Between `start` and `end` streams are handed over, evenly. Pure: times are of one clock, in seconds."""

    start: float
    end: float

    @classmethod
    def of(cls, now: float, deadline: float, notice: float) -> "Schedule":
        """`notice`: seconds until nobody is sent here any more. A short time is divided in three."""
        end = max(now, deadline - min(SETTLE, (deadline - now) / 3))
        return cls(min(now + notice, end), end)

    def pause(self, now: float, left: int) -> float:
        """Seconds until the next stream, when so many are left."""
        return max(LEAST_PAUSE, (self.end - now) / max(1, left))


@dataclass
class Handovers:
    """Which stream is next, and for how many the peers have room beside those that are on their way to them."""

    _at: dict[str, float] = field(default_factory=dict)  # when each was handed over last

    def due(self, now: float, streams: Iterable[Movable]) -> list[Movable]:
        """Those to be handed over: first the ones that never were, then those for which it was longest ago."""
        due = (one for one in streams if one.is_live and now >= self._last(one) + AGAIN)
        return sorted(due, key=self._last)

    def done(self, now: float, stream: Movable) -> None:
        self._at[stream.stream_id] = now

    def under_way(self, now: float) -> int:
        return sum(1 for at in self._at.values() if now < at + COUNTED_AFTER)

    @property
    def count(self) -> int:
        return len(self._at)

    def _last(self, stream: Movable) -> float:
        return self._at.get(stream.stream_id, float("-inf"))


class Drain:
    """`run` until the node's streams are gone or the deadline is reached."""

    def __init__(
        self,
        streams: Callable[[], Collection[Movable]],
        room_elsewhere: Callable[[], Awaitable[int]],
        log: Logger,
        notice: float,
    ) -> None:
        """`streams` answers those that are there at present."""
        self._streams = streams
        self._room_elsewhere = room_elsewhere
        self._log = log
        self._notice = notice
        self._room = 0
        self._room_at = float("-inf")

    async def run(self, deadline: float) -> None:
        began = steady()
        schedule, handovers = Schedule.of(began, deadline, self._notice), Handovers()
        left, seconds = len(self._streams()), round(deadline - began)
        self._log.info("Draining", event="drain_started", left=left, seconds=seconds)
        next_at, waits = schedule.start, False
        while (streams := self._streams()) and (now := steady()) < deadline:
            due = handovers.due(now, streams) if now >= next_at else []
            if due and await self._has_room(handovers):
                stream, left = due[0], len(due) - 1
                stream.hand_over()
                handovers.done(steady(), stream)
                self._log.info("Stream handed over", event="stream_handed_over", stream_id=stream.stream_id, left=left)
                next_at, waits = steady() + schedule.pause(steady(), left), False
            elif due and not waits:
                waits = True
                self._log.warning("Streams stay here: no other node has room", event="drain_waits")
            due_in = next_at - steady()
            await asyncio.sleep(min(LOOK_EVERY, due_in if due_in > 0 else LOOK_EVERY))
        left, took = len(self._streams()), round(steady() - began, 1)
        self._log.info("Drained", event="drain_finished", handed_over=handovers.count, left=left, seconds=took)

    async def _has_room(self, handovers: Handovers) -> bool:
        if steady() >= self._room_at + ROOM_EVERY:
            self._room, self._room_at = await self._room_elsewhere(), steady()
        return self._room > handovers.under_way(steady())
