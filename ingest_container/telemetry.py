"""What others get to know: state changes in order, metrics of what is watched, pulses of everything, audit records."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar

from aws_lambda_powertools import Logger

from chalicelib.domain.events import AnyEvent, EventName, Pulse, StreamMetrics, StreamStateChange
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.domain.timeline import Entry, refused_at
from chalicelib.services import news, records
from ingest_container.clock import now_ms
from ingest_container.threads import Threads

MAX_WAITING = 10_000  # events and entries; past it the newest are dropped, logged and counted
BATCH = 10
RETRY = 1.0  # seconds until the next attempt while the database is away
PULSES_BYTES = 200_000  # of an event's; PutEvents takes 256 KB


T = TypeVar("T")


class Telemetry:
    """One worker a destination keeps the order of state changes. Nothing here may ever hold up media."""

    def __init__(self, node_id: str, threads: Threads, log: Logger) -> None:
        self._node_id = node_id
        self._threads = threads
        self._log = log
        self._news: asyncio.Queue[StreamStateChange] = asyncio.Queue(MAX_WAITING)
        self._records: asyncio.Queue[StreamStateChange | Entry] = asyncio.Queue(MAX_WAITING)
        self._refusals = itertools.count(now_ms() << 8)  # grows within and across runs of a node
        self._metrics_sending = False

    def tell(self, event: StreamStateChange) -> None:
        """A state change: onto the bus and into the stream's timeline, in the order told."""
        self._put(self._news, event)
        self._put(self._records, event)

    def tell_refused(self, error: PublishRefused, client_ip: str | None) -> None:
        """The reason, onto the dashboard of the channel whose key it was; nobody's dashboard for an unknown key."""
        if error.channel_id is not None:
            self._put(
                self._news,
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
                ),
            )

    def audit(self, record: dict[str, Any], stream_id: str | None, seq: int | None) -> None:
        """The audit record of one connection that asked to publish (SS-5.3)."""
        where = stream_id or refused_at(self._node_id)
        entry = Entry(where, next(self._refusals) if seq is None else seq, now_ms(), "connection", record)
        self._put(self._records, entry)

    def _put(self, queue: "asyncio.Queue[T]", item: T) -> None:
        try:
            queue.put_nowait(item)
        except asyncio.QueueFull:
            self._log.error("telemetry queue is full: an event was dropped")

    async def run(self) -> None:
        """Two workers, so that news goes out while the database is away; ends by cancellation."""
        async with asyncio.TaskGroup() as workers:
            workers.create_task(self._work(self._news, self._publish))
            workers.create_task(self._work(self._records, self._keep))

    async def _work(self, queue: "asyncio.Queue[T]", deliver: Callable[[list[T]], Awaitable[None]]) -> None:
        while True:
            batch = [await queue.get()]
            while len(batch) < BATCH and not queue.empty():
                batch.append(queue.get_nowait())
            try:
                await deliver(batch)
            except Exception:  # whatever is wrong with these, those that come after them are to be told
                self._log.exception("events or records were dropped", count=len(batch))
            finally:
                for _ in batch:
                    queue.task_done()

    async def _publish(self, batch: list[StreamStateChange]) -> None:
        await self._threads.run(news.publish, batch)

    async def _keep(self, batch: list[StreamStateChange | Entry]) -> None:
        """Into the timelines as soon as the database answers."""
        while True:
            try:
                await self._threads.run(records.keep, batch)
                return
            except StoreUnavailable:
                self._log.warning("timelines wait: the database cannot be reached", waiting=self._records.qsize())
                await asyncio.sleep(RETRY)

    async def flush(self) -> None:
        """Returns when all that was told is delivered."""
        await self._news.join()
        await self._records.join()

    async def send_metrics(self, watched: list[Pulse]) -> None:
        """All that is watched, in as few events as fit. While they are under way the next are left out: too late."""
        if not watched or self._metrics_sending:
            return
        self._metrics_sending = True
        try:
            for pulses in _that_fit(watched):
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


def _that_fit(pulses: list[Pulse]) -> Iterator[list[Pulse]]:
    """All of them, as many at a time as one event holds."""
    batch: list[Pulse] = []
    size = 0
    for pulse in pulses:
        own = len(pulse.model_dump_json().encode())
        if batch and size + own > PULSES_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(pulse)
        size += own
    yield batch
