"""One live stream on this node: its lease, its state, its meter, and the connection that carries it, if any.

    CONNECTING --first media--> LIVE --connection lost, or silent--> RECONNECTING --media--> LIVE
                                                                          `--grace over--> ENDED

`Liveness` decides what media and time mean; here it is done. Steps that write are taken one after another and retried
while the database is away; a running stream goes on. A lease that somebody else has now ends the broadcast here without
another write.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.events import StreamStateChange
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.refusals import PublishRefused, StoreUnavailable
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container.base.clock import now_ms, steady
from ingest_container.base.threads import Threads
from ingest_container.live.liveness import Decision, Liveness, LivenessLimits
from ingest_container.live.meter import Meter
from ingest_container.live.telemetry import Telemetry

QUIET = 0.3  # seconds without media in which more may wait in the kernel than was expected to come
# Seconds that an encoder is kept waiting to learn whether its own former connection is quiet for one.
WAITS_FOR_QUIET = 1.5
DEFAULTS = LivenessLimits()
RETRY_FIRST, RETRY_MOST = 0.25, 2.0  # seconds between attempts while the database is away

NO_KEY_FRAME = "The encoder described its stream but sent no frame. A key frame must come within"
ENDS = {
    Decision.NO_MEDIA: EndReason.NO_MEDIA,
    Decision.GRACE_OVER: EndReason.GRACE_OVER,
    Decision.KEY_EXPIRED: EndReason.KEY_EXPIRED,
}

P = ParamSpec("P")
R = TypeVar("R")


class Carrier(Protocol):
    """The connection, as a broadcast sees it."""

    client_ip: str | None
    flash_version: str  # what the encoder calls itself in connect; empty if it says nothing

    @property
    def facts(self) -> StreamFacts: ...

    @property
    def described(self) -> bool:
        """Whether metadata or sequence headers of the stream came."""

    def drop(self, reason: EndReason) -> None:
        """Close it; the reason is for its audit record."""

    def batch_reads(self, bytes_per_second: float) -> None:
        """The stream runs at this rate."""

    def read_immediately(self) -> None:
        """Less comes than was expected."""

    def has_pending_data(self) -> bool:
        """Whether something waits to be read."""


class Broadcast:
    """Made when a publisher was granted the channel; `gone` is called once, when it is over on this node."""

    def __init__(
        self,
        grant: Grant,
        key: StreamKey,
        threads: Threads,
        telemetry: Telemetry,
        log: Logger,
        gone: "Callable[[Broadcast], None]",
        *,
        limits: LivenessLimits = DEFAULTS,
        clock: Callable[[], float] = steady,
    ) -> None:
        self.key = key
        self.hold = StreamHold(grant)
        self.carrier: Carrier | None = None
        self.meter = Meter(asyncio.get_running_loop().time())
        self.ended = asyncio.Event()
        self._threads = threads
        self._telemetry = telemetry
        self._log = log
        self._gone = gone
        self._steps = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._limits = limits
        self._clock = clock
        self._failure: str | None = None  # how the encoder broke the protocol on the connection that was lost last
        self._liveness = Liveness(clock(), limits)

    @property
    def stream_id(self) -> str:
        return self.hold.grant.stream_id

    @property
    def is_live(self) -> bool:
        return self.hold.state is StreamState.LIVE

    @property
    def _is_over(self) -> bool:
        return self.hold.state is StreamState.ENDED

    # --- what the connection tells -----------------------------------------------------------------------------

    def take_on(self, carrier: Carrier, grant: Grant, key: StreamKey) -> None:
        """`carrier` was granted the channel, by any of its keys; a stream that was interrupted continues here."""
        self.key = key
        self._failure = None
        replaced, self.carrier = self.carrier, carrier
        if replaced is not None:  # it fell silent, and this one was let in
            replaced.drop(EndReason.LEASE_LOST)
        expires_in = None if key.expires_at is None else (key.expires_at - now_ms()) / 1000
        now = self._clock()
        self._liveness.taken_on(
            now,
            grace=grant.grace / 1000,
            was_live=grant.resumed,
            expires=None if expires_in is None else now + expires_in,
        )
        if grant.fence != self.hold.grant.fence:
            self._continue_under(grant)
        self._telemetry.tell(self.hold.created(now_ms(), carrier.client_ip))

    def media(self, messages: int) -> None:
        """So many audio and video messages came."""
        if self._liveness.media(self._clock(), messages) is Decision.GO_LIVE:
            self._start(self._go_live)

    def connection_lost(self, carrier: Carrier, failure: str | None = None) -> None:
        """Without a clean stop; `failure` says how the encoder broke the protocol. Of a replaced carrier it is no news.

        A stream whose encoder breaks the protocol waits for it like any other: encoders reconnect and begin anew.
        """
        if carrier is self.carrier:
            self.carrier = None
            self._failure = failure
            if self._liveness.lost() is Decision.INTERRUPT:
                self._start(self._interrupt)

    async def make_way(self, newcomer: Carrier, key: StreamKey) -> None:
        """The same encoder comes back before its dead connection was noticed: lets go of that one.

        The same means: the same key, the same address, the same name of the encoder, and nothing more from the
        connection that carries the stream. Nobody else ever takes a stream over so.
        """
        carrier = self.carrier
        if carrier is None or not self._is_same(carrier, newcomer, key):
            return
        until = self._clock() + WAITS_FOR_QUIET
        while (due := self._liveness.gives_way_at) is not None and (wait := due - self._clock()) >= 0:
            if self._clock() + wait > until:
                return
            await asyncio.sleep(wait + 0.01)
            if self.carrier is not carrier:
                return
        if due is not None and not carrier.has_pending_data():
            self._log.info("the encoder is back before its dead connection was noticed", stream_id=self.stream_id)
            self.connection_lost(carrier)
            carrier.drop(EndReason.LEASE_LOST)

    def _is_same(self, carrier: Carrier, newcomer: Carrier, key: StreamKey) -> bool:
        return (
            key.key_id == self.key.key_id
            and carrier.client_ip is not None
            and carrier.client_ip == newcomer.client_ip
            and carrier.flash_version != ""
            and carrier.flash_version == newcomer.flash_version
        )

    def end(self, reason: EndReason) -> None:
        """For good: a clean stop, an order, the end of the node."""
        self._start(partial(self._end, reason))

    # --- what time tells ---------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Twice a second: silence, a grace period that is over, a publisher that never sends, a key that expires."""
        if self._steps.locked() or self._is_over:
            return
        carrier = self.carrier
        now = self._clock()
        described, unread = False, False
        if carrier is not None:
            described = carrier.described
            if now - self._liveness.last_media > QUIET:
                carrier.read_immediately()
                unread = carrier.has_pending_data()
        decision = self._liveness.decide(now, described=described, unread=unread)
        if decision is not None:
            self._follow(decision, described)
        elif self.is_live and carrier is not None:
            facts = carrier.facts
            if facts is not self.hold.facts and facts != self.hold.facts:
                self._start(partial(self._learn, facts))

    def _follow(self, decision: Decision, described: bool) -> None:
        match decision:
            case Decision.GO_LIVE:
                self._start(self._go_live)
            case Decision.INTERRUPT:
                self._start(self._interrupt)
            case Decision.TELL_WAITING:
                self._telemetry.tell(self.hold.waiting(now_ms()))
            case Decision.GRACE_OVER:
                self._start(partial(self._give_up, self.hold))
            case Decision.NO_MEDIA if described:
                detail = f"{NO_KEY_FRAME} {self._limits.described:g} s."
                self._start(partial(self._end, EndReason.NO_MEDIA, detail))
            case _:
                self.end(ENDS[decision])

    def sample(self, now: float) -> None:
        """Once a second; `now` is monotonic."""
        self.meter.sample(now)
        if self.is_live and self.carrier is not None:
            self.carrier.batch_reads(self.meter.bytes_per_second)

    def is_new(self, now: int, age: int) -> bool:
        """Whether the stream became LIVE `age` ms ago, give or take a second."""
        return self.hold.started_at is not None and 0 <= now - self.hold.started_at - age < 1000

    def pulse(self, now: int) -> Pulse | None:
        """The measures of this second; None while there is nothing to measure."""
        measures = self.meter.measures
        if not self.is_live or measures is None or self.hold.started_at is None:
            return None
        return Pulse(
            channel_id=self.hold.grant.channel_id,
            stream_id=self.stream_id,
            seq=self.hold.next_seq(),
            at=now,
            started_at=self.hold.started_at,
            **measures.model_dump(),
            bytes_in=self.meter.total_bytes,
            facts=self.hold.facts,
        )

    def check_lease(self) -> None:
        """The node's session was in doubt: is the channel still ours? Ends the broadcast here if not."""
        self._start(self._check_lease)

    def superseded(self) -> None:
        """Another stream of the channel runs on this node now."""
        self._lease_lost()

    # --- steps -------------------------------------------------------------------------------------------------

    def _start(self, step: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.get_running_loop().create_task(self._in_turn(step))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, step: Callable[[], Awaitable[None]]) -> None:
        async with self._steps:
            try:
                await step()
            except LeaseLost:
                # The write may have been under a fence that this very node replaced meanwhile, when its encoder
                # came back: what counts is whether the present one holds.
                await self._check_lease()
            except Exception:
                self._log.exception("a step failed, the stream is given up", stream_id=self.stream_id)
                await self._give_up_broken()

    async def _give_up_broken(self) -> None:
        """A defect of ours: whoever publishes next must find the channel free."""
        grant = self.hold.grant
        try:
            await self._threads.run(lifecycle.give_back, grant.channel_id, grant.holder, now_ms())
        except Exception:
            self._log.exception("the channel could not be given back", channel_id=grant.channel_id)
        self._over(EndReason.NODE_LOST)

    def fail(self, error: Exception) -> None:
        """A defect was met in this broadcast: it ends here, as it does when one of its steps fails."""
        self._start(partial(_failed, error))

    async def settled(self) -> None:
        """Returns when the steps begun so far are done: who comes back at once waits for its own release."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _go_live(self) -> None:
        carrier = self.carrier
        if carrier is None or self._is_over:
            return
        if self.hold.released:
            await self._reclaim(carrier)
        self._tell(await self._persist(self.hold.media, now_ms(), carrier.facts))

    async def _reclaim(self, carrier: Carrier) -> None:
        """A connection that was silent speaks again: the channel is taken again, unless somebody else has it."""
        holder = self.hold.grant.holder
        try:
            grant = await self._persist(
                admission.claim,
                self.key,
                holder,
                carrier.client_ip,
                now_ms(),
                only=self.stream_id,
                judges=False,  # who took the channel in the silence keeps it, dead or not
            )
        except PublishRefused:
            raise LeaseLost() from None
        self._continue_under(grant)

    async def _interrupt(self) -> None:
        hold = self.hold
        if self._is_over or hold.released:
            return
        now = now_ms()
        until = now + round((self._liveness.grace_until - self._clock()) * 1000)
        last_media = until - hold.grant.grace
        event = await self._persist(hold.lost, now, last_media, self.meter.total_bytes, self._failure)
        self._tell(event)
        if self.hold is hold and self._is_over:  # else its encoder is back already
            self._over(EndReason.PROTOCOL_ERROR if self._failure else EndReason.NO_MEDIA)

    async def _give_up(self, hold: StreamHold) -> None:
        """The grace is over, unless the encoder came back since that was seen."""
        if self.hold is hold:
            await self._end(EndReason.PROTOCOL_ERROR if self._failure else EndReason.GRACE_OVER, self._failure)

    async def _check_lease(self) -> None:
        hold = self.hold
        if self._is_over or await self._persist(admission.still_held, hold.grant, hold.state):
            return
        if self.hold is hold:  # else its encoder came back while that was asked, under a new fence
            self._lease_lost()

    async def _learn(self, facts: StreamFacts) -> None:
        await self._persist(self.hold.measured, facts)

    async def _end(self, reason: EndReason, detail: str | None = None) -> None:
        if not self._is_over:
            self._tell(await self._persist(self.hold.end, reason, now_ms(), self.meter.total_bytes, detail))
            self._over(reason)

    async def _persist(self, step: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Until the database answers. Raises what the step raises otherwise."""
        pause = RETRY_FIRST
        while True:
            try:
                return await self._threads.run(step, *args, **kwargs)
            except StoreUnavailable:
                self._log.warning("the database cannot be reached, the stream goes on", stream_id=self.stream_id)
                await asyncio.sleep(pause)
                pause = min(pause * 2, RETRY_MOST)

    def _continue_under(self, grant: Grant) -> None:
        self.hold = StreamHold(grant)
        self.meter.restart(asyncio.get_running_loop().time())

    def _tell(self, event: StreamStateChange | None) -> None:
        if event is not None:
            self._telemetry.tell(event)

    def _lease_lost(self) -> None:
        self._log.warning("the channel is held by somebody else now", stream_id=self.stream_id)
        self._over(EndReason.LEASE_LOST)

    def _over(self, reason: EndReason) -> None:
        self.hold.state = StreamState.ENDED
        carrier, self.carrier = self.carrier, None
        if carrier is not None:
            carrier.drop(reason)
        self.ended.set()
        self._gone(self)


async def _failed(error: Exception) -> None:
    raise error
