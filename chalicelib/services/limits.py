"""How often somebody may do something: counted in windows of time, across all functions; and a pause between keys.

Each count is one conditional update of one row. Behind the window the row counts for nothing; TTL only tidies up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.config import settings
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.rates import Rate
from chalicelib.store import connections, limits


@dataclass(frozen=True, slots=True)
class Rule:
    """`most` times in each window of `window` seconds, for each of those whom it counts by."""

    name: str
    most: int
    window: int


KEYS_A_USER = Rule("keys-user", most=60, window=600)
KEYS_AN_ADDRESS = Rule("keys-address", most=600, window=600)  # many users share one address behind a NAT
FAILURES_AN_ADDRESS = Rule("failures-address", most=300, window=60)  # wrong secrets, unknown keys
COOLDOWN = "keys-cooldown"

# Messages on one WebSocket: a dashboard in doubt asks every two seconds. Past `BURST` they are refused, past twice of
# it the connection is ended.
MESSAGE_EVERY = 500  # ms in which one more may be sent
BURST = 40
MESSAGES = Rate(MESSAGE_EVERY, 2 * BURST)
CONNECTIONS_AN_ADDRESS = "ws-address"
CONNECTIONS_A_USER = "ws-user"
BUSY_S = 60  # for who has too many connections open


def new_key(user: str, address: str, now: int) -> None:
    """Before a user gets a new key. Raises TooManyRequests, StoreUnavailable."""
    pause = settings().key_cooldown
    if pause and not limits.begin_pause(f"{COOLDOWN}#{user}", pause * 1000, now):
        raise TooManyRequests(pause, f"A new key can be created every {pause} seconds")
    _count(KEYS_A_USER, user, now)
    _count(KEYS_AN_ADDRESS, address, now)


def failure(address: str, now: int) -> None:
    """After a guess that was wrong. Raises TooManyRequests once an address guesses too often, StoreUnavailable.

    Only wrong guesses are refused for it: nobody can lock others out by failing from their address.
    """
    _count(FAILURES_AN_ADDRESS, address, now)


class Allowance(StrEnum):
    """What becomes of a message."""

    SERVED = "served"
    REFUSED = "refused"
    ENDED = "ended"


def message(connection_id: str, now: int) -> Allowance:
    """Before a message is worked on. Raises StoreUnavailable."""
    out = limits.spend(f"ws-messages#{connection_id}", MESSAGES, now)
    if out is None:
        return Allowance.ENDED
    return Allowance.SERVED if out <= BURST else Allowance.REFUSED


def places_of(user: str | None, address: str) -> dict[str, int]:
    """The counts that a connection is in, and how many connections each may have."""
    if user is not None:
        return {f"{CONNECTIONS_A_USER}#{user}": settings().ws_connections_per_user}
    return {f"{CONNECTIONS_AN_ADDRESS}#{address}": settings().ws_connections_per_address}


def connection(connection_id: str, places: Mapping[str, int], now: int) -> None:
    """Counts an open connection, whose row is there. Raises TooManyRequests, StoreUnavailable.

    That one ended is not always told: where a count is full, it is compared with the connections that there are.
    """
    ends = now + connections.LONGEST * 1000
    for place, most in places.items():
        if limits.enter(place, connection_id, most, ends):
            continue
        counted = limits.members(place)
        limits.leave(place, counted - connections.open_ones(counted, now))
        if not limits.enter(place, connection_id, most, ends):
            raise TooManyRequests(BUSY_S, f"{most} WebSockets are already open")


def connection_closed(connection_id: str, places: Iterable[str]) -> None:
    for place in places:
        limits.leave(place, [connection_id])


def _count(rule: Rule, subject: str, now: int) -> None:
    window_ms = rule.window * 1000
    number = now // window_ms
    ends = (number + 1) * window_ms
    if not limits.count(f"{rule.name}#{subject}#{number}", rule.most, ends):
        raise TooManyRequests(max(1, -(-(ends - now) // 1000)))
