"""How many bytes the node holds of messages that are not whole yet, over all connections. No socket, no clock.

Each connection has a limit of its own (`rtmp.limits`): 256 KB before its key has been recognised, 9 MB afterwards. An
encoder needs a fraction of that, since a message is gone as soon as it is whole; but thousands of connections at their
limits would take more memory than the node has. So past a budget for all of them, the connection that holds most is
closed: first among those whose key has not been recognised, then among the others.
"""

from typing import Protocol

# What an unauthenticated connection may hold, and is still not the first to go: connect and publish are below 1 KB.
ORDINARY_BEFORE_AUTHENTICATED = 16 * 1024


class Holder(Protocol):
    """A connection, as the budget sees it."""

    @property
    def is_authenticated(self) -> bool:
        """Whether its stream key has been recognised."""

    def out_of_memory(self, held: int) -> None:
        """Close at once: it holds more than the others, and there is no memory for all."""


class MemoryBudget:
    """Told by each connection what it holds, whenever that has changed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: dict[Holder, int] = {}  # those that hold anything
        self._closed = 0
        self.total = 0

    def holds(self, holder: Holder, size: int) -> None:
        """What `holder` holds now, in bytes; 0 when its connection is gone."""
        self.total += size - self._held.pop(holder, 0)
        if size:
            self._held[holder] = size
        while self.total > self._limit:
            self._close_one()

    def take_closed(self) -> int:
        """How many connections were closed since the last call."""
        closed, self._closed = self._closed, 0
        return closed

    def _close_one(self) -> None:
        holder = max(self._held, key=self._rank)
        held = self._held.pop(holder)
        self.total -= held
        self._closed += 1
        holder.out_of_memory(held)

    def _rank(self, holder: Holder) -> tuple[bool, int]:
        held = self._held[holder]
        return held > ORDINARY_BEFORE_AUTHENTICATED and not holder.is_authenticated, held
