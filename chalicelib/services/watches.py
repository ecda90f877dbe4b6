"""Whose measures are wanted: dashboards and viewers ask, the node that carries the stream learns.

    first watcher    put: a row in the partition of the stream's node
    further ones     one read, nothing written
    as long as       somebody listens, the row is put again each half KEPT
    last one gone    removed, when the next measures find nobody

A node reads its partition once a second while it carries streams: the cost grows with what is watched, not with
viewers, messages, or streams.
"""

from collections.abc import Iterable
from threading import Lock

from chalicelib.domain.publications import dialect_of
from chalicelib.store import watches

KEPT = 600_000  # ms a row counts; refreshed at half of it
SETTLES = 5_000  # ms after a watcher came in which the index of listeners may not know it yet
MOST_REMEMBERED = 5_000


class Refreshed:
    """When this process last looked after a row: measures come each second, and rows need it twice in ten minutes."""

    def __init__(self) -> None:
        self._due: dict[tuple[str, str], int] = {}
        self._lock = Lock()

    def is_due(self, node_id: str, channel_id: str, now: int) -> bool:
        """True at most once each half KEPT for a row."""
        with self._lock:
            if now < self._due.get((node_id, channel_id), 0):
                return False
            if len(self._due) >= MOST_REMEMBERED:
                self._due.clear()
            self._due[node_id, channel_id] = now + KEPT // 2
            return True


_refreshed = Refreshed()


def of_node(node_id: str, now: int) -> frozenset[str]:
    """Which of the channels that the node carries are watched. Raises StoreUnavailable."""
    return watches.of_node(node_id, now)


def watch(node_id: str, channel_id: str, now: int) -> None:
    """Notes that somebody watches this channel on the node. Media servers are skipped: they send no pulses."""
    if dialect_of(node_id) is None and watches.until(node_id, channel_id) - now < KEPT // 2:
        watches.put(node_id, channel_id, now, now + KEPT)


def still_watched(node_id: str, channel_ids: Iterable[str], now: int) -> None:
    for channel_id in channel_ids:
        if _refreshed.is_due(node_id, channel_id, now):
            watch(node_id, channel_id, now)


def unwatch(node_id: str, channel_ids: Iterable[str], now: int) -> None:
    """Nobody is known to listen. A new listener may not be in the index yet."""
    watches.remove(node_id, channel_ids, now - SETTLES)
