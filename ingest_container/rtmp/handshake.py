"""The handshake, server side (RTMP 1.0, 5.2): C0 C1 -> S0 S1 S2 -> C2.

A client that put a valid digest into C1 gets one back (see `digest`). All others get the simple form: a version of
zero in S1 and C1 echoed as S2.
"""

from . import digest
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
            answer = bytes((VERSION,)) + self._answer(c1)
            self._answered = True
        if self._answered and len(buffer) >= SIGNATURE_BYTES:
            # "C2 ... nearly an echo": clients differ in what they echo, and nothing depends on it.
            rest = bytes(buffer[SIGNATURE_BYTES:])
            buffer.clear()
            self.done = True
            return answer, rest
        return answer, b""

    def _answer(self, c1: bytes) -> bytes:
        """S1 and S2."""
        signed = digest.find(c1) if any(c1[4:8]) else None
        if signed is None:
            return bytes(8) + self._random + c1
        scheme, client_digest = signed
        s1 = digest.sign_s1(bytes(4) + digest.VERSION + self._random, scheme)
        return s1 + digest.answer(self._random, client_digest)
