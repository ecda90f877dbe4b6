"""An `rtmp.Session` on a TCP connection: PROXY header, TLS, deadlines, and how the kernel batches what arrives."""

import asyncio
import os
import ssl
from abc import abstractmethod
from collections.abc import Callable

from chalicelib.domain import addresses
from ingest_container import rtmp
from ingest_container.net.gatekeeper import ConnectionRejected, canonical
from ingest_container.net.memory import MemoryBudget
from ingest_container.net.reading import FairReader, TurnScheduler, received
from ingest_container.net.receive_mark import COUNTED_SECONDS, PACKAGED_SECONDS, ReceiveMark
from ingest_container.net.wire import Wire, WireBroken

HANDSHAKE_RANDOM = 1528  # bytes of S1 (RTMP 1.0, 5.2.3)
MAX_UNSENT = 64 * 1024  # a peer that does not read our few hundred bytes is broken


class RtmpConnection(FairReader):
    """Moves bytes between socket and session. A subclass handles the session's events."""

    def __init__(
        self,
        scheduler: TurnScheduler,
        memory: MemoryBudget,
        context: ssl.SSLContext | None,
        trusts_proxy: Callable[[str], bool],
        *,
        frames: bool,
    ) -> None:
        """With `context` the peer speaks TLS. `trusts_proxy` says whose PROXY header to believe, by address."""
        now = asyncio.get_running_loop().time()
        session = rtmp.Session(now=now, random_bytes=os.urandom(HANDSHAKE_RANDOM), frames=frames)
        super().__init__(scheduler, session)
        self._memory = memory
        self._held = 0  # bytes, as `memory` was told
        self._context = context
        self._trusts_proxy = trusts_proxy
        self._wire: Wire | None = None  # while the socket's bytes are not simply RTMP's
        self._collected = PACKAGED_SECONDS if frames else COUNTED_SECONDS  # of media, before it is read
        self._receive_mark = ReceiveMark(None)
        self._timer: asyncio.TimerHandle | None = None
        self._counts = self._session.counts
        self._media = 0  # messages that `_on_media` was told of
        self._on_media: Callable[[int], None] | None = None  # so many audio and video messages came
        self.client_ip: str | None = None
        self.moved_from: str | None = None  # the node that carries it on to us

    # --- what a subclass does ----------------------------------------------------------------------------------

    @abstractmethod
    def connected(self) -> None:
        """The connection is there. Raises ConnectionRejected."""

    @abstractmethod
    def identified(self, client_ip: str) -> None:
        """The client's own address is known, behind a load balancer too. Raises ConnectionRejected."""

    @abstractmethod
    def handle(self, events: list[rtmp.Event]) -> None:
        """The session's events, in order."""

    @abstractmethod
    def aborted(self, reason: str, detail: str | None) -> None:
        """The connection is closed at once, for `reason`, a stable code."""

    # --- receiving ---------------------------------------------------------------------------------------------

    def opened(self) -> None:
        self._transport.set_write_buffer_limits(MAX_UNSENT)
        self._receive_mark = ReceiveMark(self._transport.get_extra_info("socket"), self._collected)
        peer = self._transport.get_extra_info("peername")
        peer_ip = canonical(peer[0]) if peer else None
        behind_proxy = peer_ip is not None and self._trusts_proxy(peer_ip)
        if behind_proxy or self._context is not None:
            self._wire = Wire(self._context, behind_proxy=behind_proxy, on_client=self._on_client)
        try:
            if peer_ip is not None:
                self._set_client(peer_ip)
            self.connected()
            if peer_ip is not None and not behind_proxy:
                self.identified(peer_ip)
        except ConnectionRejected as rejected:
            self.abort(rejected.reason)
        else:
            self._arm_timer()

    @property
    def handshake_is_cheap(self) -> bool:
        return self._wire is None or self._wire.has_signed

    def take(self, nbytes: int) -> None:
        if self._wire is None:
            self._receive(received, nbytes)
        else:
            self._receive_through(self._wire, memoryview(received)[:nbytes])

    def _receive(self, data: bytes | bytearray | memoryview, size: int) -> None:
        session = self._session
        state = session.state
        events = session.receive_data(data, self._loop.time(), size)
        if self._counts.media != self._media and self._on_media is not None:
            new, self._media = self._counts.media - self._media, self._counts.media
            self._on_media(new)
        if events:
            self.handle(events)
        if session.state is not state:
            self._arm_timer()
        self._flush()
        self._account()

    def _account(self) -> None:
        held = self.held_bytes
        if held != self._held:
            self._held = held
            self._memory.holds(self, held)

    def _give_back(self) -> None:
        """Nothing is read any more."""
        self._session.discard()
        self._held = 0
        self._memory.holds(self, 0)

    def _receive_through(self, wire: Wire, data: memoryview) -> None:
        try:
            plain = wire.receive_data(data)
        except WireBroken as broken:
            self._flush()  # the TLS alert that says why
            self.abort(broken.reason, broken.detail)
            return
        except ConnectionRejected as rejected:
            self.abort(rejected.reason)
            return
        if wire.is_transparent:
            self._wire = None
        if plain:
            self._receive(plain, len(plain))
        self._flush()  # TLS has answers of its own
        if wire.ended:
            self.eof_received()

    def _set_client(self, client_ip: str) -> None:
        self.client_ip = client_ip
        self._subscriber = addresses.subscriber(client_ip)

    def _on_client(self, client_ip: str) -> None:
        self.moved_from = self._wire.moved_from if self._wire is not None else None
        self._set_client(canonical(client_ip))
        self.identified(canonical(client_ip))

    def eof_received(self) -> bool:
        self.handle(self._session.receive_eof(self._loop.time()))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._give_back()
        # It knows this connection: together they would stay, TLS and all, until the collector comes, and of an idle
        # node that may be never.
        self._wire = None

    @property
    def is_gone(self) -> bool:
        """Whether it is closed or closing."""
        return self._transport.is_closing()

    # --- how much is read at a time ----------------------------------------------------------------------------

    def batch_reads(self, bytes_per_second: float) -> None:
        """The stream runs at this rate: wake up for a fraction of a second of it at a time."""
        self._receive_mark.follow(bytes_per_second, self._session.acknowledge_every)

    def aim_read(self, seconds: float | None) -> None:
        """A read is to come after so many seconds of media; None: after the usual fraction of a second."""
        self._receive_mark.aim(seconds, self._session.held_bytes)

    def read_immediately(self) -> None:
        """Commands are due, or less media came than expected: wake up for every byte."""
        self._receive_mark.reset()

    def has_pending_data(self) -> bool:
        """Whether received bytes wait to be read: then this node is late, not the encoder."""
        return self._receive_mark.pending_bytes() > 0

    # --- what a subclass needs ---------------------------------------------------------------------------------

    @property
    def bytes_received(self) -> int:
        """Of RTMP."""
        return self._session.bytes_received

    @property
    def held_bytes(self) -> int:
        """Kept of what came in."""
        return self._session.held_bytes

    def _follow_counts(self, on_media: Callable[[int], None]) -> None:
        """A stream begins: its media is counted anew."""
        self._counts, self._media, self._on_media = self._session.counts, 0, on_media

    # --- deadlines and answers ---------------------------------------------------------------------------------

    def _arm_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        deadline = self._session.next_timer()
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._on_timer)

    def _on_timer(self) -> None:
        self.handle(self._session.handle_timer(self._loop.time()))
        self.answer()

    def answer(self) -> None:
        """Sends what the session has to say, and keeps its deadline, after anything but received bytes."""
        self._flush()
        self._arm_timer()
        self._account()

    def _flush(self) -> None:
        data = self._session.data_to_send()
        if self._wire is not None:
            if data:
                self._wire.send_data(data)
            data = self._wire.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)

    def pause_writing(self) -> None:
        self.abort("peer_not_reading")

    def used_too_much(self) -> None:
        self.abort("too_much_cpu", f"{self._session.bytes_received} bytes took more than they may")

    @property
    def is_authenticated(self) -> bool:
        return self._allowance is not None

    def out_of_memory(self, held: int) -> None:
        self.abort("too_much_memory", f"{held} bytes in unfinished messages, while the node had no memory for more")

    def hang_up(self) -> None:
        """Closes the connection when everything is sent."""
        self._flush()  # behind close_notify TLS takes nothing more
        if self._wire is not None:
            self._wire.close()
        self._flush()
        self._give_back()
        self._transport.close()

    def abort(self, reason: str, detail: str | None = None) -> None:
        """Closes the connection at once; what waits to be sent is lost."""
        self.aborted(reason, detail)
        self._give_back()
        self._transport.abort()
