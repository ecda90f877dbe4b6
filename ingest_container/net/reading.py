"""How a connection is read: into one buffer for all, in its turn, and for no longer than it may take."""

import asyncio
import time
from abc import ABC, abstractmethod
from typing import cast

from ingest_container import rtmp
from ingest_container.net.turns import (
    CONNECTION_COST,
    MOST_BEFORE_AUTHENTICATED,
    READ_COST,
    TURNS_EVERY,
    PublisherAllowance,
    Turns,
)

RECEIVE_BUFFER = 256 * 1024  # one for the whole node: the session copies what it keeps
# Of it, for an unauthenticated connection: a read then costs a few milliseconds at the very most. And as much as C0, C1
# and C2 until they have arrived: a handshake that is first in line brings nothing else.
EARLY_BUFFER = 4 * 1024
HANDSHAKE_BUFFER = 1 + 2 * 1536

# Seconds of CPU after which a publisher's allowance is asked: one of a thousandth of a core's time, a few reads.
SETTLE_AFTER = 1e-3

received = bytearray(RECEIVE_BUFFER)
_buffer = memoryview(received)
_early_buffer, _handshake_buffer = _buffer[:EARLY_BUFFER], _buffer[:HANDSHAKE_BUFFER]


class TurnScheduler:
    """Gives `turns` as time comes in, for as long as a connection waits for one."""

    def __init__(self, turns: Turns | None = None) -> None:
        self.turns = turns or Turns()
        self._timer: asyncio.TimerHandle | None = None

    def wait(self, connection: "FairReader", address: str, used: float, *, handshake: bool) -> None:
        """`take_turn` will be called: there is no CPU time left for unauthenticated connections."""
        self.turns.wait(connection, address, used, handshake=handshake)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TURNS_EVERY, self._give)

    def _give(self) -> None:
        loop = asyncio.get_running_loop()
        while (connection := self.turns.next(loop.time())) is not None:
            connection.take_turn()
        self._timer = loop.call_later(TURNS_EVERY, self._give) if self.turns.waiting else None


class FairReader(asyncio.BufferedProtocol, ABC):
    """The receiving half of a connection, and what it costs. A subclass says what is done with the bytes."""

    def __init__(self, scheduler: TurnScheduler, session: rtmp.Session) -> None:
        self._scheduler = scheduler
        self._turns = scheduler.turns
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._subscriber = ""  # who pays for it
        self._cpu = 0.0  # seconds used until the key has been recognised
        self._allowance: PublisherAllowance | None = None  # from then on
        self._unsettled = 0.0  # seconds used since it was last asked
        self._kept: bytes | None = None  # what was read before its turn; meanwhile reading is paused
        self._into = _handshake_buffer

    # --- what a subclass does ----------------------------------------------------------------------------------

    @abstractmethod
    def opened(self) -> None:
        """The connection is there."""

    @abstractmethod
    def take(self, nbytes: int) -> None:
        """The first bytes of `received` came in."""

    @property
    @abstractmethod
    def handshake_is_cheap(self) -> bool:
        """Whether what remains of its handshakes is: that of TLS is not, until the node has signed."""

    @abstractmethod
    def used_too_much(self) -> None:
        """It took more CPU time than it may: close at once."""

    # --- asyncio's side ----------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        began = time.thread_time()
        self._transport = cast(asyncio.Transport, transport)
        self.opened()
        self.charge(time.thread_time() - began + CONNECTION_COST)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._into

    def buffer_updated(self, nbytes: int) -> None:
        if self._allowance is not None or self._turns.is_free(self._loop.time()):
            self._serve(nbytes)
        else:
            self._kept = bytes(_buffer[:nbytes])
            self._transport.pause_reading()
            first = self.handshake_is_cheap and self._session.state is rtmp.SessionState.HANDSHAKE
            self._scheduler.wait(self, self._subscriber, self._cpu, handshake=first)

    @property
    def paid_bytes(self) -> int:
        """Bytes of its stream: for each of them it may use some CPU time."""
        return self._session.counts.total_bytes

    # --- turns -------------------------------------------------------------------------------------------------

    def take_turn(self) -> None:
        """What was kept is handled now, and more may come."""
        kept, self._kept = self._kept, None
        if kept is None or self._transport.is_closing():
            return
        received[: len(kept)] = kept
        self._serve(len(kept))
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def authenticated(self) -> None:
        """The stream key is good: it is a publisher's connection from now on."""
        self._allowance = PublisherAllowance(self._loop.time())
        self._into = _buffer
        if self._kept is not None:
            self._loop.call_soon(self.take_turn)

    def charge(self, seconds: float) -> None:
        """So much was used for a connection without a recognised key."""
        if self._turns.charge(self._subscriber, seconds):
            self._loop.call_soon(self._turns.begin_turn)

    def _serve(self, nbytes: int) -> None:
        """Take what was read, and answer for the time it took."""
        began = time.thread_time()
        self.take(nbytes)
        spent = time.thread_time() - began
        if self._allowance is None:
            self._cpu += spent
            self.charge(spent + READ_COST)
            if self._into is _handshake_buffer and self._session.state is not rtmp.SessionState.HANDSHAKE:
                self._into = _early_buffer
            within = self._cpu <= MOST_BEFORE_AUTHENTICATED
        else:
            self._unsettled += spent
            if self._unsettled < SETTLE_AFTER:
                return
            within = self._allowance.spend(self._unsettled, self.paid_bytes, self._loop.time())
            self._unsettled = 0.0
        if not within and not self._transport.is_closing():
            self.used_too_much()
