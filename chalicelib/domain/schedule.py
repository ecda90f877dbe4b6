"""Planned broadcasts of a channel.

A broadcast begins at an instant. The time zone beside it is the one that it was planned in: for people, and for a page
that edits it. What a clock in that zone shows at the instant is computed where it is shown, so a change to daylight
saving time between now and then is right by itself.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ID_PREFIX = "sch_"  # before a ULID
MOST_AHEAD = 50  # of one channel
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000  # ms
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 24 * 60
LONGEST = LONGEST_MINUTES * MINUTE
FARTHEST = 366 * DAY  # ahead
REMIND_BEFORE = 15 * MINUTE
# Of a key for one broadcast. What still runs when the key expires ends, so broadcasts may overrun.
KEY_BEFORE, KEY_AFTER = 15 * MINUTE, 2 * HOUR
KEPT = 30 * DAY  # after its end: a calendar that is subscribed to would delete it
SHOWN = 5  # of a channel, on its public page
MAX_ZONE = 64

ZONE_PATTERN = "^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$"
_ZONE = re.compile(ZONE_PATTERN)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Times in ms. `sequence` counts its changes (RFC 5545, 3.8.7.4)."""

    broadcast_id: str
    channel_id: str
    title: str
    starts_at: int
    minutes: int
    time_zone: str
    changed_at: int
    sequence: int = 0

    @property
    def ends_at(self) -> int:
        return self.starts_at + self.minutes * MINUTE


def key_times(broadcast: Broadcast) -> tuple[int, int]:
    """From when to when a key for this broadcast is valid."""
    return broadcast.starts_at - KEY_BEFORE, broadcast.ends_at + KEY_AFTER


def remind_at(broadcast: Broadcast, now: int) -> int | None:
    """When to remind of it; at once if it is planned at short notice, never if it has begun."""
    return max(now, broadcast.starts_at - REMIND_BEFORE) if now < broadcast.starts_at else None


def ahead(broadcasts: Iterable[Broadcast], now: int) -> list[Broadcast]:
    """Those that have not ended, the next one first."""
    return sorted((one for one in broadcasts if now < one.ends_at), key=lambda one: (one.starts_at, one.broadcast_id))


def check_zone(name: str) -> str:
    """Raises ValueError for what is no IANA time zone."""
    try:
        if len(name) > MAX_ZONE or not _ZONE.fullmatch(name):
            raise ValueError
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("must be an IANA time zone such as Europe/Berlin") from None
    return name
