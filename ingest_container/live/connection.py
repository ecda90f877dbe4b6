"""One TCP connection: its RTMP session, its admission, its audit record. A failure in one never touches another."""

import asyncio
import os
import ssl
from typing import Protocol

from aws_lambda_powertools import Logger

from chalicelib.domain import publish_names
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.refusals import NodeDraining, PublishRefused
from chalicelib.domain.streams import EndReason, protocol_failure
from ingest_container import rtmp
from ingest_container.base.settings import IngestSettings
from ingest_container.live.audit import AuditSpan
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.facts import FactFinder
from ingest_container.live.telemetry import Telemetry
from ingest_container.net import proxy_protocol
from ingest_container.net.gatekeeper import TurnedAway, canonical, subscriber
from ingest_container.net.reading import FairReader, TurnGiver, received
from ingest_container.net.receive_mark import Gathering
from ingest_container.net.tls import TlsBroken, TlsLayer
from ingest_container.net.turns import ADMISSION_COST

HANDSHAKE_RANDOM = 1528  # bytes of S1 (RTMP 1.0, 5.2.3)
MAX_UNSENT = 64 * 1024  # a peer that does not read our few hundred bytes is broken


class Abandoned(Exception):
    """A publisher that waited for its answer has gone, or answers no more."""


class Host(TurnGiver, Protocol):
    """The node, as a connection sees it."""

    settings: IngestSettings
    log: Logger
    telemetry: Telemetry

    def connected(self, connection: "PublisherConnection") -> None:
        """Raises TurnedAway; `disconnected` comes in any case."""

    def identified(self, connection: "PublisherConnection", client_ip: str) -> None:
        """Who the client is, past a load balancer. Raises TurnedAway."""

    def disconnected(self, connection: "PublisherConnection") -> None: ...

    async def admit(self, stream_key: str, connection: "PublisherConnection") -> Broadcast:
        """The broadcast that `connection` carries from now on. Raises PublishRefused and its kin, and Abandoned."""

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> float:
        """The refusal is known and will be told after so many seconds."""


class PublisherConnection(FairReader):
    """The asyncio side of an `rtmp.Session`; asks the node for admission and feeds one `Broadcast`."""

    def __init__(self, node: Host, context: ssl.SSLContext | None = None) -> None:
        """With `context` the peer speaks TLS, behind a PROXY header if one comes."""
        # Nobody wants the frames themselves yet: they are counted only.
        now = asyncio.get_running_loop().time()
        session = rtmp.Session(now=now, random_bytes=os.urandom(HANDSHAKE_RANDOM), frames=False)
        super().__init__(node, session, begins_cheaply=context is None)
        self._node = node
        self._tls = TlsLayer(context) if context is not None else None
        self._gathering = Gathering(None)
        self._counts = self._session.counts
        self._media = 0  # how much of it was seen
        self._found = FactFinder()
        self._broadcast: Broadcast | None = None
        self._admission: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._span = AuditSpan.begin(self._loop.time())
        self._audited = False  # the record of the span is written
        self._reason = "peer_closed"
        self._detail: str | None = None
        self._stopped_cleanly = False
        self._key_id: str | None = None
        self._channel_id: str | None = None
        self._stream: tuple[str, int] | None = None  # stream id and a seq, for the audit record
        self._asked_to_publish = False
        self._preamble: bytearray | None = None  # while a PROXY protocol header may still come
        self._pong: asyncio.Future[None] | None = None  # while an answer to a ping is waited for
        self.client_ip: str | None = None
        self.flash_version = ""

    @property
    def described(self) -> bool:
        """Whether metadata or sequence headers of the stream came."""
        return self._counts.bytes > 0 or self._found.claimed is not None

    @property
    def facts(self) -> StreamFacts:
        self._found.heard(self._counts)
        return self._found.facts

    # --- asyncio's side ----------------------------------------------------------------------------------------

    def opened(self) -> None:
        self._transport.set_write_buffer_limits(MAX_UNSENT)
        self._gathering = Gathering(self._transport.get_extra_info("socket"))
        peer = self._transport.get_extra_info("peername")
        self.client_ip = canonical(peer[0]) if peer else None
        self._subscriber = subscriber(self.client_ip) if self.client_ip else ""
        try:
            self._node.connected(self)
            if self.client_ip is not None and self._node.settings.trusts_proxy(self.client_ip):
                self._preamble = bytearray()
            elif self.client_ip is not None:
                self._node.identified(self, self.client_ip)
        except TurnedAway as turned_away:
            self._abort(turned_away.reason)
        else:
            self._arm_timer()

    def used_too_much(self) -> None:
        self._abort("too_much_cpu", f"{self._session.bytes_received} bytes took more than they may")

    def take(self, nbytes: int) -> None:
        if self._preamble is None and self._tls is None:
            self._receive(received, nbytes)
            return
        data = memoryview(received)[:nbytes]
        if self._preamble is not None:
            rest = self._after_proxy_header(self._preamble, data)
            if rest is None:
                return
            data = memoryview(rest)
        if self._tls is not None:
            self._receive_encrypted(self._tls, data)
        else:
            self._receive(data, len(data))

    def _receive(self, data: bytes | bytearray | memoryview, size: int) -> None:
        session = self._session
        state = session.state
        events = session.receive_data(data, self._loop.time(), size)
        if self._counts.media != self._media and self._broadcast is not None:
            new, self._media = self._counts.media - self._media, self._counts.media
            self._broadcast.media(new)
        if events:
            self._handle(events)
        if session.state is not state:
            self._arm_timer()
        self._flush()

    def _after_proxy_header(self, preamble: bytearray, data: memoryview) -> bytearray | None:
        """What follows the load balancer's header, which names the client; None while it is not whole."""
        preamble += data
        try:
            header = proxy_protocol.parse(preamble)
            if header is not None and header.client_ip is not None:
                self.client_ip = canonical(header.client_ip)
                self._subscriber = subscriber(self.client_ip)
                self._node.identified(self, self.client_ip)
        except proxy_protocol.ProxyHeaderBroken as broken:
            self._abort("proxy_header_broken", str(broken))
            return None
        except TurnedAway as turned_away:
            self._abort(turned_away.reason)
            return None
        if header is None:
            return None
        self._preamble = None
        return preamble[header.size :]

    def _receive_encrypted(self, tls: TlsLayer, data: bytes | memoryview) -> None:
        try:
            plain = tls.receive_data(data)
        except TlsBroken as broken:
            self._flush()  # the alert that says why
            self._abort("tls_failed", str(broken))
            return
        if plain:
            self._receive(plain, len(plain))
        self._flush()
        if tls.ended:
            self.eof_received()

    def eof_received(self) -> bool:
        self._handle(self._session.receive_eof(self._loop.time()))
        return False

    def pause_writing(self) -> None:
        self._abort("peer_not_reading")

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._reason == "peer_closed":
            self._reason = "connection_reset"
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._node.disconnected(self)
        if self._broadcast is not None:
            self._leave(self._broadcast)
        if not self._audited:
            self._audit()

    # --- the session's side ------------------------------------------------------------------------------------

    def _arm_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline = self._session.next_timer()
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._on_timer)

    def _on_timer(self) -> None:
        self._handle(self._session.handle_timer(self._loop.time()))
        self._flush()
        self._arm_timer()

    def _flush(self) -> None:
        data = self._session.data_to_send()
        if self._tls is not None:
            if data:
                self._tls.send_data(data)
            data = self._tls.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _hang_up(self) -> None:
        """Close, after what is still to be said."""
        self._flush()  # behind close_notify TLS takes nothing more
        if self._tls is not None:
            self._tls.close()
        self._flush()
        self._transport.close()

    def _abort(self, reason: str, detail: str | None = None) -> None:
        """Close at once; nothing that waits is sent."""
        self._reason, self._detail = reason, detail
        self._transport.abort()

    def _handle(self, events: list[rtmp.Event]) -> None:
        for event in events:
            match event:
                case rtmp.PublishRequested():
                    self._begin_stream()
                    if self._allowance is None:
                        self.charge(ADMISSION_COST)
                    self._admission = self._loop.create_task(self._admit(event))
                case rtmp.CleanStop():
                    self._on_clean_stop()
                case rtmp.Connected():
                    self.flash_version = event.flash_ver
                    self._found.introduced(event.flash_ver)
                case rtmp.ProtocolFailed():
                    self._reason, self._detail = event.reason_code, event.detail
                case rtmp.TimedOut():
                    if not self._stopped_cleanly:  # else it said goodbye and only left its socket open
                        self._reason = f"{event.phase}_timeout"
                case rtmp.Pong():
                    if self._pong is not None and not self._pong.done():
                        self._pong.set_result(None)
                case rtmp.CloseNow():
                    self._hang_up()
                case _:
                    self._found.learn(event)

    def _begin_stream(self) -> None:
        """A publish is asked for; where it is not the connection's first, it has an audit record of its own."""
        if self._audited:
            self._span = AuditSpan.begin(self._loop.time(), self._session.bytes_received)
            self._audited = self._stopped_cleanly = False
            self._key_id = self._stream = self._detail = None
            self._reason = "peer_closed"
        self._asked_to_publish = True

    def _on_clean_stop(self) -> None:
        self._stopped_cleanly = True
        self._gathering.at_once()
        self._reason = EndReason.CLEAN_STOP.value
        broadcast, self._broadcast = self._broadcast, None  # the connection is free for another
        if broadcast is not None:
            broadcast.end(EndReason.CLEAN_STOP)
        self._audit()

    # --- admission ---------------------------------------------------------------------------------------------

    async def _admit(self, request: rtmp.PublishRequested) -> None:
        try:
            stream_key = publish_names.stream_key(request.app, request.stream_name, self._node.settings.rtmp_app)
            broadcast = await self._node.admit(stream_key, self)
        except PublishRefused as refusal:
            await self._refuse(refusal)
            return
        except StreamSyncError as error:
            await self._refuse(PublishRefused(error.detail))
            return
        except Abandoned:
            if not self._transport.is_closing():
                self._abort("queue_abandoned")
            return
        except Exception:  # a defect of ours: the encoder must not wait for an answer for ever
            self._node.log.exception("admission failed")
            self._abort("internal_error")
            return
        if self._transport.is_closing():
            self._leave(broadcast)
            return
        self._broadcast = broadcast
        self._key_id, self._channel_id = broadcast.key.key_id, broadcast.key.channel_id
        self._stream = (broadcast.stream_id, broadcast.hold.next_seq())
        self._found = FactFinder()
        self._found.introduced(self.flash_version)
        self._session.accept_publish(self._loop.time())
        self._counts, self._media = self._session.counts, 0
        broadcast.meter.follow(self._counts, self._loop.time())
        self._arm_timer()
        self._flush()

    # --- how it is read ----------------------------------------------------------------------------------------

    def gather(self, bytes_per_second: float) -> None:
        """The stream runs at this rate: be woken for a tenth of a second of it at a time."""
        self._gathering.follow(bytes_per_second, self._session.acknowledge_every)

    def hasten(self) -> None:
        """Less comes than was expected: be woken for every byte."""
        self._gathering.at_once()

    def has_unread(self) -> bool:
        """Whether something waits to be read: then it is we who are late, not the encoder."""
        return self._gathering.unread() > 0

    async def _refuse(self, refusal: PublishRefused) -> None:
        self._reason, self._key_id, self._channel_id = refusal.code, refusal.key_id, refusal.channel_id
        pause = self._node.refused(refusal, self.client_ip)
        if pause:
            await asyncio.sleep(pause)
        if not self._transport.is_closing() and self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            self._session.refuse_publish(refusal.rtmp_code, refusal.rtmp_description, self._loop.time())
            self._arm_timer()
            self._flush()

    # --- the end -----------------------------------------------------------------------------------------------

    def drop(self, reason: EndReason) -> None:
        """The broadcast is over, or goes on without this connection."""
        if reason is EndReason.CLEAN_STOP:
            return  # it was let go of then, and another may have begun here
        self._broadcast = None
        if not self._stopped_cleanly:
            self._reason = reason.value
        # Encoders ignore or mishandle what is said after Publish.Start; a close at a message boundary they all
        # understand.
        self._hang_up()

    def close(self, reason: str) -> None:
        """The node stops."""
        if self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            draining = NodeDraining()
            self._session.refuse_publish(draining.rtmp_code, draining.rtmp_description, self._loop.time())
        self._reason = reason
        self._hang_up()

    def give_way(self) -> None:
        """Too many strangers, and this one has been here longest."""
        self._abort("gave_way")

    def ping(self) -> "asyncio.Future[None]":
        """Done when the encoder, whose publish is not answered yet, gives a sign of life."""
        self._pong = self._loop.create_future()
        if not self._transport.is_closing() and self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            self._session.ping(self._loop.time())
            self._flush()
        return self._pong

    def _leave(self, broadcast: Broadcast) -> None:
        self._broadcast = None
        if self._stopped_cleanly:
            broadcast.end(EndReason.CLEAN_STOP)
        else:
            failure = None if self._detail is None else protocol_failure(self._reason, self._detail)
            broadcast.connection_lost(self, failure)

    def _audit(self) -> None:
        self._audited = True
        received = self._session.bytes_received
        record = {
            "client_ip": self.client_ip,
            "node_id": self._node.settings.node_id,
            "key_id": self._key_id,
            "channel_id": self._channel_id,
            "stream_id": self._stream[0] if self._stream else None,
            **self._span.measures(self._loop.time(), received),
            "reason": self._reason,
            "detail": self._detail,
        }
        # A load balancer's health check connects and leaves every few seconds.
        tell = self._node.log.info if received or self._detail is not None else self._node.log.debug
        tell("connection", extra=record)
        if self._asked_to_publish:
            self._node.telemetry.audit(record, *(self._stream or (None, None)))
