r"""A node's membership of the fleet: its session, the orders it gets, and the peers it watches.

join --> renew ...               `renewal`'s thread renews; the loop signals that it is alive and follows the orders
    \--> watch_peers --2 s--> ...    ends the streams that a dead peer left
leave
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from typing import Protocol

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import SessionTaken
from chalicelib.domain.events import NodeChange, StreamStateChange
from chalicelib.domain.leases import CLOCK_MARGIN
from chalicelib.domain.nodes import NodeInfo, NodeMeasures
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services import bus
from chalicelib.services.streams import fleet
from chalicelib.services.streams.fleet import NodeMembership, Orders
from chalicelib.services.streams.reaping import Reaper
from ingest_container.base.clock import clock, now_ms
from ingest_container.base.retry import Backoff, until_available
from ingest_container.base.threads import Threads
from ingest_container.live.telemetry import Telemetry
from ingest_container.node.renewal import Renewal, Renewed

JOIN_BACKOFF = Backoff(1.0, 1.0)  # while the database is unreachable
BEAT = 0.25  # seconds between two heartbeats of the event loop
PATIENCE = 5.0  # seconds; OBS waits 31 s for an answer to publish, and takes a refusal for final
SWEEP_EVERY = 2.0  # seconds between looks at the peers' sessions
SWEEP_SPREAD = 0.4  # seconds over which the watchers of a dead node spread when they wait for the same grace to end


class Node(Protocol):
    """The node, as its membership sees it."""

    @property
    def active(self) -> int:
        """How many broadcasts run."""

    @property
    def stopping(self) -> bool: ...

    def follow(self, orders: Orders) -> list[Order]:
        """Does as ordered; answers the orders that are done with."""

    def check_leases(self) -> None:
        """The session was in doubt for a while: others may have taken what it held."""

    def stop(self) -> None:
        """Another run of this node took over."""


class _Stopping(Exception):
    """The node stops before it has joined."""


class Membership:
    """`join`, then run `renew` and `watch_peers`, then `leave`."""

    def __init__(self, info: NodeInfo, node: Node, threads: Threads, telemetry: Telemetry, log: Logger) -> None:
        self.info = info
        self._node = node
        self._threads = threads
        self._telemetry = telemetry
        self._log = log
        self._session = NodeMembership(info)
        self._renewal: Renewal | None = None
        self._renewed = asyncio.Event()
        self._acknowledging: set[asyncio.Task[None]] = set()
        self._alone = Threads(1)  # for what begins and ends the session: nothing else holds it up

    async def is_trusted(self) -> bool:
        """Whether what this node claims is its own; a session in doubt has a few seconds to be renewed."""
        if not self.has_valid_session:
            self._renewed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._renewed.wait()
        return self.has_valid_session

    @property
    def has_valid_session(self) -> bool:
        """Whether what this node claims is its own at this moment."""
        return self._session.is_trusted(clock.steady_ms())

    @property
    def may_declare_dead(self) -> bool:
        """Whether it may take a peer whose session has run out for dead: not by a clock that the system's denies."""
        return self._session.may_declare_dead(clock.steady_ms()) and abs(clock.step_ms()) < CLOCK_MARGIN

    def tell_load(self, free: int, measures: NodeMeasures) -> None:
        """How many more publishers there is room for, for peers and the control plane, and what was measured, for
        administrators: with the next renewal."""
        self._session.free, self._session.measures = free, measures

    async def until_it_may_declare_dead(self) -> None:
        """A session's time at most, if its own is kept."""
        await asyncio.sleep(self._session.may_declare_dead_in(clock.steady_ms()) / 1000)

    async def join(self) -> None:
        """Until the database answers: a node that cannot claim has nothing to serve."""
        await self._threads.run(fleet.warm_up)
        with contextlib.suppress(_Stopping):
            await until_available(self._join, JOIN_BACKOFF, self._on_join_failed)

    async def _join(self) -> None:
        if self._node.stopping:
            raise _Stopping
        now = clock.steady_ms()
        await self._alone.run(self._session.join, now, now_ms() - now)
        await self._publish_change("started")

    def _on_join_failed(self) -> None:
        self._log.warning("Waiting for the database", event="database_awaited", node_id=self.info.node_id)

    async def drain(self) -> None:
        """Tells the others that this node is about to stop, if the database answers."""
        await self._quietly(self._alone.run(self._session.drain, now_ms()))

    async def drain_if_replaced(self, within: float) -> bool:
        """Whether it ordered itself to drain, since a newer version was deployed; so many seconds are for it."""
        try:
            return await self._threads.run(self._session.drain_if_replaced, now_ms(), round(within * 1000))
        except StoreUnavailable:
            return False

    async def room_elsewhere(self) -> int:
        """How many publishers the other nodes have places for; none while that cannot be known."""
        try:
            return await self._threads.run(self._session.room_elsewhere, now_ms())
        except StoreUnavailable:
            return 0

    async def leave(self) -> None:
        """Gives the session back; `renew` must not run any more. Raises StoreUnavailable."""
        if self._renewal is not None:
            self._renewal.stop()
            await self._alone.run(self._renewal.join)  # else the renewal under way would overtake the end
        await self._alone.run(self._session.leave, now_ms())
        await self._publish_change("stopped")

    def close(self) -> None:
        self._alone.close()

    async def _publish_change(self, change: str) -> None:
        node = self.info
        event = NodeChange.model_validate(
            {"node_id": node.node_id, "incarnation": node.incarnation, "change": change, "at": now_ms()}
        )
        await self._threads.run(bus.publish, [event])

    async def renew(self) -> None:
        """Shows the renewing thread that the loop lives, and follows the orders that it brings.

        Ends when another run took the session. Raises what ended the thread otherwise.
        """
        renewal = self._renewal = Renewal(
            self._session, lambda: self._node.active, clock, self._log, self._telemetry.counts
        )
        renewal.start()
        try:
            while True:
                renewal.beat()
                try:
                    async with asyncio.timeout(BEAT):
                        answer = await renewal.answers.get()
                except TimeoutError:
                    if not renewal.is_running and renewal.answers.empty():
                        raise RuntimeError("the thread that renews the session is gone") from None
                    continue
                if isinstance(answer, SessionTaken):
                    self._log.error(
                        "Another process took the session of this node",
                        event="session_taken",
                        node_id=self.info.node_id,
                    )
                    self._node.stop()
                    return
                if isinstance(answer, BaseException):
                    raise RuntimeError("the session cannot be renewed") from answer
                self._follow(answer)
        finally:
            renewal.stop()

    def _follow(self, renewed: Renewed) -> None:
        self._renewed.set()
        if renewed.in_doubt:
            self._node.check_leases()
        if handled := self._node.follow(renewed.orders):
            task = asyncio.create_task(self._quietly(self._threads.run(self._session.acknowledge, handled)))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)

    async def watch_peers(self) -> None:
        """Ends what dead peers left, and what an earlier run of this node left."""
        reaper = Reaper(self.info, lambda _: self.may_declare_dead)
        while True:
            await self._quietly(self._announce(reaper.sweep))
            pause = SWEEP_EVERY
            if reaper.next_end is not None:
                # A dead node's channel is promised to be OFFLINE in 10 s, of which its session and grace take 9. Its
                # watchers wait for the same moment: spread, they find much of each other's work done.
                pause = min(pause, max(0.0, (reaper.next_end - now_ms()) / 1000) + random.uniform(0, SWEEP_SPREAD))  # noqa: S311
            await asyncio.sleep(pause)

    async def _announce(self, sweep: Callable[[int], list[StreamStateChange]]) -> None:
        for event in await self._threads.run(sweep, now_ms()):
            self._log.info("Ended a stream of a dead node", event="stream_reaped", stream_id=event.stream_id)
            self._telemetry.publish(event)

    async def _quietly(self, step: Awaitable[None]) -> None:
        """A step whose failure the next round repairs."""
        try:
            await step
        except StoreUnavailable:
            self._log.warning("Round skipped: the database is unreachable", event="round_skipped")
        except Exception:  # one bad row must not stop every node that looks at it
            self._log.exception("A background task failed: it is retried in the next round", event="round_failed")
