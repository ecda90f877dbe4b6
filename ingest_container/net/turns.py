"""Who may use the event loop: a share of it for all unauthenticated connections, and a limit for each of them.

CPU time is measured around what a connection makes us do, in the event loop's thread. All unauthenticated connections,
those whose stream key has not been recognised yet, share half a core, in a token bucket. While it lasts, each is served
as its bytes come. When it is used up, a connection that has something to read stops reading and waits for a turn. Turns
are given as time comes in, to the address that has used least recently, and of its connections to handshakes first,
then to those that have used least. So a handshake waits only for other handshakes, which are cheap, a flood waits for
itself, and publishers, who do not wait here, keep the other half. In TLS the answer to the ClientHello is not cheap: it
is signed. A ClientHello waits with the others, and what follows it comes first again, so that TLS waits once. Use is
compared in steps: a finer order would always leave those last that are a little slower than newcomers.

A connection that has used its own allowance is ended. An encoder needs 1 to 2 ms until its key has been recognised.

No clock and no event loop in the classes; the node gives the turns.
"""

import heapq
from typing import Protocol

# Of a core, for all unauthenticated connections.
SHARE = 0.5
# Seconds of CPU at once, if nothing was used before.
BURST = 0.05
# In one turn of the event loop, however much time there is: so long they may hold up a publisher's read. Where other
# processes leave us only half a core, the bucket would never be empty.
SLICE = 0.01
STEP = 0.002  # seconds of use that make a difference in the line
TURNS_EVERY = 0.004  # seconds between turns while somebody waits
MAX_ACCOUNTS = 10_000  # addresses; beyond it those of whom nobody waits are forgotten

# Seconds of CPU until the stream key has been recognised: ten times what encoders need, a TLS handshake included.
MOST_BEFORE_AUTHENTICATED = 0.02
# What is not seen by measuring: the event loop's own work for a read, a connection, and the look for a key.
READ_COST, CONNECTION_COST, ADMISSION_COST = 15e-6, 200e-6, 1e-3

# Of a publisher: seconds of CPU a second, at once, and for each byte of its media. Encoders need 4 ms a second, and
# 0.4 ns a byte where nothing is compiled and chunks are smallest; encryption adds 1 ns.
PUBLISHER_SHARE = 0.05
PUBLISHER_BURST = 0.25
MEDIA_COST = 4e-9


class Waiting(Protocol):
    """A connection that has read something and waits for its turn."""

    def take_turn(self) -> None:
        """Handle it, and read on."""


class _Account:
    """What one address used of late, and who of it waits: (rank, order of coming, connection), lowest first."""

    __slots__ = ("listed", "used", "waiting")

    def __init__(self) -> None:
        self.used = 0.0
        self.listed = False  # among those that wait
        self.waiting: list[tuple[int, int, Waiting]] = []


class Turns:
    """The bucket and the line of those who wait. `now` is monotonic."""

    def __init__(self, share: float = SHARE, burst: float = BURST, slice_: float = SLICE) -> None:
        self._share = share
        self._burst = burst
        self._slice = slice_
        self._used = 0.0  # in this turn of the loop
        self._level = burst
        self._filled_at = 0.0
        self._accounts: dict[str, _Account] = {}
        self._line: list[tuple[int, int, _Account]] = []  # accounts with somebody who waits, least used first
        self._order = 0
        self.waiting = 0

    def is_free(self, now: float) -> bool:
        """Whether a connection that asks now is served at once."""
        return not self.waiting and self._has_time(now)

    def charge(self, address: str, seconds: float) -> bool:
        """Charges time used for a connection to its address. Returns whether it was the first in this loop turn."""
        is_first = self._used == 0.0
        self._used += seconds
        self._level -= seconds
        self._account(address).used += seconds
        return is_first

    def begin_turn(self) -> None:
        """The next turn of the event loop has begun."""
        self._used = 0.0

    def wait(self, connection: Waiting, address: str, used: float, *, handshake: bool) -> None:
        """Its turn will come. `used` is what this connection used so far, `handshake` whether it is not beyond it."""
        account = self._account(address)
        self._order += 1
        heapq.heappush(account.waiting, (0 if handshake else 1 + int(used / STEP), self._order, connection))
        self._enlist(account)
        self.waiting += 1

    def next(self, now: float) -> Waiting | None:
        """Whose turn it is; None if nobody waits, or no time is left. To be called again when it was charged."""
        if not self.waiting or not self._has_time(now):
            return None
        account = heapq.heappop(self._line)[2]
        account.listed = False
        connection = heapq.heappop(account.waiting)[2]
        self.waiting -= 1
        if account.waiting:
            self._enlist(account)
        return connection

    def _has_time(self, now: float) -> bool:
        if now > self._filled_at:
            self._level = min(self._level + (now - self._filled_at) * self._share, self._burst)
            self._filled_at = now
            if self._level == self._burst and not self.waiting:
                self._accounts.clear()  # there is enough for all: nobody owes anything
        return self._level > 0 and self._used < self._slice

    def _enlist(self, account: _Account) -> None:
        if not account.listed:
            self._order += 1
            heapq.heappush(self._line, (int(account.used / STEP), self._order, account))
            account.listed = True

    def _account(self, address: str) -> _Account:
        account = self._accounts.get(address)
        if account is None:
            if len(self._accounts) >= MAX_ACCOUNTS:
                self._accounts = {known: held for known, held in self._accounts.items() if held.waiting}
            account = self._accounts[address] = _Account()
        return account


class PublisherAllowance:
    """CPU time of one publisher: a little for the time, and what its media costs."""

    def __init__(self, now: float) -> None:
        self._level = PUBLISHER_BURST
        self._at = now
        self._media_bytes = 0

    def spend(self, seconds: float, media_bytes: int, now: float) -> bool:
        """Whether it was within what is allowed. `media_bytes` is what came of media in all."""
        self._level = min(self._level + (now - self._at) * PUBLISHER_SHARE, PUBLISHER_BURST) - seconds
        paid = max(media_bytes - self._media_bytes, 0) * MEDIA_COST
        self._level = min(self._level + paid, PUBLISHER_BURST)
        self._at, self._media_bytes = now, media_bytes
        return self._level >= 0
