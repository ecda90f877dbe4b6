"""One live stream on this node: what its connection and the time mean for it.

    CONNECTING --first media--> LIVE --connection lost, or silent--> RECONNECTING --media--> LIVE
                                                                          `--grace over--> ENDED

`Liveness` decides, `StreamSteps` writes, `Measurement` measures.
"""

from collections.abc import Callable, Sequence

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant
from chalicelib.domain.measures import Pulse
from chalicelib.domain.streams import EndReason, StreamState
from chalicelib.services.streams.lifecycle import StreamHold
from ingest_container import rtmp
from ingest_container.base.clock import now_ms, steady
from ingest_container.base.threads import Threads
from ingest_container.live.carried import Carried, Publisher
from ingest_container.live.liveness import Decision, Liveness, LivenessLimits
from ingest_container.live.measurement import Measurement
from ingest_container.live.meter import SLOWER
from ingest_container.live.playable import Playable
from ingest_container.live.steps import StreamSteps
from ingest_container.live.takeover import stale_connection
from ingest_container.live.telemetry import Telemetry
from ingest_container.media.packaging import Packaging
from ingest_container.net.receive_mark import MOST_SECONDS

# Seconds without media in which more may wait in the kernel than was expected to come: longer than any read is waited
# for while what was expected comes.
QUIET = MOST_SECONDS / SLOWER
DEFAULTS = LivenessLimits()

NO_KEY_FRAME = "The encoder described its stream but sent no frame. A key frame must come within {:g} s."


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
        packaging: Packaging | None = None,
        limits: LivenessLimits = DEFAULTS,
        clock: Callable[[], float] = steady,
    ) -> None:
        self._playable = Playable(packaging)
        self._measurement = Measurement(grant, telemetry, self._playable)
        self.meter = self._measurement.meter
        self._carried = Carried(key)
        self._gone = gone
        self._telemetry = telemetry
        self._log = log
        self._limits = limits
        self._clock = clock
        self._liveness = Liveness(clock(), limits)
        self._steps = StreamSteps(
            grant,
            self._carried,
            self._measurement,
            threads,
            telemetry,
            log,
            grace_left=lambda: self._liveness.grace_until - clock(),
            gone=self._on_gone,
        )

    @property
    def stream_id(self) -> str:
        return self._steps.hold.grant.stream_id

    @property
    def key(self) -> StreamKey:
        return self._carried.key

    @property
    def hold(self) -> StreamHold:
        return self._steps.hold

    @property
    def is_live(self) -> bool:
        return self.hold.state is StreamState.LIVE and not self._steps.is_over

    # --- what the connection tells -----------------------------------------------------------------------------

    def attach(self, publisher: Publisher, grant: Grant, key: StreamKey) -> None:
        """`publisher` was granted the channel, by any of its keys; an interrupted stream continues here."""
        replaced = self._carried.replace(publisher, key)
        if replaced is not None:  # it fell silent and this one was let in, or this one took over
            replaced.drop(_reason(grant))
        now = self._clock()
        self._liveness.attached(now, grace=grant.grace / 1000, was_live=grant.resumed, expires=_expiry(key, now))
        if grant.fence != self.hold.grant.fence:
            self._steps.continue_under(grant)
        self._playable.attach(grant, next_seq=lambda: self.hold.next_seq())
        self._telemetry.publish(self.hold.created(now_ms(), publisher.client_ip))

    def media(self, messages: int) -> None:
        """So many audio and video messages came."""
        if self._liveness.media(self._clock(), messages) is Decision.GO_LIVE:
            self._steps.go_live()

    def package(self, events: Sequence[rtmp.Event]) -> float | None:
        """What the session read, for viewers, where streams are packaged; answers as `Packager.feed`."""
        return self._playable.feed(events)

    def connection_lost(self, publisher: Publisher, failure: str | None = None) -> None:
        """Without a clean stop; `failure` says how the encoder broke the protocol. Ignored of a replaced connection.

        A stream whose encoder breaks the protocol waits for it like any other: encoders reconnect and begin anew.
        """
        if publisher is self._carried.publisher:
            self._carried.lost(failure)
            self._playable.interrupted()
            if self._liveness.lost() is Decision.INTERRUPT:
                self._steps.interrupt()

    async def release_stale(self, newcomer: Publisher, key: StreamKey) -> None:
        """Drops the connection that carries the stream if it is dead and its encoder comes back on another one."""
        stale = await stale_connection(self._carried, newcomer, key, self._liveness, self._clock)
        if stale is not None:
            self._log.info(
                "The encoder reconnected before its dead connection was noticed",
                event="stale_connection_released",
                stream_id=self.stream_id,
            )
            self.connection_lost(stale)
            stale.drop(EndReason.LEASE_LOST)

    # --- what the node tells -----------------------------------------------------------------------------------

    def end(self, reason: EndReason) -> None:
        """For good: a clean stop, an order, the end of the node."""
        self._steps.end(reason)

    def hand_over(self) -> None:
        """Closes the connection for its encoder to reconnect, on another node: the stream waits for it as always."""
        if (publisher := self._carried.publisher) is not None:
            self._carried.handed_over = True
            self.connection_lost(publisher)
            publisher.drop(EndReason.NODE_DRAINED)

    @property
    def is_handed_over(self) -> bool:
        """Whether its encoder was sent to another node, and did not come back here."""
        return self._carried.handed_over

    def leave(self) -> None:
        """It is over on this node, and may continue on another one: nothing is written."""
        self._steps.leave()

    async def wait_ended(self) -> None:
        """Returns when it is over on this node."""
        await self._steps.ended.wait()

    async def settled(self) -> None:
        """Returns when the steps started so far are done: an encoder that reconnects waits for its own release."""
        await self._steps.settled()

    def check_lease(self) -> None:
        """The node's session was in doubt: is the channel still ours? Ends the broadcast here if not."""
        self._steps.check_lease()

    def review(self) -> None:
        """What the stream rests on was changed: who holds the channel, or its key's terms."""
        self._steps.review(self._key_read)

    def _key_read(self, key: StreamKey) -> None:
        self._carried.key = key
        self._liveness.key_expires(_expiry(key, self._clock()))

    def superseded(self, grant: Grant) -> None:
        """Another stream of the channel runs on this node now."""
        self._steps.lease_lost(_reason(grant))

    def fail(self, error: Exception) -> None:
        """A defect was met in this broadcast: it ends here, as it does when one of its steps fails."""
        self._steps.fail(error)

    def _on_gone(self) -> None:
        self._measurement.close()
        self._playable.end(self.hold.grant.channel_id, self.stream_id)
        self._gone(self)

    # --- what time tells, and what is measured -----------------------------------------------------------------

    def tick(self) -> None:
        """Twice a second: silence, a grace period that is over, a publisher that never sends, a key that expires."""
        if self._steps.is_busy or self._steps.is_over:
            return
        publisher, now = self._carried.publisher, self._clock()
        described = publisher is not None and publisher.described
        unread = publisher is not None and now - self._liveness.last_media > QUIET and _wakes_to_unread(publisher)
        decision = self._liveness.decide(now, described=described, unread=unread)
        if decision is not None:
            self._follow(decision, described)
        elif self.is_live and publisher is not None:
            self._steps.learn(publisher.facts)

    def _follow(self, decision: Decision, described: bool) -> None:
        match decision:
            case Decision.GO_LIVE:
                self._steps.go_live()
            case Decision.INTERRUPT:
                self._steps.interrupt()
            case Decision.REPORT_WAITING:
                self._telemetry.publish(self.hold.waiting(now_ms()))
            case Decision.GRACE_OVER:
                self._steps.end_after_grace()
            case Decision.NO_MEDIA:
                detail = NO_KEY_FRAME.format(self._limits.described) if described else None
                self._steps.end(EndReason.NO_MEDIA, detail)
            case Decision.KEY_EXPIRED:
                self._steps.end(EndReason.KEY_EXPIRED)

    def sample(self, now: float) -> None:
        """Once a second; `now` is monotonic."""
        self.meter.sample(now)
        self._playable.update(self.hold)
        if self.is_live and (publisher := self._carried.publisher) is not None:
            publisher.batch_reads(self.meter.expected_bytes_per_second)
            self._measurement.observe(now, publisher.facts, self.hold)

    def pulse(self, now: int, *, to_store: bool = False) -> Pulse | None:
        """The measures of this second; None while there is nothing to measure. `to_store`: with its history."""
        if not self.is_live:
            return None
        quiet = self._clock() - self._liveness.last_media
        return self._measurement.pulse(now, now - round(quiet * 1000), self.hold, to_store=to_store)


def _expiry(key: StreamKey, now: float) -> float | None:
    """By the clock that says `now`."""
    return None if key.expires_at is None else now + (key.expires_at - now_ms()) / 1000


def _wakes_to_unread(publisher: Publisher) -> bool:
    """Wakes up for every byte of it from now on; whether some wait to be read already."""
    publisher.read_immediately()
    return publisher.has_pending_data()


def _reason(grant: Grant) -> EndReason:
    """Why the connection before the granted one has to go."""
    return EndReason.TAKEN_OVER if grant.taken_over else EndReason.LEASE_LOST
