"""Who may hold a connection to this node, and how fast an address may guess. No socket, no clock.

A *stranger* is a connection whose stream key was not recognised yet. Strangers are many in an attack and few otherwise,
and an honest one stops being a stranger within a second: so where there are too many, the one that has been here
longest gives way, and a new publisher always gets in.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
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
# One subscriber commonly has a whole /64 of IPv6 (RFC 6177), and may take another address of it for each connection.
SUBSCRIBER_PREFIX = 64


def canonical(address: str) -> str:
    """An address in its usual form: IPv4 is IPv4, also where a dual-stack socket writes it as ::ffff:192.0.2.1."""
    return str(addresses.address(address))


class TurnedAway(Exception):
    """No place for this connection; `reason` is a stable code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Guest(Protocol):
    """A connection, as the gatekeeper sees it."""

    def evict(self) -> None:
        """Close at once: another one needs the place more."""


@dataclass(frozen=True, slots=True)
class GateLimits:
    """How many connections, of all, of strangers, and from one address (IPv6: from one /64)."""

    connections: int
    strangers: int
    per_address: int


class Gatekeeper:
    """Told of every connection's coming, naming, recognition and going."""

    def __init__(self, limits: GateLimits) -> None:
        self._limits = limits
        self._guests: dict[Guest, str | None] = {}  # whose address counts, once it is known
        self._strangers: OrderedDict[Guest, None] = OrderedDict()  # the longest here first
        self._by_address: Counter[str] = Counter()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, time of the latest; oldest first
        self._turned_away: Counter[str] = Counter()

    def enter(self, guest: Guest) -> None:
        """A connection was made. Raises TurnedAway; `leave` is to be called all the same."""
        full = len(self._guests) >= self._limits.connections
        if full and not self._strangers:
            self._turn_away("too_many_connections")
        if full or len(self._strangers) >= self._limits.strangers:
            oldest, _ = self._strangers.popitem(last=False)
            self._turned_away["gave_way"] += 1
            oldest.evict()
        self._guests[guest] = None
        self._strangers[guest] = None

    def name(self, guest: Guest, address: str) -> None:
        """The client's address is known: from the socket, or from the load balancer. Raises TurnedAway."""
        who = _limited(address)
        if who is None or guest not in self._guests:
            return
        if self._by_address[who] >= self._limits.per_address:
            self._turn_away("too_many_from_address")
        self._by_address[who] += 1
        self._guests[guest] = who

    def recognise(self, guest: Guest) -> None:
        """Its stream key is good: it is no stranger any more."""
        self._strangers.pop(guest, None)

    def leave(self, guest: Guest) -> None:
        """The connection is gone."""
        self._strangers.pop(guest, None)
        who = self._guests.pop(guest, None)
        if who is not None:
            self._by_address[who] -= 1
            if not self._by_address[who]:
                del self._by_address[who]

    def failed(self, address: str, now: float) -> float:
        """Somebody at this address had no good key: the seconds to let pass before saying so. `now` is monotonic."""
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

    def take_turned_away(self) -> dict[str, int]:
        """How many connections were turned away, by reason, since the last call."""
        counts = dict(self._turned_away)
        self._turned_away.clear()
        return counts

    def _forget(self, now: float) -> None:
        while self._failures:
            who, (_, latest) = next(iter(self._failures.items()))
            if now - latest < FORGET_AFTER:
                return
            del self._failures[who]

    def _turn_away(self, reason: str) -> None:
        self._turned_away[reason] += 1
        raise TurnedAway(reason)


def subscriber(address: str) -> str:
    """Whose address it is, as far as addresses tell."""
    parsed: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), SUBSCRIBER_PREFIX), strict=False))
    return address


def _limited(address: str) -> str | None:
    """Who is counted. None for this very machine: its own programs, and a proxy on it that names nobody."""
    return None if ip_address(address).is_loopback else subscriber(address)
