"""One POST to a webhook receiver: never to a private network, never longer than a few seconds.

The name is resolved once, every address is checked, and the connection goes to an address that was checked: a name that
points elsewhere a moment later (DNS rebinding) gains nothing. No redirect is followed and no proxy of the environment
is used; both would connect to an unchecked address.

On `http.client`, because that is what lets us open the socket ourselves without another package in every function.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.addresses import Network
from chalicelib.domain.webhook_addresses import may_be_called
from chalicelib.domain.webhook_deliveries import KEPT_RESPONSE, Answer
from chalicelib.domain.webhooks import DEFAULT_PORTS, host_and_port

TIMEOUT_S = 8.0  # of everything together: name, connection, TLS, answer

SocketAddress = tuple[Any, ...]


class NotSent(Exception):
    """Why there is no answer, in words for the delivery's log, which reveal nothing about our own network."""


class AddressRefused(NotSent):
    """The name resolves to an address that webhooks may not be sent to."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Sequence[Network],
    *,
    timeout_s: float,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """The answer's status and the first bytes of its body, or the reason why there is none. Raises nothing."""
    began = time.monotonic()
    try:
        status, beginning = _post(url, body, headers, allowed, began + timeout_s, tls or _tls())
        answer, error = beginning.decode("utf-8", "replace"), None
    except NotSent as reason:
        status, answer, error = None, "", str(reason)
    return Answer(status, error, answer, round((time.monotonic() - began) * 1000))


def addresses_of(host: str, port: int, allowed: Sequence[Network], deadline: float) -> list[SocketAddress]:
    """The addresses that `host` resolves to, all of them checked.

    Raises AddressRefused if any of them may not be called, NotSent if the name does not resolve. Unusual spellings of
    an address (`2130706433`, `0x7f.1`) are read as the resolver reads them, as the connection itself would.
    """
    found = [sockaddr for _, _, _, _, sockaddr in _resolve(host, port, deadline)]
    if not all(may_be_called(ip_address(str(address[0])), allowed) for address in found):
        raise AddressRefused("the host name resolves to a network that webhooks cannot be sent to")
    return found


def _resolve(host: str, port: int, deadline: float) -> list[tuple[Any, ...]]:
    """`getaddrinfo` with a time limit, which it lacks; a look-up that hangs is left behind in its thread."""
    found: list[tuple[Any, ...]] = []

    def look_up() -> None:
        with contextlib.suppress(OSError, UnicodeError):  # UnicodeError: a label that no name can have
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(_left(deadline))
    if thread.is_alive():
        raise NotSent("the host name could not be resolved in time")
    if not found:
        raise NotSent("the host name could not be resolved")
    return found


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the given addresses, whatever the name means by then. `tls` is None for plain HTTP."""

    def __init__(
        self, host: str, port: int, addresses: list[SocketAddress], deadline: float, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(host, port)
        self._addresses = addresses
        self._deadline = deadline
        self._tls = tls
        self.default_port = DEFAULT_PORTS["https" if tls else "http"]  # left out of the `Host` header

    def connect(self) -> None:
        plain = self._open()
        self.sock = plain
        if self._tls is not None:
            # The handshake comes after the assignment, so that the deadline can cut it off as well.
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
            _left(self._deadline)  # it may have passed between the two sockets, where there was nothing to cut
            self.sock.do_handshake()

    def _open(self) -> socket.socket:
        failure = OSError()
        for address in self._addresses:
            try:
                return self._connected(address)
            except OSError as error:
                failure = error
        raise failure

    def _connected(self, address: SocketAddress) -> socket.socket:
        family = socket.AF_INET6 if ":" in str(address[0]) else socket.AF_INET
        with contextlib.ExitStack() as closing:
            plain = closing.enter_context(socket.socket(family, socket.SOCK_STREAM))
            plain.settimeout(_left(self._deadline))
            plain.connect(address)
            closing.pop_all()
        return plain

    def cut(self) -> None:
        """Ends whatever this connection waits for. Below TLS, which another thread may be in the middle of."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _post(
    url: str, body: bytes, headers: Mapping[str, str], allowed: Sequence[Network], deadline: float, tls: ssl.SSLContext
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host, port = host_and_port(url)
    addresses = addresses_of(host, port, allowed, deadline)
    connection = _Pinned(host, port, addresses, deadline, tls if parts.scheme == "https" else None)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with contextlib.closing(connection), _errors_in_words(deadline), _cut_at(deadline, connection):
        connection.request("POST", path, body, dict(headers))
        answer = connection.getresponse()
        beginning = b""
        with contextlib.suppress(OSError, http.client.HTTPException):  # the status says it all
            beginning = answer.read(KEPT_RESPONSE)
        return answer.status, beginning


@contextlib.contextmanager
def _cut_at(deadline: float, connection: _Pinned) -> Iterator[None]:
    """A socket's own time limit begins anew with each byte; this one does not."""
    watch = threading.Timer(max(deadline - time.monotonic(), 0), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


@contextlib.contextmanager
def _errors_in_words(deadline: float) -> Iterator[None]:
    """Whatever goes wrong on the way as `NotSent`: `could not connect: Connection refused`."""
    try:
        yield
    except NotSent:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise NotSent("no response in time") from error
        if isinstance(error, ssl.SSLCertVerificationError):
            raise NotSent(f"the TLS certificate is not valid: {error.verify_message}") from error
        if isinstance(error, ssl.SSLError):
            raise NotSent("the TLS handshake failed") from error
        if isinstance(error, http.client.RemoteDisconnected):
            raise NotSent("the connection was closed without a response") from error
        if isinstance(error, OSError):
            raise NotSent(f"could not connect: {error.strerror or 'connection lost'}") from error
        raise NotSent("the response is not HTTP") from error


def _left(deadline: float) -> float:
    """Seconds until `deadline`. Raises NotSent if it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotSent("no response in time")
    return left


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
