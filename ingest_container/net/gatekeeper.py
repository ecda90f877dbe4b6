"""Who may hold a connection to this node, and how fast an address may guess keys. No socket, no clock.

A connection is unauthenticated until its stream key has been recognised. An attack opens many of them, while an honest
encoder shows its key within a second. So past their limit the oldest is evicted, and a new publisher always gets in.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol

from chalicelib.domain import addresses

# Failed attempts without a pause: people mistype, and OBS is told at once.
FREE_FAILURES = 3
# The pause before the next refusal, in seconds: doubled with each failure. OBS waits 31 s for an answer to publish.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
FORGET_AFTER = 600.0  # seconds since an address last failed
# Addresses whose failures are kept, about 200 bytes each. An attacker with more of them than this is not slowed down by
# a pause anyway; the one that failed longest ago is forgotten first.
MAX_REMEMBERED = 10_000


def canonical(address: str) -> str:
    """An address in its usual form: IPv4 is IPv4, also where a dual-stack socket writes it as ::ffff:192.0.2.1."""
    return str(addresses.address(address))


class ConnectionRejected(Exception):
    """No place for this connection; `reason` is a stable code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Client(Protocol):
    """A connection, as the gatekeeper sees it."""

    def evict(self) -> None:
        """Close at once, to make room for another."""


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How many connections: all, unauthenticated ones, and those from one address (IPv6: from one /64)."""

    connections: int
    unauthenticated: int
    per_address: int


class Gatekeeper:
    """Counts connections: each must be reported when it opens, is identified, is authenticated and closes."""

    def __init__(self, limits: GateLimits) -> None:
        self._limits = limits
        self._connections: dict[Client, str | None] = {}  # whose address counts, once it is known
        self._unauthenticated: OrderedDict[Client, None] = OrderedDict()  # oldest first
        self._by_address: Counter[str] = Counter()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, time of the latest; oldest first
        self._rejected: Counter[str] = Counter()
        self.closed_count = 0  # connections closed so far

    def opened(self, connection: Client) -> None:
        """A connection was made. Raises ConnectionRejected; `closed` is to be called all the same."""
        full = len(self._connections) >= self._limits.connections
        if full and not self._unauthenticated:
            self._reject("too_many_connections")
        if full or len(self._unauthenticated) >= self._limits.unauthenticated:
            oldest, _ = self._unauthenticated.popitem(last=False)
            self._rejected["evicted"] += 1
            oldest.evict()
        self._connections[connection] = None
        self._unauthenticated[connection] = None

    def identified(self, connection: Client, address: str) -> None:
        """The client's address is known: from the socket, or from the load balancer. Raises ConnectionRejected."""
        who = _limited(address)
        if who is None or connection not in self._connections:
            return
        if self._by_address[who] >= self._limits.per_address:
            self._reject("too_many_from_address")
        self._by_address[who] += 1
        self._connections[connection] = who

    def authenticated(self, connection: Client) -> None:
        """Its stream key is good: it can no longer be evicted."""
        self._unauthenticated.pop(connection, None)

    def closed(self, connection: Client) -> None:
        """The connection is gone."""
        self.closed_count += 1
        self._unauthenticated.pop(connection, None)
        who = self._connections.pop(connection, None)
        if who is not None:
            self._by_address[who] -= 1
            if not self._by_address[who]:
                del self._by_address[who]

    def failed(self, address: str, now: float) -> float:
        """Notes a bad key from this address; returns the seconds to wait before refusing it. `now` is monotonic."""
        who = _limited(address)
        if who is None:
            return 0.0
        self._forget(now)
        count = self._failures.pop(who, (0, now))[0] + 1
        self._failures[who] = (count, now)
        if len(self._failures) > MAX_REMEMBERED:
            self._failures.popitem(last=False)
        if count <= FREE_FAILURES:
            return 0.0
        doublings = min(count - FREE_FAILURES - 1, 16)
        return min(FIRST_PAUSE * 2.0**doublings, LONGEST_PAUSE)

    def take_rejected(self) -> dict[str, int]:
        """How many connections were rejected or evicted, by reason, since the last call."""
        counts = dict(self._rejected)
        self._rejected.clear()
        return counts

    def _forget(self, now: float) -> None:
        while self._failures:
            who, (_, latest) = next(iter(self._failures.items()))
            if now - latest < FORGET_AFTER:
                return
            del self._failures[who]

    def _reject(self, reason: str) -> None:
        self._rejected[reason] += 1
        raise ConnectionRejected(reason)


def _limited(address: str) -> str | None:
    """Who is counted. None for this very machine: its own programs, and a proxy on it that names nobody."""
    return None if ip_address(address).is_loopback else addresses.subscriber(address)
