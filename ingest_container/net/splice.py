"""A publisher's connection, carried on to a peer: its bytes are copied, and the peer's RTMP session is the one it has.

    encoder --TCP, maybe TLS--> this node --PROXY header, opening, replay, then every byte--> peer
            <------------------           <------------------ from the answer to publish on

The encoder has had a session with this node up to its publish. The peer is sent all that the encoder said in it, and
what the peer answers to that is not passed on: the encoder has had the same answers from here. Both count the bytes
since the handshake, so the peer's acknowledgements are right for the encoder too. The header names the encoder's
address, for the peer's limits, and this node, so that the peer does not move it again.

A peer that reads too slowly stops the reading of the encoder's socket; one that reads nothing for seconds is given up.
What it sends back is a few hundred bytes: an encoder that does not read those is closed, as on any connection.
"""

import asyncio
import socket
from typing import Protocol, cast

from ingest_container import rtmp
from ingest_container.base.sockets import notice_death
from ingest_container.net import proxy_protocol

CONNECT_WITHIN = 1.0  # seconds
# The peer may wait this long itself: for its session's renewal, for the old connection of the same encoder.
ANSWER_WITHIN = 15.0
MAX_UNSENT = 256 * 1024  # bytes, and one read more
STALLED_AFTER = 5.0  # seconds in which the peer reads nothing
# Bytes that an encoder says until it has its answer, and that can be said again; those that wait say less than 10 KB.
MAX_REPLAYED = 64 * 1024


class Replay:
    """What an encoder sent since its handshake."""

    def __init__(self) -> None:
        self._handshake_left = len(rtmp.OPENING)
        self.data = bytearray()

    def add(self, data: bytes | bytearray | memoryview, size: int) -> bool:
        """False if it is too much to be repeated."""
        skipped = min(self._handshake_left, size)
        self._handshake_left -= skipped
        self.data += memoryview(data)[skipped:size]
        return len(self.data) <= MAX_REPLAYED


class NotMoved(Exception):
    """The peer cannot be reached, has no room any more, or answers what no node does."""


class Encoder(Protocol):
    """The connection on this side."""

    client_ip: str | None

    @property
    def replay(self) -> Replay | None:
        """None if it cannot be repeated."""

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def peer_sent(self, data: bytes) -> None:
        """To be written as it is."""

    def peer_closed(self, reason: str) -> None:
        """Nothing more comes; `reason` is a stable code. Not called after `close` or `abort`."""


class Splice(asyncio.Protocol):
    """To the peer `node_id`. `open` it, `send` what the encoder sends, and `close` or `abort` it in the end."""

    def __init__(self, node_id: str, encoder: Encoder) -> None:
        self.node_id = node_id
        self._encoder = encoder
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._reader: rtmp.PublishAnswerReader | None = rtmp.PublishAnswerReader()
        self._answer: asyncio.Future[rtmp.PublishAnswer] = self._loop.create_future()
        self._stalled: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._is_ended = False  # by this side

    async def open(self, host: str, port: int, own_node: str) -> rtmp.PublishAnswer:
        """The peer's answer to the publish, which is repeated there. Raises NotMoved."""
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._loop.create_connection(lambda: self, host, port)
            self._repeat(own_node)
            async with asyncio.timeout(ANSWER_WITHIN):
                return await self._answer
        except (OSError, TimeoutError) as error:
            self.abort()
            raise NotMoved(type(error).__name__) from None
        except BaseException:
            self.abort()
            raise

    def _repeat(self, own_node: str) -> None:
        client_ip, replay = self._encoder.client_ip, self._encoder.replay
        if client_ip is None or replay is None:
            raise NotMoved("not_repeatable")
        self._has_begun = True
        self.send(proxy_protocol.header(client_ip, own_node) + rtmp.OPENING + replay.data)

    def send(self, data: bytes) -> None:
        """What the encoder sent; until the connection is there, `Replay` has it."""
        if self._has_begun and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """The encoder has closed its side: the peer gets what was sent, then the end."""
        self._end()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """At once; the peer sees a broken connection."""
        self._end()
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio's side ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(MAX_UNSENT)
        connected: socket.socket = transport.get_extra_info("socket")
        notice_death(connected)
        if self._is_ended:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            self._encoder.peer_sent(data)
            return
        try:
            found = self._reader.receive_data(data)
        except rtmp.ProtocolError as error:
            self._fail(error.reason_code)
            return
        if found is not None and not self._answer.done():
            self._reader = None
            answer, rest = found
            self._answer.set_result(answer)
            if rest:  # behind the answer, which is passed on first
                self._loop.call_soon(self._encoder.peer_sent, rest)

    def pause_writing(self) -> None:
        self._encoder.pause_reading()
        self._stalled = self._loop.call_later(STALLED_AFTER, self._fail, "peer_node_stalled")

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        self._encoder.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("peer_node_closed")

    def _fail(self, reason: str) -> None:
        """The peer is gone, or is treated so."""
        if self._is_ended:
            return
        is_answered = self._answer.done()
        self._end(reason)
        if self._transport is not None:
            self._transport.abort()
        if is_answered:
            self._encoder.peer_closed(reason)

    def _end(self, reason: str = "closed") -> None:
        self._is_ended = True
        if self._stalled is not None:
            self.resume_writing()
        if not self._answer.done():
            self._answer.set_exception(NotMoved(reason))
            self._answer.exception()  # perhaps nobody waits for it any more
