"""One POST against servers that misbehave: it ends in time, in words, and follows nobody anywhere."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.domain.webhook_deliveries import Answer
from chalicelib.services.webhooks import sender

pytestmark = pytest.mark.requirement("FX-10")

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve, family: socket.AddressFamily = socket.AF_INET) -> Iterator[int]:
    """Gives each connection to `serve`, in a thread of its own; the port."""
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1" if family is socket.AF_INET else "::1", 0))
        listener.listen()

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with connection:
                try:
                    serve(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int(lengths[0]):
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def post(url: str, *, timeout_s: float = 5.0, tls: ssl.SSLContext | None = None) -> Answer:
    return sender.post(url, b"{}", {"X-Test": "1"}, LOOPBACK, timeout_s=timeout_s, tls=tls)


def test_what_is_sent_is_one_plain_request() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(OK)

    with serving(serve) as port:
        answer = post(f"http://127.0.0.1:{port}/hook?tenant=7")
    assert (answer.status, answer.error, answer.body) == (200, None, "ok")
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /hook?tenant=7 HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}".encode() in lines
    assert b"X-Test: 1" in lines
    assert body == b"{}"


def test_ipv6() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)

    with serving(serve, socket.AF_INET6) as port:
        assert post(f"http://[::1]:{port}/").status == 200


def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads somewhere else at every look-up: there is only one."""
    looked_up: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        looked_up.append(host)
        address = "127.0.0.1" if len(looked_up) == 1 else "192.0.2.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)

    with serving(serve) as port:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        assert post(f"http://rebinding.example:{port}/").status == 200
    assert looked_up == ["rebinding.example"]


def test_where_one_address_of_a_name_is_dead_the_next_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)

    with serving(serve) as port:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        assert post(f"http://two.example:{port}/").status == 200


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)

    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(serve) as port:
        assert post(f"http://127.0.0.1:{port}/").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_like_any_other(status: int) -> None:
    requests = 0

    def serve(connection: socket.socket) -> None:
        nonlocal requests
        requests += 1
        read_request(connection)
        head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(head.encode())

    with serving(serve) as port:
        assert post(f"http://127.0.0.1:{port}/").status == status
    assert requests == 1


def say_nothing(connection: socket.socket) -> None:
    connection.recv(65_536)
    time.sleep(20)


def drip_headers(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: 1\r\n")
        time.sleep(0.1)


def drip_one_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.1)


def continue_for_ever(connection: socket.socket) -> None:
    read_request(connection)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("serve", "status", "error"),
    [
        (say_nothing, None, "no response in time"),
        (continue_for_ever, None, "no response in time"),
        (drip_headers, 200, None),  # the status came in time, and counts
        (drip_one_header, 200, None),
    ],
)
def test_whoever_plays_for_time_gets_so_much_and_no_more(serve: Serve, status: int | None, error: str | None) -> None:
    with serving(serve) as port:
        began = time.monotonic()
        answer = post(f"http://127.0.0.1:{port}/", timeout_s=5.0)
        took = time.monotonic() - began
    assert (answer.status, answer.error) == (status, error)
    assert took < 15


def test_a_tls_server_that_says_nothing_is_cut_off_too() -> None:
    with serving(say_nothing) as port:
        began = time.monotonic()
        assert post(f"https://127.0.0.1:{port}/", timeout_s=0.6).error == "no response in time"
    assert time.monotonic() - began < 8


def test_a_name_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()

    def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        asked.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert post("http://slow.example/", timeout_s=0.3).error == "the host name could not be resolved in time"
    asked.set()


def test_of_an_endless_body_only_the_beginning_is_read() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"400\r\n" + b"x" * 1_024 + b"\r\n")

    with serving(serve) as port:
        answer = post(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.body) == (200, "x" * 1_024)


def test_a_body_that_never_comes_does_not_undo_the_status() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n")
        time.sleep(20)

    with serving(serve) as port:
        answer = post(f"http://127.0.0.1:{port}/", timeout_s=3.0)
    assert (answer.status, answer.body) == (202, "")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", "the connection was closed without a response"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the response is not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "the response is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1_000 + b"\r\n", "the response is not HTTP"),
    ],
)
def test_what_is_no_answer_is_said_in_words(said: bytes, error: str) -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(said)

    with serving(serve) as port:
        assert post(f"http://127.0.0.1:{port}/").error == error


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 64 + ".example", "-", "..."])
def test_a_name_that_leads_nowhere(host: str) -> None:
    assert post(f"http://{host}/").error == "the host name could not be resolved"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    path.write_bytes(pem)
    return path


class TestTls:
    @pytest.fixture
    def port(self, certificate: Path) -> Iterator[int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        def serve(connection: socket.socket) -> None:
            with context.wrap_socket(connection, server_side=True) as secure:
                read_request(secure)
                secure.sendall(OK)

        with serving(serve) as port:
            yield port

    def test_a_valid_certificate(self, port: int, certificate: Path) -> None:
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert post(f"https://127.0.0.1:{port}/", tls=trusting).status == 200

    def test_a_certificate_of_nobody_we_trust(self, port: int) -> None:
        answer = post(f"https://127.0.0.1:{port}/")
        assert answer.status is None
        assert (answer.error or "").startswith("the TLS certificate is not valid")

    def test_a_certificate_of_another_name(self, port: int, certificate: Path) -> None:
        trusting = ssl.create_default_context(cafile=str(certificate))
        answer = post(f"https://localhost:{port}/", tls=trusting)
        assert (answer.error or "").startswith("the TLS certificate is not valid")

    def test_plain_http_on_a_tls_port(self) -> None:
        def serve(connection: socket.socket) -> None:
            connection.recv(65_536)
            connection.sendall(OK)

        with serving(serve) as port:
            assert post(f"https://127.0.0.1:{port}/").error == "the TLS handshake failed"
