"""What lies between a socket and RTMP: a load balancer's PROXY header, then TLS. Sans-IO.

    bytes from the socket --receive_data--> RTMP bytes
    RTMP bytes --send_data--> data_to_send --> bytes for the socket

A plain connection without a load balancer has no wire: its bytes are RTMP's.
"""

import ssl
from collections.abc import Callable

from ingest_container.net.proxy_protocol import ProxyHeaderBroken, parse
from ingest_container.net.tls import TlsBroken, TlsLayer


class WireBroken(Exception):
    """The peer broke the PROXY protocol or TLS; `reason` is a stable code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Wire:
    """One connection, server side. `on_client` is told the client's address, before anything behind the header is read.

    What `on_client` raises comes out of `receive_data`.
    """

    def __init__(
        self, context: ssl.SSLContext | None, *, behind_proxy: bool, on_client: Callable[[str], None] = lambda _: None
    ) -> None:
        self._tls = TlsLayer(context) if context is not None else None
        self._header: bytearray | None = bytearray() if behind_proxy else None
        self._on_client = on_client
        self._outgoing = bytearray()
        self.moved_from: str | None = None  # the node that carries the connection on to us, by the header

    @property
    def is_transparent(self) -> bool:
        """Whether all bytes are RTMP's from now on: the header has been read, and there is no TLS."""
        return self._header is None and self._tls is None

    @property
    def has_signed(self) -> bool:
        """Whether what remains of the handshakes is cheap: there is no TLS, or its key has been used."""
        return self._tls is None or self._tls.has_signed

    @property
    def ended(self) -> bool:
        """Whether the peer has sent close_notify: nothing follows."""
        return self._tls is not None and self._tls.ended

    def receive_data(self, data: bytes | bytearray | memoryview) -> bytes | bytearray | memoryview:
        """The RTMP bytes that are complete now; `data_to_send` may hold an answer. Raises WireBroken."""
        if self._header is not None:
            header, self._header = self._header, None
            header += data
            size = self._read_header(header)
            if size is None:
                self._header = header
                return b""
            data = header[size:]
        if self._tls is None:
            return data
        try:
            return self._tls.receive_data(data)
        except TlsBroken as broken:
            raise WireBroken("tls_failed", str(broken)) from None

    def send_data(self, data: bytes) -> None:
        """RTMP bytes for the peer; `data_to_send` has what goes over the socket."""
        if self._tls is not None:
            self._tls.send_data(data)
        else:
            self._outgoing += data

    def data_to_send(self) -> bytes:
        """The bytes to write to the socket now; empties it."""
        if self._tls is not None:
            return self._tls.data_to_send()
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def close(self) -> None:
        """Sends close_notify where the connection is encrypted; nothing can be sent after it."""
        if self._tls is not None:
            self._tls.close()

    def _read_header(self, received: bytearray) -> int | None:
        """The header's size in bytes; None while it is incomplete."""
        try:
            header = parse(received)
        except ProxyHeaderBroken as broken:
            raise WireBroken("proxy_header_broken", str(broken)) from None
        if header is None:
            return None
        self.moved_from = header.moved_from
        if header.client_ip is not None:
            self._on_client(header.client_ip)
        return header.size
