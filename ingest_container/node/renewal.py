"""The node's session, renewed by a thread of its own: a busy event loop does not lose it, a dead one does not keep it.

    event loop  --beat, 4 a second-->  thread  --renew, every 1.5 s-->  DynamoDB
                <--orders, doubt----

The session is the loop's promise that it serves its streams. So each renewal makes it good for SESSION_TTL from the
loop's last beat, not from the moment of the renewal: even while the thread keeps running, a frozen loop counts as
dead, exactly like a process that died. Counted from the last beat, in seconds:

    5   the node no longer trusts its session, and the thread stops renewing
    7   peers may take its channels over: they read RECONNECTING (SESSION_TTL + CLOCK_MARGIN)
    9   they read OFFLINE (+ NODE_LOST_GRACE); the promise is 10

A loop that was blocked for less than 5 s has lost nothing. After more, its session is renewed with the next beat, and
every lease is checked. One that stays frozen for FROZEN_SECONDS more will not come back: the thread ends the process,
so that another one takes its place. A process that stood still as a whole, thread and all, is given the time anew.
"""

import asyncio
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aws_lambda_powertools import Logger

from chalicelib.domain.leases import CLOCK_MARGIN, RENEW_INTERVAL, SESSION_TTL, may_trust_own
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.streams.fleet import Orders
from ingest_container.base.clock import Clock
from ingest_container.base.counts import NodeCounts

EXIT_FROZEN = 70  # EX_SOFTWARE of sysexits.h
RENEW_RETRY = 0.3  # seconds until the next attempt to renew
FROZEN_SECONDS = 30.0  # counted from the moment at which the session is not trusted any more
JOIN_SECONDS = 10.0  # for the renewal that is under way when the node stops: its call's own time-outs


class Session(Protocol):
    """`fleet.NodeMembership`, as far as it is renewed here."""

    expires_at: int

    def renew(self, clock: Callable[[], int], active: int, *, alive_at: int, offset: int) -> Orders: ...


@dataclass(frozen=True, slots=True)
class Renewed:
    """`in_doubt`: there was an instant before it at which others might have taken what the node holds."""

    orders: Orders
    in_doubt: bool


class Renewal:
    """`start`, then `beat` often and take `answers` from the loop; `stop` and `join` in the end."""

    def __init__(
        self,
        session: Session,
        active: Callable[[], int],
        clock: Clock,
        log: Logger,
        counts: NodeCounts,
        give_up: Callable[[], None] = lambda: os._exit(EXIT_FROZEN),
    ) -> None:
        """`give_up` is called, in the thread, when the loop stays frozen."""
        self._give_up = give_up
        self._frozen_looks = 0  # so many in a row found the loop frozen
        self._session = session
        self._active = active
        self._clock = clock
        self._log = log
        self._counts = counts
        self._loop = asyncio.get_running_loop()
        self._alive_at = clock.steady_ms()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)
        self._step_told = 0
        # What a renewal brought, or why there are no more; SessionTaken is the only expected end.
        self.answers: asyncio.Queue[Renewed | BaseException] = asyncio.Queue()

    def start(self) -> None:
        self._thread.start()

    def beat(self) -> None:
        """The loop is alive. To be called by the loop itself."""
        self._alive_at = self._clock.steady_ms()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """No further renewal begins."""
        self._stopping.set()

    def join(self) -> None:
        """Blocks until no renewal is under way. Raises StoreUnavailable if that takes too long."""
        if self._thread.ident is not None:
            self._thread.join(JOIN_SECONDS)
            if self._thread.is_alive():
                raise StoreUnavailable()

    # --- the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            next_at = self._clock.steady_ms()
            while not self._stopping.wait(max(0, next_at - self._clock.steady_ms()) / 1000):
                began = self._clock.steady_ms()
                # A failed attempt must not put off what follows the one that succeeds.
                next_at = began + RENEW_INTERVAL if self._renew() else self._clock.steady_ms() + int(RENEW_RETRY * 1000)
        except BaseException as error:  # the node must know that nobody renews any more
            self._hand_over(error)

    def _renew(self) -> bool:
        clock = self._clock
        if not may_trust_own(self._alive_at + SESSION_TTL, clock.steady_ms()):
            self._found_frozen()
            return False
        self._frozen_looks = 0
        self._look_at_clock()
        held_until = self._session.expires_at
        offset = clock.now_ms() - clock.steady_ms()
        try:
            orders = self._session.renew(clock.steady_ms, self._active(), alive_at=self._alive_at, offset=offset)
        except StoreUnavailable:
            self._counts.renewals_failed += 1
            self._log.warning("Session not renewed: the database is unreachable", event="session_not_renewed")
            return False
        # The database was away, the loop was blocked, or this very process stood still.
        in_doubt = not may_trust_own(held_until, clock.steady_ms())
        self._hand_over(Renewed(orders, in_doubt))
        return True

    def _found_frozen(self) -> None:
        """The loop is dead, as far as anybody knows."""
        self._frozen_looks += 1
        if self._frozen_looks * RENEW_RETRY >= FROZEN_SECONDS:
            self._log.error("The event loop is frozen: the node ends", event="loop_frozen", seconds=FROZEN_SECONDS)
            self._give_up()

    def _look_at_clock(self) -> None:
        """The system's clock was set: a node without streams goes by it, another one keeps its own until then."""
        step = self._clock.step_ms()
        if abs(step) < CLOCK_MARGIN:
            return
        if not self._active():
            self._clock.adopt()
            self._log.warning("The system clock was set: the node adopts it", event="clock_adopted", step_ms=step)
        elif abs(step - self._step_told) >= CLOCK_MARGIN:
            self._step_told = step
            self._log.warning(
                "The system clock was set: the node keeps its own time while it has streams",
                event="clock_step_ignored",
                step_ms=step,
            )

    def _hand_over(self, answer: Renewed | BaseException) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.answers.put_nowait, answer)
