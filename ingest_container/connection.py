"""One TCP connection: its RTMP session, its admission, its audit record. A failure in one never touches another."""

import asyncio
import os
from typing import Protocol, cast

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import PublishRefused, StreamSyncError, WrongApplication
from chalicelib.domain.events import StreamFacts
from chalicelib.domain.streams import EndReason
from ingest_container import proxy_protocol, rtmp
from ingest_container.broadcast import Broadcast
from ingest_container.clock import now_ms
from ingest_container.facts import FactFinder
from ingest_container.settings import IngestSettings
from ingest_container.telemetry import Telemetry

HANDSHAKE_RANDOM = 1528  # bytes of S1 (RTMP 1.0, 5.2.3)
RECEIVE_BUFFER = 256 * 1024  # one for the whole node: the session copies what it keeps
MAX_UNSENT = 64 * 1024  # a peer that does not read our few hundred bytes is broken

_buffer = memoryview(bytearray(RECEIVE_BUFFER))


class Host(Protocol):
    """The node, as a connection sees it."""

    settings: IngestSettings
    log: Logger
    telemetry: Telemetry

    def connected(self, connection: "PublisherConnection") -> None: ...

    def disconnected(self, connection: "PublisherConnection") -> None: ...

    async def admit(self, stream_key: str, connection: "PublisherConnection") -> Broadcast:
        """The broadcast that `connection` carries from now on. Raises PublishRefused and its kin."""

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> None: ...


class PublisherConnection(asyncio.BufferedProtocol):
    """The asyncio side of an `rtmp.Session`; asks the node for admission and feeds one `Broadcast`."""

    def __init__(self, node: Host) -> None:
        self._node = node
        self._loop = asyncio.get_running_loop()
        self._session = rtmp.Session(now=self._loop.time(), random_bytes=os.urandom(HANDSHAKE_RANDOM))
        self._found = FactFinder()
        self._broadcast: Broadcast | None = None
        self._admission: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport
        self._began = now_ms()
        self._began_at = self._loop.time()
        self._reason = "peer_closed"
        self._detail: str | None = None
        self._stopped_cleanly = False
        self._key_id: str | None = None
        self._stream: tuple[str, int] | None = None  # stream id and a seq, for the audit record
        self._asked_to_publish = False
        self._preamble: bytearray | None = None  # while a PROXY protocol header may still come
        self.client_ip: str | None = None

    @property
    def facts(self) -> StreamFacts:
        return self._found.facts

    # --- asyncio's side ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(MAX_UNSENT)
        peer = transport.get_extra_info("peername")
        self.client_ip = str(peer[0]) if peer else None
        if self.client_ip is not None and self._node.settings.trusts_proxy(self.client_ip):
            self._preamble = bytearray()
        self._node.connected(self)
        self._arm_timer()

    def get_buffer(self, sizehint: int) -> memoryview:
        return _buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = _buffer[:nbytes]
        if self._preamble is not None:
            rest = self._after_proxy_header(self._preamble, data)
            if rest is None:
                return
            data = memoryview(rest)
        state = self._session.state
        self._handle(self._session.receive_data(data, self._loop.time()))
        if self._session.state is not state:
            self._arm_timer()
        self._flush()

    def _after_proxy_header(self, preamble: bytearray, data: memoryview) -> bytearray | None:
        """What follows the load balancer's header, which names the client; None while it is not whole."""
        preamble += data
        try:
            header = proxy_protocol.parse(preamble)
        except proxy_protocol.ProxyHeaderBroken as broken:
            self._reason, self._detail = "proxy_header_broken", str(broken)
            self._transport.abort()
            return None
        if header is None:
            return None
        self.client_ip = header.client_ip or self.client_ip
        self._preamble = None
        return preamble[header.size :]

    def eof_received(self) -> bool:
        self._handle(self._session.receive_eof(self._loop.time()))
        return False

    def pause_writing(self) -> None:
        self._reason = "peer_not_reading"
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._reason == "peer_closed":
            self._reason = "connection_reset"
        if self._timer is not None:
            self._timer.cancel()
        self._node.disconnected(self)
        if self._broadcast is not None:
            self._leave(self._broadcast)
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
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def _handle(self, events: list[rtmp.Event]) -> None:
        for event in events:
            match event:
                case rtmp.VideoMessage():
                    self._on_video(event)
                case rtmp.AudioMessage():
                    self._on_audio(event)
                case rtmp.PublishRequested():
                    self._asked_to_publish = True
                    self._admission = self._loop.create_task(self._admit(event))
                case rtmp.CleanStop():
                    self._on_clean_stop()
                case rtmp.Connected():
                    self._found.introduced(event.flash_ver)
                case rtmp.ProtocolFailed():
                    self._reason, self._detail = event.reason_code, event.detail
                case rtmp.TimedOut():
                    self._reason = f"{event.phase}_timeout"
                case rtmp.CloseNow():
                    self._flush()
                    self._transport.close()
                case _:
                    self._found.learn(event)

    def _on_video(self, event: rtmp.VideoMessage) -> None:
        if self._broadcast is None:
            return
        self._broadcast.meter.add_video(len(event.payload), event.timestamp)
        self._found.video_codec = event.codec
        if not event.is_sequence_header:
            self._broadcast.media()

    def _on_audio(self, event: rtmp.AudioMessage) -> None:
        if self._broadcast is None:
            return
        self._broadcast.meter.add_audio(len(event.payload))
        self._found.audio_codec = event.codec
        if not event.is_sequence_header:
            self._broadcast.media()

    def _on_clean_stop(self) -> None:
        self._stopped_cleanly = True
        self._reason = EndReason.CLEAN_STOP.value
        if self._broadcast is not None:
            self._broadcast.end(EndReason.CLEAN_STOP)

    # --- admission ---------------------------------------------------------------------------------------------

    async def _admit(self, request: rtmp.PublishRequested) -> None:
        try:
            if request.app != self._node.settings.rtmp_app:
                raise WrongApplication()
            broadcast = await self._node.admit(request.stream_name, self)
        except PublishRefused as refusal:
            self._refuse(refusal)
            return
        except StreamSyncError as error:
            self._refuse(PublishRefused(error.detail))
            return
        if self._transport.is_closing():
            self._leave(broadcast)
            return
        self._broadcast = broadcast
        self._key_id = broadcast.key.key_id
        self._stream = (broadcast.stream_id, broadcast.hold.next_seq())
        self._stopped_cleanly = False
        self._session.accept_publish(self._loop.time())
        self._arm_timer()
        self._flush()

    def _refuse(self, refusal: PublishRefused) -> None:
        self._reason, self._key_id = refusal.code, refusal.key_id
        self._node.refused(refusal, self.client_ip)
        if not self._transport.is_closing() and self._session.state is rtmp.SessionState.PUBLISH_PENDING:
            self._session.refuse_publish(refusal.rtmp_code, refusal.rtmp_description, self._loop.time())
            self._arm_timer()
            self._flush()

    # --- the end -----------------------------------------------------------------------------------------------

    def drop(self, reason: EndReason) -> None:
        """The broadcast is over, or goes on without this connection."""
        self._broadcast = None
        if not self._stopped_cleanly:
            self._reason = reason.value
        if reason is not EndReason.CLEAN_STOP:
            # Encoders ignore or mishandle what is said after Publish.Start; a close at a message boundary they all
            # understand.
            self._transport.close()

    def close(self, reason: str) -> None:
        """The node stops."""
        self._reason = reason
        self._transport.close()

    def _leave(self, broadcast: Broadcast) -> None:
        self._broadcast = None
        if self._stopped_cleanly:
            broadcast.end(EndReason.CLEAN_STOP)
        else:
            broadcast.connection_lost(self)

    def _audit(self) -> None:
        seconds = self._loop.time() - self._began_at
        received = self._session.bytes_received
        record = {
            "client_ip": self.client_ip,
            "node_id": self._node.settings.node_id,
            "key_id": self._key_id,
            "stream_id": self._stream[0] if self._stream else None,
            "started_at": self._began,
            "duration_s": round(seconds, 3),
            "bytes": received,
            "mean_kbps": round(received * 8 / 1000 / seconds, 1) if seconds > 0 else 0.0,
            "reason": self._reason,
            "detail": self._detail,
        }
        # A load balancer's health check connects and leaves every few seconds.
        tell = self._node.log.info if received else self._node.log.debug
        tell("connection", extra=record)
        if self._asked_to_publish:
            self._node.telemetry.audit(record, *(self._stream or (None, None)))
