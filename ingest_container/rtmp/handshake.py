"""The handshake, server side (RTMP 1.0, 5.2): C0 C1 -> S0 S1 S2 -> C2.

Only the simple form is spoken. Clients that put a digest into C1 (FFmpeg, Flash) look at the version that S1 carries
in its second word: zero tells them that no digest is to be expected, and they go on with the simple form.
"""

from .errors import ProtocolError

VERSION = 3
SIGNATURE_BYTES = 1536
RANDOM_BYTES = SIGNATURE_BYTES - 8


class Handshake:
    """Feed it bytes until `done`; what follows C2 comes back from `receive_data`."""

    def __init__(self, random_bytes: bytes) -> None:
        if len(random_bytes) != RANDOM_BYTES:
            raise ValueError(f"S1 takes exactly {RANDOM_BYTES} random bytes")
        self._random = random_bytes
        self._buffer = bytearray()
        self._answered = False
        self.done = False

    def receive_data(self, data: bytes | bytearray | memoryview) -> tuple[bytes, bytes]:
        """(what to send, what is left over for the chunk layer). Raises ProtocolError."""
        buffer = self._buffer
        buffer += data
        answer = b""
        if buffer and not self._answered and buffer[0] != VERSION:
            # Told by the first byte, so that an HTTP or TLS client is turned away at once. 6 is the encrypted RTMPE.
            raise ProtocolError("bad_version", f"the first byte is {buffer[0]}, an RTMP client sends {VERSION}")
        if not self._answered and len(buffer) >= 1 + SIGNATURE_BYTES:
            c1 = bytes(buffer[1 : 1 + SIGNATURE_BYTES])
            del buffer[: 1 + SIGNATURE_BYTES]
            answer = bytes((VERSION,)) + bytes(8) + self._random + c1
            self._answered = True
        if self._answered and len(buffer) >= SIGNATURE_BYTES:
            # "C2 ... nearly an echo": clients differ in what they echo, and nothing depends on it.
            rest = bytes(buffer[SIGNATURE_BYTES:])
            buffer.clear()
            self.done = True
            return answer, rest
        return answer, b""
