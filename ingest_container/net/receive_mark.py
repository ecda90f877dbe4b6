"""How much of a stream the kernel collects before it wakes us.

A live stream arrives in small pieces, a hundred a second, and reading each one costs a wake-up, a system call and a
turn of the event loop: several times what the bytes themselves cost. SO_RCVLOWAT lets the kernel wait until there is
about a tenth of a second of media, or a fifth where no viewer waits for it. Where the stream is packaged here, we know
when the part under way ends, which viewers wait for: a read is aimed at that, and few come before it. The end of a
connection still wakes us immediately.

The mark follows the rate that is expected of the stream, so that one that slows down much is not left waiting; and
where nothing was read for a while it goes back to one byte, so that whatever has arrived is delivered immediately. It
works below TLS as well: half an encrypted record waits in our own buffers instead of the kernel's.
"""

import fcntl
import socket
import struct
import termios
from math import ceil

PACKAGED_SECONDS = 0.1  # of media at a time, where viewers wait for it
COUNTED_SECONDS = 0.2  # where frames are only counted
MOST_SECONDS = 0.3  # where a read is aimed: a part of half a second is read in two halves, about
# Bytes. Below the least it is not worth a system call; the most leaves a read of our buffer to spare.
LEAST, MOST = 4 * 1024, 192 * 1024
CHANGE = 0.25  # of the mark: smaller differences are left alone
AIM_CHANGE = 0.05  # likewise, where a read is aimed

_INT = struct.Struct("i")


class ReceiveMark:
    """The mark of one connected TCP socket."""

    def __init__(self, connected: socket.socket | None, seconds: float = PACKAGED_SECONDS) -> None:
        """`seconds` of media are collected, where no read is aimed."""
        self._socket = connected
        self._usual = self._seconds = seconds
        self._rate = 0.0  # bytes a second; 0 while we wake up for every byte
        self._held = 0  # bytes of what is to be collected that were read already
        self._most = MOST
        self._mark = 1

    def follow(self, bytes_per_second: float, most: int = MOST) -> None:
        """The rate expected of the stream. `most`: bytes after which the encoder may wait for an acknowledgement."""
        self._rate, self._most = bytes_per_second, min(MOST, most)
        self._change(CHANGE)

    def aim(self, seconds: float | None, held: int = 0) -> None:
        """A read is to come after so many seconds of media; if that is long, several share it. None: no aim.

        `held`: bytes of that media that were read already.
        """
        if not self._rate or (seconds is None and self._seconds == self._usual):
            return
        self._held = held if seconds is not None else 0
        self._seconds = self._usual if seconds is None else seconds / max(1, ceil(seconds / MOST_SECONDS))
        self._change(AIM_CHANGE)

    def _change(self, least: float) -> None:
        """By that share at least."""
        wanted = min(int(self._rate * self._seconds) - self._held, self._most)
        if wanted < LEAST:
            wanted = 1
        if abs(wanted - self._mark) > least * self._mark:
            self._set(wanted)

    def reset(self) -> None:
        """Wake up for every byte: commands are due, or nothing came for a while."""
        self._rate, self._seconds, self._held = 0.0, self._usual, 0
        if self._mark != 1:
            self._set(1)

    def pending_bytes(self) -> int:
        """Bytes that came in and wait to be read."""
        if self._socket is None:
            return 0
        try:
            answer = fcntl.ioctl(self._socket.fileno(), termios.FIONREAD, bytes(_INT.size))
        except (OSError, ValueError):  # the connection is gone
            return 0
        return int(_INT.unpack(answer)[0])

    def _set(self, mark: int) -> None:
        self._mark = mark
        if self._socket is not None:
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, mark)
            except (OSError, ValueError):
                # The connection is gone (of which uvloop's sockets make a ValueError), or this system knows no marks:
                # every read is then at once.
                return
