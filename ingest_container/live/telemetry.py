"""What the node reports: state changes in order, metrics of watched streams, pulses of all streams, audit records.

Records of streams and of refused connections share neither a queue nor a worker. Those of streams are not dropped: each
state change waits for its write, and each audit record is that of a connection that held a place, so few wait at any
time. Refusals are sampled and counted (`refusals`).
"""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from aws_lambda_powertools import Logger

from chalicelib.domain.events import (
    PublisherWaiting,
    StreamHealthChange,
    StreamMetrics,
    StreamStateChange,
    stream_refused,
)
from chalicelib.domain.measures import Pulse
from chalicelib.domain.refusal_reports import SUMMARY
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.domain.samples import SampleRow
from chalicelib.domain.timeline import ConnectionRecord, Entry, refused_at
from chalicelib.services import bus
from chalicelib.services.streams import records
from ingest_container.base.clock import now_ms, steady_ms
from ingest_container.base.counts import NodeCounts
from ingest_container.base.retry import Backoff, until_available
from ingest_container.base.threads import Threads
from ingest_container.live.refusals import RefusalSampler

MAX_WAITING = 100_000  # events and records of streams; hundreds for each place, which no stream comes near
MAX_SAMPLES = 10_000  # rows of samples: of a thousand streams in the ten minutes in which the database may be away
MAX_REFUSALS = 200  # of refused connections; past it they are only counted
MAX_STORING = 2  # batches of pulses under way
SUMMARY_EVERY = 10.0  # seconds between summaries of the refusals that were not reported one by one
REFUSALS_FLUSH = 1.0  # seconds that a stopping node gives them
BATCH = 25  # rows of a BatchWriteItem; PutEvents takes ten of them a request
BACKOFF = Backoff(1.0, 1.0)  # while the database is unreachable
VIEWERS_EVERY = 5  # of the events with measures one is for viewers too, who are many and are shown little of it
PULSES_BYTES = 200_000  # of an event's; PutEvents takes 256 KB


StreamChange = StreamStateChange | StreamHealthChange
T = TypeVar("T")


class Telemetry:
    """One worker a destination keeps the order of state changes. Nothing here may ever hold up media."""

    def __init__(self, node_id: str, threads: Threads, log: Logger, counts: NodeCounts | None = None) -> None:
        self.counts = counts if counts is not None else NodeCounts()
        self._node_id = node_id
        self._threads = threads
        self._log = log
        self._events: asyncio.Queue[StreamChange] = asyncio.Queue(MAX_WAITING)
        self._records: asyncio.Queue[StreamChange | Entry] = asyncio.Queue(MAX_WAITING)
        self._samples: asyncio.Queue[SampleRow] = asyncio.Queue(MAX_SAMPLES)
        self._refusal_events: asyncio.Queue[StreamChange | PublisherWaiting] = asyncio.Queue(MAX_REFUSALS)
        self._refusal_records: asyncio.Queue[StreamChange | Entry] = asyncio.Queue(MAX_REFUSALS)
        self._sampler = RefusalSampler()
        self._seqs = itertools.count(now_ms() << 8)  # of refusals; grows within and across runs of a node
        self._metrics_sending = False
        self._metrics_turns = itertools.cycle(turn == 0 for turn in range(VIEWERS_EVERY))
        self._pulses_storing = 0

    def publish(self, event: StreamChange) -> None:
        """A change of state or health: onto the bus and into the stream's timeline, in the order of the calls."""
        self._put(self._events, event)
        self._put(self._records, event)

    def publish_refused(self, error: PublishRefused, client_ip: str | None) -> None:
        """The reason, to the dashboard and the timeline of the channel whose key it was; an unknown key is nobody's."""
        self.counts.refusals[error.code] += 1
        if not self._sampler.refused(error.code, error.channel_id, steady_ms()) or error.channel_id is None:
            return
        event = stream_refused(error, error.channel_id, self._node_id, client_ip, next(self._seqs), now_ms())
        with contextlib.suppress(asyncio.QueueFull):
            self._refusal_events.put_nowait(event)
        self._keep_refusal(event)

    def publisher_waits(self, event: PublisherWaiting) -> None:
        """To the dashboard of the channel; dropped while there is too much to tell of those without a place."""
        with contextlib.suppress(asyncio.QueueFull):
            self._refusal_events.put_nowait(event)

    def audit(self, record: ConnectionRecord, stream_id: str | None, seq: int | None) -> None:
        """The audit record of one connection that asked to publish (SS-5.3)."""
        if stream_id is not None and seq is not None:
            self._put(self._records, record.entry(stream_id, seq, now_ms()))
        elif self._sampler.may_record(steady_ms()):
            self._keep_refusal(record.entry(refused_at(self._node_id), next(self._seqs), now_ms()))

    def _keep_refusal(self, item: StreamStateChange | Entry) -> None:
        try:
            self._refusal_records.put_nowait(item)
        except asyncio.QueueFull:
            self._sampler.record_left_out()

    def _put(self, queue: "asyncio.Queue[T]", item: T) -> None:
        try:
            queue.put_nowait(item)
        except asyncio.QueueFull:
            self.counts.events_dropped += 1
            self._log.error("Telemetry queue is full: an event was dropped", event="event_dropped")

    def store_samples(self, row: SampleRow | None) -> None:
        """A minute of a stream's chart, as soon as the database answers."""
        if row is not None:
            self._put(self._samples, row)

    async def run(self) -> None:
        """Runs separate workers, so that events are sent while the database is unreachable. Ends when cancelled."""
        async with asyncio.TaskGroup() as workers:
            workers.create_task(self._work(self._events, self._publish))
            workers.create_task(self._work(self._records, self._keep))
            workers.create_task(self._work(self._samples, self._keep_samples))
            workers.create_task(self._work(self._refusal_events, self._publish))
            workers.create_task(self._work(self._refusal_records, self._keep))
            workers.create_task(self._summarise())

    async def _summarise(self) -> None:
        while True:
            await asyncio.sleep(SUMMARY_EVERY)
            if (summary := self._sampler.summary()) is not None:
                summary["seconds"] = SUMMARY_EVERY
                self._log.warning("Publishers refused", event="refusals_summary", extra=summary)
                self._keep_refusal(Entry(refused_at(self._node_id), next(self._seqs), now_ms(), SUMMARY, summary))

    async def _work(self, queue: "asyncio.Queue[T]", deliver: Callable[[list[T]], Awaitable[None]]) -> None:
        while True:
            batch = [await queue.get()]
            while len(batch) < BATCH and not queue.empty():
                batch.append(queue.get_nowait())
            try:
                await deliver(batch)
            except Exception:  # whatever is wrong with this batch, later ones must still be delivered
                self.counts.events_dropped += len(batch)
                self._log.exception("Events or records were dropped", event="batch_dropped", count=len(batch))
            finally:
                for _ in batch:
                    queue.task_done()

    async def _publish(self, batch: list[StreamChange] | list[StreamChange | PublisherWaiting]) -> None:
        await self._threads.run(bus.publish, batch)

    async def _keep(self, batch: list[StreamChange | Entry]) -> None:
        """Writes them to the timelines as soon as the database answers."""
        await until_available(
            lambda: self._threads.run(records.keep, batch),
            BACKOFF,
            lambda: self._log.warning(
                "Timeline entries delayed: the database is unreachable",
                event="timeline_delayed",
                waiting=self._records.qsize(),
            ),
        )

    async def _keep_samples(self, batch: list[SampleRow]) -> None:
        await until_available(
            lambda: self._threads.run(records.keep_samples, batch),
            BACKOFF,
            lambda: self._log.warning(
                "Samples delayed: the database is unreachable", event="samples_delayed", waiting=self._samples.qsize()
            ),
        )

    async def flush(self) -> None:
        """Waits until all events and records of streams are delivered, and briefly for those of refusals."""
        await self._events.join()
        await self._records.join()
        await self._samples.join()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REFUSALS_FLUSH):
                await self._refusal_events.join()
                await self._refusal_records.join()

    async def send_metrics(self, watched: list[Pulse]) -> None:
        """Sends all watched pulses in as few events as fit. Skipped while the previous ones are still being sent."""
        if not watched or self._metrics_sending:
            return
        self._metrics_sending = True
        for_viewers = next(self._metrics_turns)
        try:
            for pulses in _that_fit(watched):
                event = StreamMetrics(node_id=self._node_id, at=now_ms(), pulses=pulses, for_viewers=for_viewers)
                await self._threads.run(bus.publish, [event])
        finally:
            self._metrics_sending = False

    async def store_pulses(self, measured: list[Pulse]) -> None:
        if not measured:
            return
        if self._pulses_storing >= MAX_STORING:  # they must not take the threads of what streams have to tell
            self._log.warning("Pulses dropped: the database is slow", event="pulses_dropped", count=len(measured))
            return
        self._pulses_storing += 1
        try:
            await self._threads.run(records.keep_pulses, measured)
        except StoreUnavailable:
            self._log.warning(
                "Pulses dropped: the database is unreachable", event="pulses_dropped", count=len(measured)
            )
        finally:
            self._pulses_storing -= 1


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
