"""The PROXY protocol, versions 1 and 2: who the client really is, behind a load balancer. Sans-IO.

Specification: HAProxy's proxy-protocol.txt, sections 2.1 (text) and 2.2 (binary). A Network Load Balancer sends
version 2. Believe it only from networks that are trusted: it is a claim. A node that carries a connection on to a peer
sends one too, with its own id in a TLV of a custom type (2.2.7). A load balancer puts its own header before whatever a
client sends, so no client can.
"""

import ipaddress
from dataclasses import dataclass

V2_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V2_FIXED = 16  # bytes: signature, version and command, family, length
V1_PREFIX = b"PROXY "
V1_MOST = 107  # bytes: "the maximum line lengths the receiver must support including the CRLF"
# Addresses take 36 bytes at most (216 for UNIX sockets), the rest is TLVs; AWS's are below 100 bytes.
V2_MOST = V2_FIXED + 2_048

MOVED_FROM = 0xE5  # our TLV, of those "reserved for application-specific data"; AWS's is 0xEA

_COMMAND_LOCAL, _COMMAND_PROXY = 0x20, 0x21
_ADDRESS_BYTES = {0x11: 4, 0x12: 4, 0x21: 16, 0x22: 16}  # family and transport -> bytes of one address


class ProxyHeaderBroken(Exception):
    """What came is the beginning of a header, but not one."""


@dataclass(frozen=True, slots=True)
class Header:
    """`size` bytes belong to the header. `client_ip` is None where the proxy speaks for itself (health checks).

    `moved_from` is the id of the node that carries the connection on, if one does.
    """

    size: int
    client_ip: str | None
    moved_from: str | None = None


def header(client_ip: str, moved_from: str) -> bytes:
    """Of version 2, for a peer: the client's address, and this node's id. Ports and our own address are zero."""
    address = ipaddress.ip_address(client_ip)
    family = 0x11 if address.version == 4 else 0x21
    node_id = moved_from.encode()
    body = address.packed + bytes(len(address.packed) + 4)
    body += bytes((MOVED_FROM,)) + len(node_id).to_bytes(2, "big") + node_id
    return V2_SIGNATURE + bytes((_COMMAND_PROXY, family)) + len(body).to_bytes(2, "big") + body


def parse(data: bytes | bytearray) -> Header | None:
    """The header that `data` begins with; None while more is needed. No header at all has size 0.

    Raises ProxyHeaderBroken.
    """
    if data[:12] == V2_SIGNATURE[: len(data)]:
        return _parse_v2(data) if len(data) >= V2_FIXED else None
    if data[:6] == V1_PREFIX[: len(data)]:
        return _parse_v1(data)
    return Header(0, None)


def _parse_v2(data: bytes | bytearray) -> Header | None:
    command, family = data[12], data[13]
    size = V2_FIXED + int.from_bytes(data[14:16], "big")
    if command not in (_COMMAND_LOCAL, _COMMAND_PROXY):
        raise ProxyHeaderBroken("unknown version or command")
    if size > V2_MOST:
        raise ProxyHeaderBroken("too long")
    if len(data) < size:
        return None
    width = _ADDRESS_BYTES.get(family)
    if command == _COMMAND_LOCAL or width is None:  # "the receiver must ... use the real connection endpoints"
        return Header(size, None)
    if size - V2_FIXED < 2 * width + 4:
        raise ProxyHeaderBroken("addresses cut short")
    client_ip = str(ipaddress.ip_address(bytes(data[V2_FIXED : V2_FIXED + width])))
    return Header(size, client_ip, _moved_from(bytes(data[V2_FIXED + 2 * width + 4 : size])))


def _moved_from(tlvs: bytes) -> str | None:
    """The value of our TLV; types of others are passed over, and so is what is cut short."""
    while len(tlvs) >= 3:
        end = 3 + int.from_bytes(tlvs[1:3], "big")
        if tlvs[0] == MOVED_FROM and len(tlvs) >= end:
            return tlvs[3:end].decode("ascii", "replace")
        tlvs = tlvs[end:]
    return None


def _parse_v1(data: bytes | bytearray) -> Header | None:
    end = data.find(b"\r\n", 0, V1_MOST)
    if end < 0:
        if len(data) >= V1_MOST:
            raise ProxyHeaderBroken("line too long")
        return None
    words = bytes(data[:end]).decode("ascii", "replace").split(" ")
    if len(words) >= 2 and words[1] == "UNKNOWN":
        return Header(end + 2, None)
    if len(words) != 6 or words[1] not in ("TCP4", "TCP6"):
        raise ProxyHeaderBroken("not a TCP4, TCP6 or UNKNOWN line")
    try:
        address = ipaddress.ip_address(words[2])
    except ValueError:
        raise ProxyHeaderBroken("not an address") from None
    return Header(end + 2, str(address))
