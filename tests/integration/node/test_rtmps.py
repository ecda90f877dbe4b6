"""RTMPS beside plain RTMP, behind a load balancer or not, over IPv4 and IPv6; with real ffmpeg."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chalicelib.domain.streams import ChannelStatus
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.certificates import make_certificate
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Emulator
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]

CLIENT = "203.0.113.7"  # who the load balancer says it speaks for
V2_HEADER = (
    b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + socket.inet_aton(CLIENT) + socket.inet_aton("10.0.0.1") + bytes(4)
)
V1_HEADER = f"PROXY TCP4 {CLIENT} 10.0.0.1 40000 1935\r\n".encode()


class Balancer:
    """A load balancer: hands connections on, with a PROXY header in front."""

    def __init__(self, port: int, header: bytes) -> None:
        self._target, self._header = port, header
        self._listening = socket.create_server((HOST, 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = [self._listening]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                node = socket.create_connection((HOST, self._target))
                node.sendall(self._header)
                self._open += [client, node]
                for source, sink in ((client, node), (node, client)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        for each in self._open:
            each.close()


class EncryptedPublisher(Publisher):
    """A publisher over TLS that trusts one certificate."""

    def __init__(self, port: int, stream_key: str, trusted: Path) -> None:
        super().__init__(port, stream_key)
        context = ssl.create_default_context(cafile=str(trusted))
        self.socket = context.wrap_socket(self.socket, server_hostname=HOST)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture(scope="module")
def rtmps_port() -> int:
    (port,) = free_ports(1)
    return port


@pytest.fixture(scope="module")
def _tls_node(
    emulator: Emulator, files: tuple[Path, Path], rtmps_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Node]:
    log = tmp_path_factory.mktemp("node") / "node.log"
    certificate, key = files
    node = Node(
        emulator.env,
        log,
        rtmps_port=rtmps_port,
        tls_certificate=certificate,
        tls_private_key=key,
        proxy_networks="127.0.0.0/8",
    ).listening()
    yield node
    node.end()


@pytest.fixture
def tls_node(cloud: Emulator, _tls_node: Node) -> Node:
    assert _tls_node.process.poll() is None, _tls_node.text()[-2000:]
    return _tls_node


def ffmpeg(url: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            *("ffmpeg", "-hide_banner", "-loglevel", "error", "-re"),
            *("-f", "lavfi", "-i", "testsrc=size=160x90:rate=10", "-f", "lavfi", "-i", "sine=sample_rate=48000"),
            *("-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-c:a", "aac"),
            *("-f", "flv", url),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("SS-5.3")
@pytest.mark.parametrize("header", [b"", V1_HEADER, V2_HEADER], ids=["direct", "proxy v1", "proxy v2"])
@pytest.mark.parametrize("scheme", ["rtmp", "rtmps"])
def test_ffmpeg_broadcasts_and_its_own_address_is_recorded(
    tls_node: Node, rtmps_port: int, scheme: str, header: bytes
) -> None:
    studio = Studio()
    port = rtmps_port if scheme == "rtmps" else tls_node.port
    with contextlib.ExitStack() as ending:
        if header:
            balancer = Balancer(port, header)
            ending.callback(balancer.close)
            port = balancer.port
        program = ffmpeg(f"{scheme}://{HOST}:{port}/live/{studio.stream_key}")
        output, _ = program.communicate(timeout=120)
        assert program.returncode == 0, output.decode()
        until(lambda: "Stream End" in studio.kinds(), "its end in the timeline")
    assert "Stream Start" in studio.kinds(), "it was LIVE"
    assert studio.is_(ChannelStatus.OFFLINE)
    (record,) = until(lambda: tls_node.logged("audit_record", key_id=studio.key.key_id), "the audit line")
    assert record["client_ip"] == (CLIENT if header else HOST)
    assert record["reason"] == "clean_stop"


def test_a_refusal_comes_through_tls_and_the_connection_ends_properly(
    tls_node: Node, rtmps_port: int, files: tuple[Path, Path]
) -> None:
    publisher = EncryptedPublisher(rtmps_port, "0" * 40, files[0])
    assert publisher.publish() == "NetStream.Publish.Denied"
    assert publisher.description.startswith("Unauthorized: ")
    # close_notify first: Python's socket raises SSLEOFError for a connection that was merely cut off.
    assert publisher.socket.recv(100) == b""


@pytest.mark.parametrize(
    "said",
    [b"\x03" + bytes(1536), b"GET / HTTP/1.1\r\n\r\n", bytes(50), V2_HEADER + b"\x03" + bytes(1536)],
    ids=["plain RTMP", "HTTP", "zeros", "plain RTMP behind a PROXY header"],
)
def test_what_is_no_tls_is_closed_and_told(tls_node: Node, rtmps_port: int, said: bytes) -> None:
    before = len(tls_node.logged("audit_record", reason="tls_failed"))
    with socket.create_connection((HOST, rtmps_port), timeout=20) as connection:
        connection.sendall(said)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(1000):
                pass
    until(lambda: len(tls_node.logged("audit_record", reason="tls_failed")) > before, "the reason in the log")


def test_a_broken_load_balancer_is_closed_and_told(tls_node: Node) -> None:
    before = len(tls_node.logged("audit_record", reason="proxy_header_broken"))
    with socket.create_connection((HOST, tls_node.port), timeout=20) as connection:
        connection.sendall(b"PROXY TCP4 nonsense\r\n")
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1000) == b""
    until(lambda: len(tls_node.logged("audit_record", reason="proxy_header_broken")) > before, "the reason in the log")


def test_a_tls_client_on_the_plain_port_is_turned_away(tls_node: Node) -> None:
    context = ssl.create_default_context()
    turned_away = pytest.raises((ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError))
    with socket.create_connection((HOST, tls_node.port), timeout=20) as connection, turned_away:
        context.wrap_socket(connection, server_hostname=HOST)
    until(lambda: tls_node.logged("audit_record", reason="bad_version"), "the reason in the log")


def test_a_renewed_certificate_is_served_and_a_running_stream_goes_on(
    start_node: StartNode, tmp_path: Path, studio: Studio
) -> None:
    certificate, key = make_certificate(tmp_path / "tls", HOST)
    (port,) = free_ports(1)
    node = start_node(rtmps_port=port, tls_certificate=certificate, tls_private_key=key)
    publisher = EncryptedPublisher(port, studio.stream_key, certificate)
    try:
        assert publisher.publish() == STARTED
        publisher.go_on_air()
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        make_certificate(tmp_path / "tls", HOST)
        until(lambda: node.logged("certificate_reloaded"), "the new certificate", 30)
        newcomer = EncryptedPublisher(port, Studio().stream_key, certificate)  # trusts the new one only
        assert newcomer.publish() == STARTED
        newcomer.drop()
        assert studio.status is ChannelStatus.LIVE
        certificate.write_text("nonsense")
        until(lambda: node.logged("certificate_unreadable"), "the warning", 30)
        assert studio.status is ChannelStatus.LIVE
    finally:
        publisher.drop()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_both_families_on_one_socket(start_node: StartNode, studio: Studio, on_air: OnAir) -> None:
    node = start_node(rtmp_host="::")
    on_air(node, studio).stop()
    until(lambda: node.logged("audit_record", key_id=studio.key.key_id, client_ip=HOST), "the record of IPv4")
    other = Studio()
    peer = RtmpPeer(key=other.stream_key)
    with socket.create_connection(("::1", node.port), timeout=10) as connection:
        connection.sendall(peer.open())
        while peer.status() is None:
            peer.receive_data(connection.recv(65_536))
    assert peer.status() == STARTED
    until(lambda: node.logged("audit_record", key_id=other.key.key_id, client_ip="::1"), "the record of IPv6")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rtmps_port": 1936}, "RTMPS needs all of"),
        (
            {"rtmps_port": 0, "tls_certificate": "/nowhere/a", "tls_private_key": "/nowhere/b"},
            "STREAM_SYNC_TLS_CERTIFICATE",
        ),
    ],
)
def test_a_node_that_cannot_serve_rtmps_says_why(
    cloud: Emulator, tmp_path: Path, settings: dict[str, object], words: str
) -> None:
    node = Node(cloud.env, tmp_path / "node.log", **settings)
    assert node.process.wait(90) == 2
    assert words in node.text()
