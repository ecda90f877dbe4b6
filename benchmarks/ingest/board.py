"""What the generator's processes tell each other: shared memory, one line of numbers a connection."""

import mmap

# What a connection is.
WAITING, PUBLISHING, REFUSED, BROKEN = range(4)
# What the pumps are to do.
CONNECT, SEND, END = range(3)

_COLUMNS = 4  # sent, port, state, when the first round was due (microseconds, monotonic)
_HEAD = 2  # command, how late the pumps were at worst (microseconds)


class Board:
    """Made before the processes fork. Each number has one writer."""

    def __init__(self, connections: int) -> None:
        self.connections = connections
        self._numbers = memoryview(mmap.mmap(-1, 8 * (_HEAD + _COLUMNS * connections))).cast("q")

    @property
    def command(self) -> int:
        return self._numbers[0]

    @command.setter
    def command(self, command: int) -> None:
        self._numbers[0] = command

    @property
    def behind_us(self) -> int:
        return self._numbers[1]

    @behind_us.setter
    def behind_us(self, behind: int) -> None:
        self._numbers[1] = behind

    def column(self, index: int) -> memoryview:
        start = _HEAD + index * self.connections
        return self._numbers[start : start + self.connections]

    @property
    def sent(self) -> memoryview:
        """Bytes of the endless loop that the kernel took."""
        return self.column(0)

    @property
    def port(self) -> memoryview:
        return self.column(1)

    @property
    def state(self) -> memoryview:
        return self.column(2)

    @property
    def phase_us(self) -> memoryview:
        return self.column(3)

    def count(self, state: int) -> int:
        return sum(one == state for one in self.state)
