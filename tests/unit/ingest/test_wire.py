"""PROXY header and TLS around RTMP's bytes, however they arrive."""

import contextlib
import itertools
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.net.gatekeeper import ConnectionRejected
from ingest_container.net.tls import Certificates
from ingest_container.net.wire import Wire, WireBroken
from tests.support.certificates import make_certificate

HEADER = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 1935\r\n"
RTMP = b"\x03" + bytes(100)


class Client:
    """A TLS client in memory."""

    def __init__(self, trusted: Path) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=str(trusted))
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def hello(self) -> bytes:
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self.outgoing.read()

    def shake_hands(self, wire: Wire) -> None:
        for _ in range(3):
            assert bytes(wire.receive_data(self.hello())) == b""
            self.incoming.write(wire.data_to_send())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("wire"), "localhost")


@given(cuts=st.sets(st.integers(1, len(HEADER + RTMP) - 1)))
def test_a_header_is_taken_off_wherever_the_reads_are_cut(cuts: set[int]) -> None:
    clients: list[str] = []
    wire = Wire(None, behind_proxy=True, on_client=clients.append)
    data, edges = HEADER + RTMP, [0, *sorted(cuts), len(HEADER + RTMP)]
    received = b"".join(bytes(wire.receive_data(data[a:b])) for a, b in itertools.pairwise(edges))
    assert received == RTMP
    assert clients == ["192.0.2.7"]
    assert wire.is_transparent


def test_a_load_balancers_peer_without_a_header_is_read_as_it_is() -> None:
    clients: list[str] = []
    wire = Wire(None, behind_proxy=True, on_client=clients.append)
    assert bytes(wire.receive_data(RTMP)) == RTMP
    assert clients == []
    assert wire.is_transparent


def test_a_broken_header_says_what_is_wrong() -> None:
    wire = Wire(None, behind_proxy=True)
    with pytest.raises(WireBroken, match="not an address") as broken:
        wire.receive_data(b"PROXY TCP4 here there 1 2\r\n" + RTMP)
    assert broken.value.reason == "proxy_header_broken"


def test_a_client_that_is_rejected_costs_no_tls_handshake(certificate: tuple[Path, Path]) -> None:
    def refuse(_client_ip: str) -> None:
        raise ConnectionRejected("too_many_from_address")

    wire = Wire(Certificates(*certificate).context, behind_proxy=True, on_client=refuse)
    with pytest.raises(ConnectionRejected):
        wire.receive_data(HEADER + Client(certificate[0]).hello())
    assert wire.data_to_send() == b""


def test_tls_begins_behind_the_header_in_the_same_read(certificate: tuple[Path, Path]) -> None:
    clients: list[str] = []
    wire = Wire(Certificates(*certificate).context, behind_proxy=True, on_client=clients.append)
    client = Client(certificate[0])
    assert bytes(wire.receive_data(HEADER + client.hello())) == b""
    client.incoming.write(wire.data_to_send())
    client.shake_hands(wire)
    client.tls.write(RTMP)
    assert bytes(wire.receive_data(client.outgoing.read())) == RTMP
    wire.send_data(b"S0")
    client.incoming.write(wire.data_to_send())
    assert client.tls.read(16) == b"S0"
    assert clients == ["192.0.2.7"]
    assert not wire.is_transparent


def test_close_notify_is_sent_and_noticed(certificate: tuple[Path, Path]) -> None:
    wire = Wire(Certificates(*certificate).context, behind_proxy=False)
    client = Client(certificate[0])
    client.shake_hands(wire)
    wire.close()
    client.incoming.write(wire.data_to_send())
    assert client.tls.read(16) == b""
    with contextlib.suppress(ssl.SSLError):
        client.tls.unwrap()
    wire.receive_data(client.outgoing.read())
    assert wire.ended


def test_what_is_not_tls_is_answered_with_an_alert(certificate: tuple[Path, Path]) -> None:
    wire = Wire(Certificates(*certificate).context, behind_proxy=False)
    with pytest.raises(WireBroken) as broken:
        wire.receive_data(RTMP)
    assert broken.value.reason == "tls_failed"
