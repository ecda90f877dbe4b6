"""A WebSocket client masks its frames; a server ends a connection that does not, with 1002 (RFC 6455, 5.1).

aiohttp's reader takes both kinds. This one stands before it and looks at the header of each frame.
"""

from typing import Protocol

MASKED = 0x80  # of a header's second byte
LENGTH = 0x7F
LONGER = {126: 2, 127: 8}  # bytes that follow the two of the header and say the length instead
MASK_BYTES = 4
# A header with reserved bits, which a client's frame never has: the reader ends the connection with 1002 for it.
PROTOCOL_ERROR = b"\xf1\x80"


class Reader(Protocol):
    """aiohttp's `WebSocketReader`."""

    def feed_eof(self) -> None: ...

    def feed_data(self, data: bytes) -> tuple[bool, bytes]: ...


class MaskedFrames:
    """Passes a client's bytes on to the reader, up to the first frame that is not masked."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rest = 0  # bytes of the present frame that are to come
        self._held = b""  # the beginning of a header; fewer than ten bytes

    def feed_eof(self) -> None:
        self._reader.feed_eof()

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        data = self._held + data
        at = min(self._rest, len(data))
        self._rest -= at
        while not self._rest and len(data) - at >= 2:
            second = data[at + 1]
            if not second & MASKED:
                return self._reader.feed_data(data[:at] + PROTOCOL_ERROR)
            length = second & LENGTH
            end = at + 2 + LONGER.get(length, 0)
            if end > len(data):
                break
            if length in LONGER:
                length = int.from_bytes(data[at + 2 : end])
            end += MASK_BYTES + length
            at = min(end, len(data))
            self._rest = end - at
        self._held = data[at:]
        return self._reader.feed_data(data[:at])
