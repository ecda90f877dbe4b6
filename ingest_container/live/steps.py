"""The steps of one stream that write to the database, under its lease.

A step reads what the stream is carried by when its turn comes, not when it was asked for. A lease that somebody else
has now ends the stream on this node without another write.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import EventName, StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import PublishRefused
from chalicelib.domain.streams import NOT_TAKEN_UP, EndReason, StreamState
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container.base.clock import now_ms
from ingest_container.base.threads import Threads
from ingest_container.live.carried import Carried, Publisher
from ingest_container.live.measurement import Measurement
from ingest_container.live.step_queue import StepQueue
from ingest_container.live.telemetry import Telemetry


class StreamSteps:
    """Steps are started by name and run in that order; `gone` is called once, when the stream is over on this node."""

    def __init__(
        self,
        grant: Grant,
        carried: Carried,
        measurement: Measurement,
        threads: Threads,
        telemetry: Telemetry,
        log: Logger,
        *,
        grace_left: Callable[[], float],
        gone: Callable[[], None],
    ) -> None:
        """`grace_left`: seconds until the grace period of an interrupted stream is over."""
        self.hold = StreamHold(grant)
        self.ended = asyncio.Event()
        self._carried = carried
        self._measurement = measurement
        self._threads = threads
        self._telemetry = telemetry
        self._log = log
        self._grace_left = grace_left
        self._gone = gone
        # A write may have been under a fence that this very node replaced meanwhile, when its encoder came back: what
        # counts when a lease seems lost is whether the present one holds.
        self._queue = StepQueue(threads, delayed=self._on_delayed, lease_lost=self._check_lease, failed=self._fail)

    @property
    def is_over(self) -> bool:
        return self.ended.is_set()

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way."""
        return self._queue.is_busy

    async def settled(self) -> None:
        """Returns when the steps started so far are done: an encoder that reconnects waits for its own release."""
        await self._queue.settled()

    # --- starting steps -----------------------------------------------------------------------------------------

    def go_live(self) -> None:
        self._queue.start(self._go_live)

    def interrupt(self) -> None:
        self._queue.start(self._interrupt)

    def learn(self, facts: StreamFacts) -> None:
        """What was found out about the stream; written if it is new."""
        if facts is not self.hold.facts and facts != self.hold.facts:
            self._queue.start(partial(self._learn, facts))

    def end(self, reason: EndReason, detail: str | None = None) -> None:
        self._queue.start(partial(self._end, reason, detail))

    def end_after_grace(self) -> None:
        """Unless the encoder comes back before this step's turn."""
        self._queue.start(partial(self._end_after_grace, self.hold))

    def leave(self) -> None:
        """The stream is over here once the steps before this one are done, without another write."""
        self._queue.start(self._leave)

    def check_lease(self) -> None:
        """The node's session was in doubt: is the channel still ours? Ends the stream here if not."""
        self._queue.start(self._check_lease)

    def review(self, key_read: Callable[[StreamKey], None]) -> None:
        """Checks the lease, and reads the key that carries the stream again."""
        self._queue.start(partial(self._review, key_read))

    def fail(self, error: Exception) -> None:
        """A defect of ours was met in this stream: it ends."""
        self._queue.start(partial(self._fail, error))

    def lease_lost(self, reason: EndReason = EndReason.LEASE_LOST) -> None:
        """Somebody else holds the channel: the stream is over here, without another write."""
        stream_id = self.hold.grant.stream_id
        if self._carried.handed_over or reason is EndReason.TAKEN_OVER:
            self._log.info("The stream continues on another node", event="stream_moved", stream_id=stream_id)
        else:
            self._telemetry.counts.leases_lost += 1
            self._log.warning(
                "Lease lost: another publisher holds the channel", event="lease_lost", stream_id=stream_id
            )
        self._over(reason)

    def continue_under(self, grant: Grant) -> None:
        """The channel was claimed again, with a new fence."""
        self.hold = StreamHold(grant)
        self._measurement.restart()

    # --- steps -------------------------------------------------------------------------------------------------

    def _on_delayed(self) -> None:
        self._log.warning(
            "Write delayed: the database is unreachable; the stream continues",
            event="write_delayed",
            stream_id=self.hold.grant.stream_id,
        )

    def _publish(self, event: StreamStateChange | None) -> None:
        if event is not None:
            self._telemetry.publish(event)

    async def _go_live(self) -> None:
        publisher = self._carried.publisher
        if publisher is None or self.is_over:
            return
        if self.hold.released:
            self.continue_under(await _reclaim(self._queue, self._carried.key, publisher, self.hold.grant))
        event = await self._queue.persist(self.hold.media, now_ms(), publisher.facts)
        if event is not None and event.event_name is EventName.STREAM_START:
            took = asyncio.get_running_loop().time() - publisher.requested_at
            self._telemetry.counts.publish_to_live.add(took * 1000)
        self._publish(event)

    async def _interrupt(self) -> None:
        hold, failure = self.hold, self._carried.failure
        if self.is_over or hold.released:
            return
        now = now_ms()
        last_media = now + round(self._grace_left() * 1000) - hold.grant.grace
        received, handed_over = self._measurement.meter.total_bytes, self._carried.handed_over
        event = await self._queue.persist(hold.lost, now, last_media, received, failure, handed_over=handed_over)
        if event is not None and event.event_name is EventName.STREAM_INTERRUPTED:
            self._measurement.interrupted()
        self._publish(event)
        if self.hold is hold and hold.state is StreamState.ENDED:  # else its encoder is back already
            self._over(EndReason.PROTOCOL_ERROR if self._carried.failure else EndReason.NO_MEDIA)

    async def _learn(self, facts: StreamFacts) -> None:
        await self._queue.persist(self.hold.measured, facts)

    async def _end_after_grace(self, hold: StreamHold) -> None:
        if self.hold is not hold:
            return
        if self._carried.handed_over:
            await self._end(EndReason.NODE_DRAINED, NOT_TAKEN_UP)
        else:
            failure = self._carried.failure
            await self._end(EndReason.PROTOCOL_ERROR if failure else EndReason.GRACE_OVER, failure)

    async def _end(self, reason: EndReason, detail: str | None = None) -> None:
        if not self.is_over:
            received, counted = self._measurement.meter.total_bytes, self._measurement.counted
            self._publish(await self._queue.persist(self.hold.end, reason, now_ms(), received, detail, counted))
            self._over(reason)

    async def _leave(self) -> None:
        self._over(EndReason.NODE_DRAINED)

    async def _check_lease(self, reason: EndReason = EndReason.LEASE_LOST) -> None:
        hold = self.hold
        if self.is_over or await self._queue.persist(admission.still_held, hold.grant, hold.state):
            return
        if self.hold is hold:  # else its encoder came back while that was asked, under a new fence
            self.lease_lost(reason)

    async def _review(self, key_read: Callable[[StreamKey], None]) -> None:
        await self._check_lease(EndReason.TAKEN_OVER)
        key = self._carried.key
        stored = await self._queue.persist(admission.stored_key, key) if not self.is_over else None
        if stored is not None and self._carried.key is key:  # else another one carries it, read at its claim
            key_read(stored)

    async def _fail(self, error: Exception) -> None:
        """Whoever publishes next must find the channel free."""
        grant = self.hold.grant
        self._log.error(
            "A step failed: the stream ends", event="step_failed", stream_id=grant.stream_id, exc_info=error
        )
        try:
            await self._threads.run(lifecycle.give_back, grant.channel_id, grant.holder, now_ms())
        except Exception:
            self._log.exception(
                "The channel could not be released", event="give_back_failed", channel_id=grant.channel_id
            )
        self._over(EndReason.NODE_LOST)

    def _over(self, reason: EndReason) -> None:
        if self.is_over:
            return
        self.ended.set()
        publisher, self._carried.publisher = self._carried.publisher, None
        if publisher is not None:
            publisher.drop(reason)
        self._gone()


async def _reclaim(queue: StepQueue, key: StreamKey, publisher: Publisher, grant: Grant) -> Grant:
    """A connection that was silent sends again: the channel is claimed again. Raises LeaseLost if others have it."""
    try:
        return await queue.persist(
            admission.claim,
            key,
            grant.holder,
            publisher.client_ip,
            now_ms(),
            flash_version=publisher.flash_version,
            only=grant.stream_id,
            test=grant.test,
            may_declare_dead=False,  # who took the channel in the silence keeps it, dead or not
        )
    except PublishRefused:
        raise LeaseLost() from None
