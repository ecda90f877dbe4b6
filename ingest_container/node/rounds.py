"""What a node does again and again: the broadcasts' tick, their measures, and what has to be looked after."""

import asyncio
from collections.abc import Callable, Collection

from aws_lambda_powertools import Logger

from ingest_container.base import heap
from ingest_container.base.clock import now_ms
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.telemetry import Telemetry
from ingest_container.net.gatekeeper import Gatekeeper
from ingest_container.net.memory import MemoryBudget
from ingest_container.net.tls import Certificates, CertificateUnreadable
from ingest_container.node.watching import Watching

TICK = 0.5  # seconds between looks at silence and grace
PULSE_EVERY = 5  # seconds between the rows of a stream's measures
FIRST_PULSE = 2  # seconds after the first media: so soon a dashboard that is opened late has a bitrate
HOUSEKEEPING_EVERY = 5.0  # seconds between looks at the certificate's files and reports of refused connections
FREE_MEMORY_AFTER = 64  # closed connections since the last time


class Rounds:
    """Coroutines that run until they are cancelled. A defect met in one broadcast ends that one alone (SS-5.1)."""

    def __init__(
        self,
        broadcasts: Collection[Broadcast],
        watching: Watching,
        telemetry: Telemetry,
        gate: Gatekeeper,
        memory: MemoryBudget,
        certificates: Certificates | None,
        log: Logger,
        sampled: Callable[[], None] = lambda: None,
    ) -> None:
        """`broadcasts` is a view of those that are there at present; `sampled` is called when all were sampled."""
        self._broadcasts = broadcasts
        self._watching = watching
        self._telemetry = telemetry
        self._gate = gate
        self._memory = memory
        self._certificates = certificates
        self._log = log
        self._sampled = sampled

    async def tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            if loop.time() - due > TICK:  # the loop was busy: what came meanwhile is read and accepted first
                continue
            for broadcast in list(self._broadcasts):
                try:
                    broadcast.tick()
                except Exception as error:
                    broadcast.fail(error)

    async def measure(self) -> None:
        """Once a second: samples all meters, sends what is watched, stores every stream's pulse now and then."""
        loop = asyncio.get_running_loop()
        second = 0
        next_at = loop.time()
        pending: set[asyncio.Task[None]] = set()
        while True:
            next_at = max(next_at + 1, loop.time())
            await asyncio.sleep(next_at - loop.time())
            second += 1
            now = now_ms()
            watched, due = [], []
            for broadcast in list(self._broadcasts):
                try:
                    broadcast.sample(loop.time())
                    is_watched = broadcast.key.channel_id in self._watching.channels
                    is_due = _is_due(broadcast, second, now)
                    if (is_watched or is_due) and (pulse := broadcast.pulse(now, to_store=is_due)) is not None:
                        watched += [pulse] if is_watched else []
                        due += [pulse] if is_due else []
                except Exception as error:
                    broadcast.fail(error)
            self._sampled()
            for sending in (self._telemetry.send_metrics(watched), self._telemetry.store_pulses(due)):
                task = asyncio.create_task(sending)
                pending.add(task)
                task.add_done_callback(pending.discard)

    async def look_after(self) -> None:
        """Loads a renewed certificate, reports refused connections in one line for all, and gives memory back."""
        freed_at = 0  # closed connections by then
        while True:
            await asyncio.sleep(HOUSEKEEPING_EVERY)
            if rejected := self._gate.take_rejected():
                self._telemetry.counts.rejected.update(rejected)
                self._log.warning("Connections rejected", event="connections_rejected", extra={"reasons": rejected})
            if closed := self._memory.take_closed():
                self._log.warning(
                    "Connections closed: too many bytes in unfinished messages",
                    event="memory_limit_reached",
                    closed=closed,
                    held_bytes=self._memory.total,
                )
            try:
                if self._certificates is not None and self._certificates.reload_if_changed():
                    self._log.info("TLS certificate reloaded", event="certificate_reloaded")
            except CertificateUnreadable as unreadable:
                self._log.error(
                    "TLS certificate unreadable: the previous one stays in use",
                    event="certificate_unreadable",
                    detail=str(unreadable),
                )
            if self._gate.closed_count - freed_at >= FREE_MEMORY_AFTER:
                freed_at = self._gate.closed_count
                await asyncio.to_thread(heap.give_back)


def _is_due(broadcast: Broadcast, second: int, now: int) -> bool:
    """Whether a row of its measures is to be written: each in its turn, so that a thousand do not make one burst."""
    if (second + ord(broadcast.stream_id[-1])) % PULSE_EVERY == 0:
        return True
    started_at = broadcast.hold.started_at
    return started_at is not None and 0 <= now - started_at - FIRST_PULSE * 1000 < 1000
