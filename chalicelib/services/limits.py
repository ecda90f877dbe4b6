"""How often somebody may do something: counted in windows of time, across all functions; and a pause between keys.

Each count is one conditional update of one row. Behind the window the row counts for nothing; TTL only tidies up.
"""

from dataclasses import dataclass

from chalicelib.config import settings
from chalicelib.domain.errors import TooManyRequests
from chalicelib.store import limits


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


def new_key(user: str, address: str, now: int) -> None:
    """Before a user gets a new key. Raises TooManyRequests, StoreUnavailable."""
    pause = settings().key_cooldown
    if pause and not limits.begin_pause(f"{COOLDOWN}#{user}", pause * 1000, now):
        raise TooManyRequests(pause, f"Between two new keys must lie {pause} seconds")
    _count(KEYS_A_USER, user, now)
    _count(KEYS_AN_ADDRESS, address, now)


def failure(address: str, now: int) -> None:
    """After a guess that was wrong. Raises TooManyRequests once an address guesses too often, StoreUnavailable.

    Only wrong guesses are refused for it: nobody can lock others out by failing from their address.
    """
    _count(FAILURES_AN_ADDRESS, address, now)


def _count(rule: Rule, subject: str, now: int) -> None:
    window_ms = rule.window * 1000
    number = now // window_ms
    ends = (number + 1) * window_ms
    if not limits.count(f"{rule.name}#{subject}#{number}", rule.most, ends):
        raise TooManyRequests(max(1, -(-(ends - now) // 1000)))
