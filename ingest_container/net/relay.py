"""What an encoder sends, kept for a peer that may take its stream over, and passed on to the one that has."""

from ingest_container.net.splice import Replay, Splice


class Relay:
    """Of one connection. `replay` is there until the publish is answered, or cannot be repeated."""

    def __init__(self) -> None:
        self.replay: Replay | None = Replay()
        self.moved_bytes = 0  # that the peer has read, and not this node
        self._splice: Splice | None = None  # to the peer that is asked for its answer, or that carries the stream
        self._is_moved = False  # the latter

    @property
    def held_bytes(self) -> int:
        return len(self.replay.data) if self.replay is not None else 0

    def take(self, data: bytes | bytearray | memoryview, size: int) -> bool:
        """Whether the peer alone reads it."""
        if self._splice is not None:
            self._splice.send(bytes(memoryview(data)[:size]))
            if self._is_moved:
                self.moved_bytes += size
                return True
        if self.replay is not None and not self.replay.add(data, size):
            self.replay = None
        return False

    def try_peer(self, splice: Splice | None) -> None:
        """What comes from now on goes to this peer as well; None: to no peer."""
        self._splice = splice

    def move(self, splice: Splice) -> None:
        """What comes from now on goes to this peer alone."""
        self._splice, self._is_moved = splice, True

    def closed(self, exc: Exception | None) -> None:
        """The encoder's connection is gone: so is the peer's."""
        if self._splice is not None:
            if exc is None:
                self._splice.close()
            else:
                self._splice.abort()
