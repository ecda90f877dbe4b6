"""Answers that many ask for at once: made once, then told to all for a moment.

A list of live streams is the same for everybody. A hundred who ask in the same quarter of a second cost the database
as much as one; nobody is told anything that is older than that.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

KEPT_S = 0.25
MOST = 64  # answers of one process; the largest, 200 streams, has 300 KB


class _Entry:
    def __init__(self) -> None:
        self.lock = Lock()
        self.until = 0.0
        self.answer = ""


class SharedAnswers:
    """By what was asked for; safe across threads. Of those who miss, one makes the answer and the others wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = Lock()

    def get(self, asked: Hashable, make: Callable[[], str]) -> str:
        """Raises what `make` raises; the next who asks tries again."""
        with self._lock:
            entry = self._entries.setdefault(asked, _Entry())
            self._entries.move_to_end(asked)
            while len(self._entries) > MOST:
                self._entries.popitem(last=False)
        with entry.lock:
            if self._clock() >= entry.until:
                entry.answer = make()
                entry.until = self._clock() + KEPT_S
            return entry.answer
