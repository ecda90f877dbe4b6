"""Known-good keys in the memory of a process."""

from collections import OrderedDict
from threading import Lock

from chalicelib.domain.keys import StreamKey

CACHE_TTL = 30_000  # ms; staleness costs one more read, never a wrong answer
CACHE_SIZE = 10_000


class KeyCache:
    """Known-good keys by hash; bounded, oldest out first, safe across threads."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, tuple[StreamKey, int]] = OrderedDict()
        self._lock = Lock()

    def find(self, key_hash: str, now: int) -> StreamKey | None:
        with self._lock:
            key, until = self._entries.get(key_hash, (None, 0))
            return key if now < until else None

    def put(self, key: StreamKey, now: int) -> None:
        with self._lock:
            self._entries[key.key_hash] = (key, now + CACHE_TTL)
            self._entries.move_to_end(key.key_hash)
            while len(self._entries) > CACHE_SIZE:
                self._entries.popitem(last=False)

    def drop(self, key_hash: str) -> None:
        with self._lock:
            self._entries.pop(key_hash, None)
