"""One ingest node: its place in the fleet, its connections, its broadcasts; how it starts and how it ends."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterator
from http import HTTPStatus

from aws_lambda_powertools import Logger
from ulid import ULID

from chalicelib.aws import POOL
from chalicelib.config import Settings
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.refusals import NodeDraining, PublishRefused, StoreUnavailable
from chalicelib.domain.streams import EndReason
from chalicelib.services.streams import admission, lifecycle
from chalicelib.services.streams.admission import HolderInDoubt
from chalicelib.services.streams.fleet import Order, Orders
from ingest_container.base.clock import now_ms
from ingest_container.base.settings import IngestSettings
from ingest_container.base.threads import Threads
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.connection import PublisherConnection
from ingest_container.live.liveness import LivenessLimits
from ingest_container.live.publish import Connection
from ingest_container.live.telemetry import Telemetry
from ingest_container.net import listeners
from ingest_container.net.gatekeeper import Gatekeeper, GateLimits
from ingest_container.net.reading import FairReader
from ingest_container.net.tls import Certificates, CertificateUnreadable
from ingest_container.net.turns import TURNS_EVERY, Turns
from ingest_container.node.membership import Membership
from ingest_container.node.waiting_room import WaitingRoom
from ingest_container.node.watching import Watching
from ingest_container.rtmp import compiled

TICK = 0.5  # seconds between looks at silence and grace
PULSE_EVERY = 5  # seconds between the rows of a stream's measures
FIRST_PULSE = 2  # seconds after the first media: so soon a dashboard that is opened late has a bitrate
KEY_THREADS = 8  # that look up keys
TELEMETRY_THREADS = 7  # one for each of its four workers, and three for the measures
UNDO_AFTER = (1.0, 5.0, 20.0)  # seconds before each look for a claim that was not answered
UNDO_RETRY = 1.0  # seconds until the next attempt at such a look
LOOK_AFTER_EVERY = 5.0  # seconds between looks at the certificate's files and words about who was turned away


class IngestNode:
    """`run` serves until `stop` is called or the session is taken by another run of this node."""

    def __init__(self, settings: IngestSettings, shared: Settings, log: Logger) -> None:
        self.settings = settings
        self.log = log
        self._connections: set[Connection] = set()
        self._no_connections = asyncio.Event()
        # Looking up keys, good or not, delays neither what is told of streams nor their steps.
        self._key_threads, self._telemetry_threads = Threads(KEY_THREADS), Threads(TELEMETRY_THREADS)
        self._threads = Threads(POOL - KEY_THREADS - TELEMETRY_THREADS)
        self.telemetry = Telemetry(settings.node_id, self._telemetry_threads, log)
        info = NodeInfo(
            node_id=settings.node_id,
            incarnation=str(ULID()),
            address=settings.address,
            region=shared.home_region,
            capacity=settings.capacity,
            started_at=now_ms(),
        )
        self._membership = Membership(info, tuple(shared.ingest_urls), self, self._threads, self.telemetry, log)
        self._broadcasts: dict[str, Broadcast] = {}  # by channel
        self._liveness = LivenessLimits(described=settings.first_media_seconds, silence=settings.silence_seconds)
        self._gate = Gatekeeper(
            GateLimits(
                connections=listeners.make_room(settings.max_connections),
                strangers=settings.max_strangers,
                per_address=settings.max_connections_per_address,
            )
        )
        # A stream that waits for its encoder keeps its place: the encoder that comes back must find one.
        self._places = WaitingRoom(
            settings.capacity,
            lambda: len(self._broadcasts),
            length=settings.queue_length,
            longest_wait=settings.queue_seconds,
        )
        self.turns = Turns()
        self._giving_turns: asyncio.TimerHandle | None = None
        self._claiming = 0
        self._claim_answered = asyncio.Event()
        self._certificates: Certificates | None = None
        if settings.tls_certificate is not None and settings.tls_private_key is not None:
            self._certificates = Certificates(settings.tls_certificate, settings.tls_private_key)
        self._undoing: set[asyncio.Task[None]] = set()
        self._watching = Watching(settings.node_id, lambda: self.active, self._threads, log)
        self._draining = False
        self._stopping = asyncio.Event()
        self.port = 0  # the one that is really bound, once it is
        self.rtmps_port: int | None = None

    # --- connections ---------------------------------------------------------------------------------------------

    def connected(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._no_connections.clear()
        self._gate.enter(connection)

    def identified(self, connection: Connection, client_ip: str) -> None:
        self._gate.name(connection, client_ip)

    def disconnected(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._gate.leave(connection)
        self._places.left(connection)
        if not self._connections:
            self._no_connections.set()

    def wait_for_turn(self, connection: FairReader, address: str, used: float, *, handshake: bool) -> None:
        self.turns.wait(connection, address, used, handshake=handshake)
        if self._giving_turns is None:
            self._giving_turns = asyncio.get_running_loop().call_later(TURNS_EVERY, self._give_turns)

    def _give_turns(self) -> None:
        loop = asyncio.get_running_loop()
        while (connection := self.turns.next(loop.time())) is not None:
            connection.take_turn()
        self._giving_turns = loop.call_later(TURNS_EVERY, self._give_turns) if self.turns.waiting else None

    # --- admission ---------------------------------------------------------------------------------------------

    async def admit(self, stream_key: str, connection: Connection) -> Broadcast:
        """The broadcast that `connection` carries from now on. Raises PublishRefused and its kin, and Abandoned."""
        key = await self._key_threads.run(admission.authenticate, stream_key, now_ms())
        self._gate.recognise(connection)
        connection.recognised()
        try:
            return await self._admit_in_turn(key, connection)
        except PublishRefused as refusal:  # whatever it is, the owner of the key is to see it
            refusal.channel_id, refusal.key_id = key.channel_id, key.key_id
            raise

    async def _admit_in_turn(self, key: StreamKey, connection: Connection) -> Broadcast:
        """Where there is no place, when one is free."""
        await self._check_open()
        if key.channel_id in self._broadcasts:
            return await self._admit(key, connection)
        if not self._places.is_open:
            self.log.info("publisher waits for a place", key_id=key.key_id, ahead=self._places.waiting)
        await self._places.place(connection, key.channel_id)
        try:
            await self._check_open()
            return await self._admit(key, connection)
        finally:
            self._places.settled()

    async def _check_open(self) -> None:
        if self._draining or self._stopping.is_set():
            raise NodeDraining()
        if not await self._membership.is_trusted():
            raise StoreUnavailable()

    async def _admit(self, key: StreamKey, connection: Connection) -> Broadcast:
        waiting = self._broadcasts.get(key.channel_id)
        if waiting is not None:
            await waiting.release_stale(connection, key)
            await waiting.settled()
        node = self._membership.info
        holder = Holder(node.node_id, node.incarnation, str(ULID()))
        self._claiming += 1
        self.log.debug("claiming the channel", key_id=key.key_id, channel_id=key.channel_id)
        try:
            grant = await self._claim(key, holder, connection)
        except StoreUnavailable:
            undoing = asyncio.create_task(self._undo_claim(key.channel_id, holder))
            self._undoing.add(undoing)
            undoing.add_done_callback(self._undoing.discard)
            raise
        finally:
            self._claiming -= 1
            self._claim_answered.set()
        broadcast = self._broadcasts.get(grant.channel_id)
        if broadcast is not None and broadcast.stream_id != grant.stream_id:
            broadcast.superseded()
            broadcast = None
        if broadcast is None:
            broadcast = Broadcast(
                grant, key, self._threads, self.telemetry, self.log, self._gone, limits=self._liveness
            )
            self._broadcasts[grant.channel_id] = broadcast
        broadcast.attach(connection, grant, key)
        if self._stopping.is_set():
            broadcast.end(EndReason.NODE_DRAINED)
        self.log.info(
            "publisher accepted", key_id=key.key_id, stream_id=grant.stream_id, resumed=grant.resumed, fence=grant.fence
        )
        return broadcast

    async def _claim(self, key: StreamKey, holder: Holder, connection: Connection) -> Grant:
        async def claim(judges: bool) -> Grant:
            return await self._threads.run(
                admission.claim,
                key,
                holder,
                connection.client_ip,
                now_ms(),
                judges=judges,
                first_media=round(self._liveness.described * 1000),
            )

        try:
            return await claim(self._membership.judges)
        except HolderInDoubt:  # a few seconds tell whether its node lives; a refusal would be final
            self.log.info("publisher waits to learn whether its channel's node is dead", key_id=key.key_id)
            await self._membership.until_it_judges()
            return await claim(self._membership.judges)

    async def _undo_claim(self, channel_id: str, holder: Holder) -> None:
        """The claim's answer did not come. If it went through, the channel would be held by nobody's connection.

        It may go through after it was given up here, so one look that finds nothing is not the last.
        """
        for pause in UNDO_AFTER:
            await asyncio.sleep(pause)
            if await self._gave_back(channel_id, holder):
                self.log.warning("gave back a channel whose claim was not answered", channel_id=channel_id)
                return

    async def _gave_back(self, channel_id: str, holder: Holder) -> bool:
        while True:
            try:
                return await self._threads.run(lifecycle.give_back, channel_id, holder, now_ms())
            except StoreUnavailable:
                await asyncio.sleep(UNDO_RETRY)

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> float:
        self.log.warning(
            "publisher refused",
            code=refusal.code,
            node_id=self.settings.node_id,
            channel_id=refusal.channel_id,
            key_id=refusal.key_id,
            client_ip=client_ip,
        )
        self.telemetry.tell_refused(refusal, client_ip)
        if client_ip is None or refusal.http_status != HTTPStatus.UNAUTHORIZED:
            return 0.0
        return self._gate.failed(client_ip, asyncio.get_running_loop().time())

    def _gone(self, broadcast: Broadcast) -> None:
        channel_id = broadcast.hold.grant.channel_id
        if self._broadcasts.get(channel_id) is broadcast:
            del self._broadcasts[channel_id]
            self._places.freed()

    @property
    def active(self) -> int:
        return len(self._broadcasts)

    # --- what the membership asks ------------------------------------------------------------------------------

    def follow(self, orders: Orders) -> list[Order]:
        """Does as ordered; answers the orders that are done with."""
        self._draining = orders.draining
        if self._draining:
            self._places.dismiss()
        by_stream = {broadcast.stream_id: broadcast for broadcast in self._broadcasts.values()}
        for order in orders.end:
            broadcast = by_stream.get(order.stream_id)
            if broadcast is not None:
                broadcast.end(order.reason)
        # An order for a stream that is not here may be for one that is being admitted: it comes again next time.
        return [order for order in orders.end if order.stream_id in by_stream or not self._claiming]

    def check_leases(self) -> None:
        for broadcast in list(self._broadcasts.values()):
            broadcast.check_lease()

    # --- the run -----------------------------------------------------------------------------------------------

    async def run(self, listening: Callable[["IngestNode"], None]) -> None:
        """Joins the fleet, then listens; `listening` is told when publishers may come. Raises CannotListen."""
        settings = self.settings
        plain = listeners.bind(settings.rtmp_host, settings.rtmp_port, "STREAM_SYNC_RTMP_PORT")
        certificates, encrypted = self._certificates, None
        if certificates is not None and settings.rtmps_port is not None:
            encrypted = listeners.bind(settings.rtmp_host, settings.rtmps_port, "STREAM_SYNC_RTMPS_PORT")
        await self._membership.join()
        servers = [listeners.serve(plain, lambda: PublisherConnection(self))]
        self.port = plain.getsockname()[1]
        if certificates is not None and encrypted is not None:
            servers.append(listeners.serve(encrypted, lambda: PublisherConnection(self, certificates.context)))
            self.rtmps_port = encrypted.getsockname()[1]
        worker = asyncio.create_task(self.telemetry.run())
        renewing = asyncio.create_task(self._membership.renew())
        others = (
            self._tick(),
            self._measure(),
            self._membership.watch_peers(),
            self._watching.run(),
            self._look_after(),
        )
        chores = [renewing, *(asyncio.create_task(chore) for chore in others)]
        for chore in chores:
            chore.add_done_callback(self._chore_ended)
        self.log.info(
            "listening",
            host=settings.rtmp_host,
            port=self.port,
            rtmps_port=self.rtmps_port,
            node_id=settings.node_id,
            event_loop=type(asyncio.get_running_loop()).__module__,
            compiled=compiled.find() is not None,
        )
        # What is there by now stays: no collection of garbage need look at it again, and none takes long.
        gc.collect()
        gc.freeze()
        listening(self)
        try:
            await self._stopping.wait()
        finally:
            for server in servers:
                server.close()
            await self._end_all(renewing)
            for task in (*chores, worker):
                task.cancel()
            await asyncio.gather(*chores, worker, return_exceptions=True)
            for threads in (self._threads, self._key_threads, self._telemetry_threads):
                threads.close()
            self._membership.close()
            self.log.info("stopped", node_id=self.settings.node_id)

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Ends the run: streams first, properly, then the node's session."""
        self._stopping.set()

    def _chore_ended(self, chore: "asyncio.Task[None]") -> None:
        if not chore.cancelled() and chore.exception() is not None:
            self.log.error("a chore of the node failed, it stops", exc_info=chore.exception())
            self.stop()

    async def _end_all(self, renewing: "asyncio.Task[None]") -> None:
        """Every stream ended, told and recorded, within `stop_seconds`; then the session is given back."""
        self.log.info("stopping", streams=self.active)
        for broadcast in list(self._broadcasts.values()):
            broadcast.end(EndReason.NODE_DRAINED)
        try:
            async with asyncio.timeout(self.settings.stop_seconds):
                while self._broadcasts or self._claiming:  # a claim that is under way may still make one more
                    self._claim_answered.clear()
                    for broadcast in list(self._broadcasts.values()):
                        await broadcast.wait_ended()
                    if self._claiming:
                        await self._claim_answered.wait()
                for connection in list(self._connections):
                    connection.close(EndReason.NODE_DRAINED.value)
                if self._connections:
                    await self._no_connections.wait()
                await self.telemetry.flush()
                renewing.cancel()
                await self._membership.leave()
        except (TimeoutError, StoreUnavailable):
            self.log.error("stopped before everything was recorded", streams=self.active)

    # --- chores ------------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK
            await asyncio.sleep(TICK)
            if loop.time() - due > TICK:  # the loop was busy: what came meanwhile is read and accepted first
                continue
            for broadcast in list(self._broadcasts.values()):
                with _apart(broadcast):
                    broadcast.tick()

    async def _measure(self) -> None:
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
            for broadcast in list(self._broadcasts.values()):
                with _apart(broadcast):
                    broadcast.sample(loop.time())
                    is_watched = broadcast.key.channel_id in self._watching.channels
                    # Each in its turn, so that a thousand streams are not written in one burst.
                    turn = second + ord(broadcast.stream_id[-1])
                    is_due = turn % PULSE_EVERY == 0 or _is_new(broadcast, now)
                    if (is_watched or is_due) and (pulse := broadcast.pulse(now)) is not None:
                        watched += [pulse] if is_watched else []
                        due += [pulse] if is_due else []
            for sending in (self.telemetry.send_metrics(watched), self.telemetry.store_pulses(due)):
                task = asyncio.create_task(sending)
                pending.add(task)
                task.add_done_callback(pending.discard)

    async def _look_after(self) -> None:
        """A renewed certificate is taken on; who was turned away is told in one line, not in thousands."""
        while True:
            await asyncio.sleep(LOOK_AFTER_EVERY)
            if turned_away := self._gate.take_turned_away():
                self.log.warning("connections turned away", extra={"reasons": turned_away})
            try:
                if self._certificates is not None and self._certificates.reload_if_changed():
                    self.log.info("the certificate was read again")
            except CertificateUnreadable as unreadable:
                self.log.error("the certificate cannot be read, the former one stays in use", detail=str(unreadable))


def _is_new(broadcast: Broadcast, now: int) -> bool:
    """Whether its first pulse is due: give or take a second, FIRST_PULSE after its first media."""
    started_at = broadcast.hold.started_at
    return started_at is not None and 0 <= now - started_at - FIRST_PULSE * 1000 < 1000


@contextlib.contextmanager
def _apart(broadcast: Broadcast) -> Iterator[None]:
    """A defect met in one broadcast ends that one, and touches no other (SS-5.1)."""
    try:
        yield
    except Exception as error:
        broadcast.fail(error)
