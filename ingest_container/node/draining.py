"""Why a node drains: an operator ordered it, or the node was told to stop.

order, no deadline     no new streams; those that are here stay until they end, or the order is taken back
order, deadline        no new streams; those that are here are on other nodes by then, or ended
a newer version        the node gives itself an order with a deadline, `replaced_drain_seconds` from then
SIGTERM                the same, within `drain_seconds`, and the node stops after it; cannot be taken back
a second SIGTERM       the node stops at once, and ends what is left
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from chalicelib.domain.streams import EndReason
from chalicelib.services.streams.fleet import Orders
from ingest_container.base.clock import now_ms, steady
from ingest_container.base.settings import IngestSettings
from ingest_container.live.publish import Connection
from ingest_container.node.admission import Admission
from ingest_container.node.drain import Drain, Movable
from ingest_container.node.membership import Membership
from ingest_container.node.moving import Moves

VERSIONS_EVERY = 20.0  # seconds between looks at the versions of the other nodes


@dataclass(frozen=True, slots=True)
class CarriedOn:
    """A connection whose stream is on a peer: closed here, its encoder connects to a node directly."""

    connection: Connection

    @property
    def stream_id(self) -> str:
        return f"connection-{id(self.connection)}"

    @property
    def is_live(self) -> bool:
        return not self.connection.is_gone

    def hand_over(self) -> None:
        self.connection.close(EndReason.NODE_DRAINED.value)


class Draining:
    """Of one node. `failed` is told of a task that ended by itself."""

    def __init__(
        self,
        settings: IngestSettings,
        admission: Admission,
        membership: Membership,
        moves: Moves,
        log: Logger,
        *,
        stop: Callable[[], None],
        failed: Callable[[asyncio.Task[None]], None],
    ) -> None:
        self.is_terminating = False
        self._seconds = settings.drain_seconds
        self._notice = settings.drain_notice_seconds
        self._replaced_seconds = settings.replaced_drain_seconds
        self._admission = admission
        self._moves = moves
        self._membership = membership
        self._log = log
        self._stop = stop
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self._until: int | None = None  # the order's deadline: wall clock, ms

    def follow(self, orders: Orders) -> None:
        """What the node's row says, with each renewal."""
        if self.is_terminating:
            return
        self._admission.set_draining(orders.draining)
        until = orders.drain_until if orders.draining else None
        if until == self._until:
            return
        self._until = until
        self.cancel()
        if until is not None:
            self._start(self._empty(steady() + max(0, until - now_ms()) / 1000))

    async def watch_versions(self) -> None:
        """Once a newer version was deployed, the node drains; only once, so that an operator can take it back."""
        replaced = not self._replaced_seconds
        while True:
            await asyncio.sleep(VERSIONS_EVERY)
            if not replaced and not self.is_terminating:
                replaced = await self._membership.drain_if_replaced(self._replaced_seconds)
                if replaced:
                    self._log.info("A newer version was deployed: the node drains", event="node_replaced")

    def terminate(self) -> None:
        """The node was told to stop; at once if it is told again."""
        if self.is_terminating or not self._seconds or not self._streams():
            self._stop()
            return
        self.is_terminating = True
        self.cancel()
        self._admission.set_draining(True)
        self._start(self._empty_and_stop(steady() + self._seconds))

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _streams(self) -> list[Movable]:
        """Those of this node, and the connections that it carries on to peers."""
        return [*self._admission.broadcasts.all, *map(CarriedOn, self._moves.carried)]

    def _start(self, drain: Coroutine[None, None, None]) -> None:
        self._task = asyncio.create_task(drain)
        self._task.add_done_callback(self._failed)

    async def _empty(self, deadline: float) -> None:
        drain = Drain(self._streams, self._membership.room_elsewhere, self._log, self._notice)
        await drain.run(deadline)
        self._admission.broadcasts.end_left(EndReason.NODE_DRAINED)

    async def _empty_and_stop(self, deadline: float) -> None:
        await self._membership.drain()
        await self._empty(deadline)
        self._stop()
