"""The PROXY protocol's headers, cut anywhere."""

import socket
import struct

import pytest

from ingest_container.net.proxy_protocol import V1_MOST, V2_SIGNATURE, Header, ProxyHeaderBroken, parse
from ingest_container.net.proxy_protocol import header as header_for_peer


def v2(command: int, family: int, addresses: bytes, tlvs: bytes = b"") -> bytes:
    return V2_SIGNATURE + bytes((command, family)) + struct.pack(">H", len(addresses) + len(tlvs)) + addresses + tlvs


def tcp4(source: str) -> bytes:
    return socket.inet_aton(source) + socket.inet_aton("10.0.0.1") + struct.pack(">HH", 40_000, 1935)


def tcp6(source: str) -> bytes:
    ends = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, "fd00::1")
    return ends + struct.pack(">HH", 40_000, 1935)


VPC_ENDPOINT_TLV = b"\xea\x00\x05\x01vpce"

HEADERS = {
    "v2 over IPv4": (v2(0x21, 0x11, tcp4("203.0.113.7")), "203.0.113.7"),
    "v2 over IPv6": (v2(0x21, 0x21, tcp6("2001:db8::7")), "2001:db8::7"),
    "v2 with what AWS adds": (v2(0x21, 0x11, tcp4("203.0.113.7"), VPC_ENDPOINT_TLV), "203.0.113.7"),
    "v2 of a health check": (v2(0x20, 0x00, b""), None),
    "v2 of an unknown family": (v2(0x21, 0x00, b""), None),
    "v1 over IPv4": (b"PROXY TCP4 203.0.113.7 10.0.0.1 40000 1935\r\n", "203.0.113.7"),
    "v1 over IPv6": (b"PROXY TCP6 2001:db8::7 fd00::1 40000 1935\r\n", "2001:db8::7"),
    "v1 unknown": (b"PROXY UNKNOWN\r\n", None),
}


@pytest.mark.parametrize(("header", "client"), HEADERS.values(), ids=HEADERS)
def test_header_names_the_client_and_leaves_what_follows(header: bytes, client: str | None) -> None:
    assert parse(header + b"\x03rest") == Header(len(header), client)


@pytest.mark.parametrize(("header", "client"), HEADERS.values(), ids=HEADERS)
def test_every_part_of_a_header_asks_for_more(header: bytes, client: str | None) -> None:
    assert [parse(header[:size]) for size in range(1, len(header))] == [None] * (len(header) - 1)


def test_no_header_is_no_header() -> None:
    assert parse(b"\x03" + bytes(1536)) == Header(0, None)


@pytest.mark.parametrize(
    "broken",
    [
        v2(0x31, 0x11, tcp4("203.0.113.7")),
        v2(0x21, 0x11, b"\x01\x02\x03"),
        V2_SIGNATURE + b"\x21\x11\xff\xff",
        b"PROXY TCP4 nonsense 10.0.0.1 1 2\r\n",
        b"PROXY TCP4 203.0.113.7\r\n",
        b"PROXY " + b"x" * V1_MOST,
    ],
)
def test_a_broken_header_is_refused(broken: bytes) -> None:
    with pytest.raises(ProxyHeaderBroken):
        parse(broken)


@pytest.mark.parametrize("client", ["203.0.113.7", "2001:db8::7"])
def test_our_own_header_names_the_client_and_the_node_it_is_moved_from(client: str) -> None:
    sent = header_for_peer(client, "node-1")
    assert parse(sent + b"\x03rest") == Header(len(sent), client, "node-1")
    assert [parse(sent[:size]) for size in range(1, len(sent))] == [None] * (len(sent) - 1)


@pytest.mark.parametrize(
    ("tlvs", "node"),
    [
        (VPC_ENDPOINT_TLV + b"\xe5\x00\x02n1", "n1"),
        (b"\xe5\x00\x02n1" + VPC_ENDPOINT_TLV, "n1"),
        (VPC_ENDPOINT_TLV, None),
        (b"\xe5\x00\x09n1", None),  # cut short
        (b"\xea\xff\xff", None),
        (b"\xe5\x00", None),
        (b"\xe5\x00\x01\xff", "�"),
    ],
)
def test_the_node_is_found_among_what_others_add(tlvs: bytes, node: str | None) -> None:
    found = parse(v2(0x21, 0x11, tcp4("203.0.113.7"), tlvs))
    assert found is not None
    assert (found.client_ip, found.moved_from) == ("203.0.113.7", node)
