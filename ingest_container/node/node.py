"""One ingest node: wires its parts, listens, and stops in order."""

import asyncio
import gc
from functools import partial
from typing import TypeAlias

from aws_lambda_powertools import Logger

from chalicelib.aws import POOL
from chalicelib.config import Settings
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.streams import EndReason
from chalicelib.services.streams.fleet import Orders
from ingest_container import compiled
from ingest_container.base.clock import steady
from ingest_container.base.counts import NodeCounts
from ingest_container.base.settings import IngestSettings
from ingest_container.base.threads import Threads
from ingest_container.live.liveness import LivenessLimits
from ingest_container.live.telemetry import Telemetry
from ingest_container.net.gatekeeper import Gatekeeper, GateLimits
from ingest_container.node import parts
from ingest_container.node.admission import KEY_THREADS, Admission
from ingest_container.node.connections import Connections
from ingest_container.node.draining import Draining
from ingest_container.node.listening import RtmpListeners
from ingest_container.node.load import NodeLoad
from ingest_container.node.membership import Membership
from ingest_container.node.metrics import NodeMetrics
from ingest_container.node.moving import Moves
from ingest_container.node.playback import PLAYBACK_THREADS, Playback
from ingest_container.node.protection import task_protection
from ingest_container.node.readiness import NodeCondition
from ingest_container.node.rounds import Rounds
from ingest_container.node.watching import Watching

LEAST_FOR_RECORDINGS = 1.0  # seconds to finish them, however long the streams took to end
TELEMETRY_THREADS = 8  # one for each of its five workers, and three for the measures

Task: TypeAlias = asyncio.Task[None]


class IngestNode:
    """`run` serves until `stop` is called or the session is taken by another run of this node."""

    def __init__(self, settings: IngestSettings, shared: Settings, log: Logger) -> None:
        """Raises CannotListen, CertificateUnreadable."""
        self._settings = settings
        self._log = log
        self._stopping = asyncio.Event()
        # Separate pools, so that telemetry and the steps of streams do not delay each other.
        self._telemetry_threads = Threads(TELEMETRY_THREADS)
        self._threads = Threads(POOL - KEY_THREADS - TELEMETRY_THREADS - PLAYBACK_THREADS)
        publishers, viewers = parts.room(settings)
        counts = NodeCounts()
        self._playback = Playback(settings, log, counts, viewers) if settings.packaging else None
        self._telemetry = Telemetry(settings.node_id, self._telemetry_threads, log, counts)
        self._load = NodeLoad(settings, log)
        info = parts.node_info(settings, shared, self._playback.address if self._playback is not None else "")
        self._membership = Membership(info, self, self._threads, self._telemetry, log)
        self._gate = Gatekeeper(
            GateLimits(
                connections=publishers,
                unauthenticated=settings.max_unauthenticated,
                per_address=settings.max_connections_per_address,
            )
        )
        capacity = self._load.capacity
        self._moves = Moves(
            info, self._threads, log, counts, most=settings.max_moved, may_move=lambda: capacity.may_move
        )
        self._admission = Admission(
            self._membership,
            self._gate,
            self._threads,
            self._telemetry,
            log,
            limits=LivenessLimits(described=settings.first_media_seconds, silence=settings.silence_seconds),
            packaging=self._playback.packaging if self._playback is not None else None,
            waiting_room=partial(parts.waiting_room, settings, capacity),
            moves=self._moves,
        )
        self._connections = Connections(settings, self._gate, self._admission, self._telemetry, log)
        self._metrics = NodeMetrics(counts, self._admission, self._load, self._connections.open, self._playback)
        self._draining = Draining(
            settings, self._admission, self._membership, self._moves, log, stop=self.stop, failed=self._on_round_ended
        )
        self._certificates = parts.certificates(settings)
        self._health = parts.health_port(settings, lambda: self.condition, self._metrics)
        self._is_listening = False
        self._watching = Watching(settings.node_id, lambda: self.active, self._threads, log)

    # --- what the membership asks ------------------------------------------------------------------------------

    @property
    def active(self) -> int:
        return len(self._admission.broadcasts)

    def follow(self, orders: Orders) -> list[Order]:
        """Carries out the orders; returns those that are done."""
        self._draining.follow(orders)
        return self._admission.follow(list(orders.end))

    def check_leases(self) -> None:
        self._admission.broadcasts.check_leases()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def terminate(self) -> None:
        """Moves the streams to other nodes if there is time for it, and stops; called again, stops at once."""
        self._draining.terminate()

    def stop(self) -> None:
        """Ends the run: streams first, properly, then the node's session."""
        self._stopping.set()
        self._admission.stop()

    @property
    def condition(self) -> NodeCondition:
        """For the health port."""
        return NodeCondition(
            joined=self._is_listening,
            stopping=self.stopping or self._draining.is_terminating,
            draining=self._admission.is_draining,
            trusted=self._membership.has_valid_session,
            active=self.active,
            capacity=self._settings.capacity,
            full=self._load.capacity.not_ready(self._admission.taken),
        )

    # --- the run -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Joins the fleet, then listens. Raises CannotListen."""
        settings = self._settings
        listeners = RtmpListeners(settings, self._certificates)
        if self._health is not None:
            await self._health.start()
        await self._membership.join()
        listeners.start(self._connections)
        if self._playback is not None:
            await self._playback.start()
        worker = asyncio.create_task(self._telemetry.run())
        renewing = asyncio.create_task(self._membership.renew())
        rounds = [renewing, *self._begin_rounds()]
        for each in rounds:
            each.add_done_callback(self._on_round_ended)
        self._log.info(
            "Listening",
            event="listening",
            host=settings.rtmp_host,
            port=listeners.port,
            rtmps_port=listeners.rtmps_port,
            origin_port=self._playback.port if self._playback is not None else None,
            health_port=self._health.port if self._health is not None else None,
            node_id=settings.node_id,
            event_loop=type(asyncio.get_running_loop()).__module__,
            compiled=compiled.find("rtmp") is not None,
        )
        # What is there by now stays: no collection of garbage need look at it again, and none takes long.
        gc.collect()
        gc.freeze()
        self._is_listening = True
        try:
            await self._stopping.wait()
        finally:
            await self._shut_down(listeners, renewing, [*rounds, worker])

    def _begin_rounds(self) -> list[Task]:
        rounds = Rounds(
            self._admission.broadcasts.all,
            self._watching,
            self._telemetry,
            self._gate,
            self._connections.memory,
            self._certificates,
            self._log,
            self._on_sampled,
        )
        protection = task_protection(lambda: self.active + self._moves.count, self._log)
        loops = [
            self._load.lag.run(),
            rounds.tick(),
            rounds.measure(),
            rounds.look_after(),
            self._membership.watch_peers(),
            self._watching.run(),
            self._draining.watch_versions(),
            self._metrics.run(),
            *([] if protection is None else [protection.run()]),
        ]
        return [asyncio.create_task(loop) for loop in loops]

    def _on_sampled(self) -> None:
        admission = self._admission
        self._load.measure(admission.broadcasts.all, self._moves.sample())
        admission.load_changed()
        free = self._load.capacity.free(admission.taken) if admission.admits else 0
        self._membership.tell_load(free, self._load.measures)

    def _on_round_ended(self, task: Task) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._log.error("A background task failed: the node stops", event="task_failed", exc_info=task.exception())
            self.stop()

    # --- the end -----------------------------------------------------------------------------------------------

    async def _shut_down(self, listeners: RtmpListeners, renewing: Task, tasks: list[Task]) -> None:
        until = steady() + self._settings.stop_seconds
        self._draining.cancel()
        listeners.close()
        await self._end_all(renewing)
        if self._playback is not None:
            await self._playback.stop(max(LEAST_FOR_RECORDINGS, until - steady()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for threads in (self._threads, self._telemetry_threads, self._admission, self._membership):
            threads.close()
        if self._health is not None:
            await self._health.stop()
        self._log.info("Stopped", event="stopped", node_id=self._settings.node_id)

    async def _end_all(self, renewing: Task) -> None:
        """Ends and records every stream within `stop_seconds`, then gives the session back."""
        self._log.info("Stopping", event="stopping", streams=self.active)
        self._admission.stop()
        try:
            async with asyncio.timeout(self._settings.stop_seconds):
                await self._admission.end_all(EndReason.NODE_DRAINED)
                await self._connections.close_all(EndReason.NODE_DRAINED.value)
                await self._telemetry.flush()
                renewing.cancel()
                await self._membership.leave()
        except (TimeoutError, StoreUnavailable):
            self._log.error("Stopped before everything was recorded", event="stopped_early", streams=self.active)
