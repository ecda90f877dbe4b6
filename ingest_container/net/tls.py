"""RTMPS: certificates from files, and the encryption of one connection, sans-IO.

TLS is done here and not by the event loop because a load balancer's PROXY header comes in the clear before the
ClientHello: whoever reads the header must be able to hand the rest of the same read on to TLS. It also leaves one kind
of socket, one receive path and one set of deadlines for plain and encrypted publishers.
"""

import ssl
from pathlib import Path

# Bytes of the first answer that has a certificate in it, at least. A HelloRetryRequest (RFC 8446, 4.1.4) has about 150:
# the work is still to come.
SIGNED_ANSWER = 400
RECORD = 16_384  # bytes of plaintext in one TLS record at most (RFC 8446, 5.1)


class TlsBroken(Exception):
    """What the peer sent is not TLS, or not such as is spoken here. The text is OpenSSL's own name of the reason."""


class CertificateUnreadable(Exception):
    """The files are missing, hold no certificate and key, or the two do not belong together."""


class Certificates:
    """A certificate chain and its private key (PEM), read again when the files change.

    Connections keep what they were opened with; new ones get what is current. A renewal writes two files one after the
    other, so a pair that does not fit is no end: the former one stays in use until the files make sense again.
    """

    def __init__(self, certificate: Path, private_key: Path) -> None:
        """Raises CertificateUnreadable."""
        self._files = (certificate, private_key)
        self._stamps = self._look()
        self.context = self._load()

    def reload_if_changed(self) -> bool:
        """Whether new files were taken on. Raises CertificateUnreadable, once for each change of the files."""
        stamps = self._look()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        self.context = self._load()
        return True

    def _look(self) -> list[tuple[int, int, int]]:
        try:
            return [(found.st_mtime_ns, found.st_size, found.st_ino) for found in (f.stat() for f in self._files)]
        except OSError:
            return []

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # RFC 9325, 3.2 and 3.4: neither compression nor renegotiation; both have been attacks.
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        try:
            context.load_cert_chain(*self._files)
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "reason", None) or error.strerror or "not PEM"
            raise CertificateUnreadable(f"{self._files[0]}, {self._files[1]}: {reason}") from error
        return context


class TlsLayer:
    """One connection, server side: ciphertext in and out, plaintext in and out. No socket, no clock."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._open = False
        self.has_signed = False  # the expensive part of the handshake is over
        self.ended = False  # the peer said close_notify: nothing follows

    def receive_data(self, data: bytes | bytearray | memoryview) -> bytes:
        """The plaintext that is whole now; `data_to_send` may hold an answer. Raises TlsBroken."""
        self._incoming.write(data)
        pieces: list[bytes] = []
        try:
            if not self._open:
                self._shake_hands()
            while piece := self._tls.read(RECORD):
                pieces.append(piece)
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            raise TlsBroken((error.reason or "unknown").lower()) from None
        return b"".join(pieces)

    def _shake_hands(self) -> None:
        try:
            self._tls.do_handshake()
            self._open = True
        finally:
            self.has_signed = self.has_signed or self._open or self._outgoing.pending >= SIGNED_ANSWER

    def send_data(self, data: bytes) -> None:
        """Encrypt for `data_to_send`. Before the handshake is over there is nothing to say: RTMP's client begins."""
        self._tls.write(data)

    def data_to_send(self) -> bytes:
        """The ciphertext to write to the socket now; empties it."""
        return self._outgoing.read()

    def close(self) -> None:
        """Say close_notify, so that the peer knows that nothing was cut off (RFC 8446, 6.1)."""
        if self._open:
            try:
                self._tls.unwrap()
            except ssl.SSLError:
                return  # the peer's own close_notify is not waited for
