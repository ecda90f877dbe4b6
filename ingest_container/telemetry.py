"""What others get to know: state changes in order, metrics of what is watched, pulses of everything, audit records."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import PublishRefused, StoreUnavailable
from chalicelib.domain.events import AnyEvent, EventName, Pulse, StreamMetrics, StreamStateChange
from chalicelib.domain.timeline import Entry, refused_at
from chalicelib.services import news, records
from ingest_container.clock import now_ms
from ingest_container.threads import Threads

MAX_WAITING = 10_000  # events and entries; past it the newest are dropped, logged and counted
BATCH = 10
RETRY = 1.0  # seconds until the next attempt while the database is away
PULSES_AN_EVENT = 300  # a pulse is about 400 bytes, PutEvents takes 256 KB


class Telemetry:
    """One worker keeps the order of state changes. Nothing here may ever hold up media."""

    def __init__(self, node_id: str, threads: Threads, log: Logger) -> None:
        self._node_id = node_id
        self._threads = threads
        self._log = log
        self._queue: asyncio.Queue[StreamStateChange | Entry] = asyncio.Queue(MAX_WAITING)
        self._refusals = itertools.count(now_ms() << 8)  # grows within and across runs of a node
        self._metrics_sending = False

    def tell(self, event: StreamStateChange) -> None:
        """A state change: onto the bus and into the stream's timeline, in the order told."""
        self._put(event)

    def tell_refused(self, error: PublishRefused, client_ip: str | None) -> None:
        """The reason, onto the dashboard of the channel whose key it was; nobody's dashboard for an unknown key."""
        if error.channel_id is not None:
            self._put(
                StreamStateChange(
                    event_name=EventName.STREAM_REFUSED,
                    channel_id=error.channel_id,
                    key_id=error.key_id,
                    node_id=self._node_id,
                    seq=next(self._refusals),
                    at=now_ms(),
                    reason=error.code,
                    detail=error.detail,
                    action=error.action,
                    client_ip=client_ip,
                )
            )

    def audit(self, record: dict[str, Any], stream_id: str | None, seq: int | None) -> None:
        """The audit record of one connection that asked to publish (SS-5.3)."""
        where = stream_id or refused_at(self._node_id)
        self._put(Entry(where, next(self._refusals) if seq is None else seq, now_ms(), "connection", record))

    def _put(self, item: StreamStateChange | Entry) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self._log.error("telemetry queue is full: an event was dropped")

    async def run(self) -> None:
        """The worker; ends by cancellation."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._deliver(batch)
            except Exception:  # whatever is wrong with these, those that come after them are to be told
                self._log.exception("events and records were dropped", count=len(batch))
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _deliver(self, batch: list[StreamStateChange | Entry]) -> None:
        """Onto the bus once, into the timelines as soon as the database answers."""
        await self._threads.run(news.publish, [item for item in batch if isinstance(item, StreamStateChange)])
        while True:
            try:
                await self._threads.run(records.keep, batch)
                return
            except StoreUnavailable:
                self._log.warning("timelines wait: the database cannot be reached", waiting=self._queue.qsize())
                await asyncio.sleep(RETRY)

    async def flush(self) -> None:
        """Returns when all that was told is delivered."""
        await self._queue.join()

    async def send_metrics(self, watched: list[Pulse]) -> None:
        """All that is watched, in as few events as fit. While they are under way the next are left out: too late."""
        if not watched or self._metrics_sending:
            return
        self._metrics_sending = True
        try:
            for start in range(0, len(watched), PULSES_AN_EVENT):
                pulses = watched[start : start + PULSES_AN_EVENT]
                event: Sequence[AnyEvent] = [StreamMetrics(node_id=self._node_id, at=now_ms(), pulses=pulses)]
                await self._threads.run(news.publish, event)
        finally:
            self._metrics_sending = False

    async def store_pulses(self, measured: list[Pulse]) -> None:
        if measured:
            try:
                await self._threads.run(records.keep_pulses, measured)
            except StoreUnavailable:
                self._log.warning("pulses were lost: the database cannot be reached", count=len(measured))
