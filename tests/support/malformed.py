"""Requests that make no sense, each with a secret in it: none of it may be written down or answered."""

import base64
import os
import struct
from collections.abc import Iterator

from ingest_container.rtmp.amf0 import AmfValue, encode
from ingest_container.rtmp.messages import COMMAND_AMF0, DATA_AMF0
from tests.support.rtmp_peer import RtmpPeer, message

# The gateway's bound on a request's target.
TARGET_BYTES = 8 * 1024


def http_requests(secret: bytes, host: str) -> dict[str, tuple[bytes, int]]:
    """What is wrong with it -> (the bytes, the status that it is answered with)."""
    end = f" HTTP/1.1\r\nHost: {host}\r\n".encode()
    many = b"".join(b"X-%d: %b\r\n" % (number, secret) for number in range(500))
    long = secret + b"a" * 100_000

    def get(path: bytes, *headers: bytes) -> bytes:
        return b"GET " + path + end + b"".join(header + b"\r\n" for header in headers) + b"\r\n"

    def post(path: bytes, body: bytes, *headers: bytes) -> bytes:
        return b"POST " + path + end + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body

    length = b"Content-Length: %d" % len(secret)
    return {
        "control byte in the path": (get(b"/api/streams/" + secret + b"\x01"), 400),
        "NUL in a header": (get(b"/api/nothing", b"X-Api-Key: " + secret + b"\0"), 400),
        "bare CR in a header": (get(b"/api/nothing", b"Authorization: Bearer " + secret + b"\r"), 400),
        "header name with a space": (get(b"/api/nothing", secret + b" x: y"), 400),
        "header without a colon": (get(b"/api/nothing", secret), 400),
        "no HTTP at all": (secret + b"\r\n\r\n", 400),
        "unknown version": (b"GET /" + secret + b" HTTP/9.9\r\n\r\n", 400),
        "two lengths": (post(b"/api/nothing", secret, b"Content-Length: 1", b"Content-Length: 2"), 400),
        "length that is no number": (post(b"/api/nothing", b"", b"Content-Length: " + secret), 400),
        "bad chunk": (post(b"/api/nothing", secret + b"\r\n", b"Transfer-Encoding: chunked"), 400),
        "body that is not gzip": (post(b"/api/nothing", secret, b"Content-Encoding: gzip", length), 400),
        "NUL in the path": (get(b"/" + secret + b"%00"), 404),
        "line feed in the path": (get(b"/" + secret + b"%0A"), 404),
        "name longer than a file's": (get(b"/" + secret + b"a" * 300), 404),
        "bytes that are no UTF-8": (get(b"/api/nothing/" + secret + b"%ff%fe"), 404),
        "bytes that are not even escaped": (get(b"/api/nothing/" + secret + b"\xff\xfe"), 400),
        "broken escape in the query": (get(b"/api/nothing?key=" + secret + b"%zz%"), 404),
        "long path": (get(b"/" + secret + b"a" * TARGET_BYTES), 414),
        "very long path": (get(b"/" + long), 400),
        "very long header": (get(b"/", b"X-Api-Key: " + long), 400),
        "very many headers": (get(b"/")[:-2] + many + b"\r\n", 400),
        "method of its own": (secret[:20] + b" /" + secret + end + b"\r\n", 400),
        "secret that is no UTF-8": (post(b"/bus-events", b"", b"X-Bus-Secret: " + secret + b"\xff"), 403),
        "event that is no JSON": (post(b"/bus-events", secret, b"X-Bus-Secret: " + secret, length), 403),
    }


def websocket_bytes(secret: bytes, host: str) -> Iterator[bytes]:
    """Handshakes that are wrong, and good ones that are followed by what is no message."""
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = f" HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n".encode()
    good = upgrade + f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n".encode()
    protocol = b"Sec-WebSocket-Protocol: stream-sync, bearer." + secret + b"\r\n"
    yield b"GET /ws?token=" + secret + good + b"\r\n"
    yield b"GET /ws" + good + protocol + b"\r\n"
    yield b"GET /ws" + upgrade + b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + secret + b"\r\n\r\n"
    yield b"GET /ws" + upgrade + b"Sec-WebSocket-Version: 99\r\n" + protocol + b"\r\n"
    yield b"GET /ws" + good + protocol[:-2] + b"\x01\r\n\r\n"
    watching = b"GET /ws" + good + b"Sec-WebSocket-Protocol: stream-sync\r\n\r\n"
    for first, payload in (
        (0x81, secret),  # text that is no JSON
        (0x81, b'{"action": "' + secret + b'"}'),
        (0x81, b'{"action": "watch", "channel_id": "' + secret + b'"}'),
        (0x81, secret + b"\xff\xfe"),  # text that is no UTF-8
        (0x82, secret),  # binary
        (0x83, secret),  # an opcode that is reserved
        (0xF1, secret),  # reserved bits
        (0x88, b"\x00\x01" + secret),  # a close with a code that there is not
        (0x80, secret),  # a continuation of nothing
    ):
        yield watching + bytes([first]) + _masked(payload)
    yield watching + b"\x81" + bytes([len(secret)]) + secret  # not masked
    yield watching + b"\x81\xff" + struct.pack(">Q", 1 << 40) + b"\0\0\0\0" + secret  # a terabyte


def _masked(payload: bytes) -> bytes:
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
    return length + b"\0\0\0\0" + payload


def rtmp_bytes(secret: str) -> Iterator[bytes]:
    """Connections of encoders that put a key where none belongs, or break off in the middle of one."""
    raw = secret.encode()
    peer = RtmpPeer(key=secret)
    opening = peer.hello() + peer.finish_handshake()
    yield raw  # no handshake
    yield b"\x03" + raw
    for app in (secret, f"live/{secret}", f"live?key={secret}", f"live\0{secret}"):
        other = RtmpPeer(app=app, key=secret)
        yield other.hello() + other.finish_handshake() + other.connect() + other.create_stream() + other.publish()
    url = f"rtmp://user:{secret}@127.0.0.1/live/{secret}?key={secret}"
    properties: dict[str, AmfValue] = {"app": "live", "tcUrl": url, "swfUrl": url, "pageUrl": url, "flashVer": secret}
    yield opening + message(3, COMMAND_AMF0, encode("connect", 1.0, properties))
    yield opening + message(3, COMMAND_AMF0, encode("connect", 1.0, {"app": {"key": secret}, "tcUrl": 1.0}))
    connected = opening + peer.connect() + peer.create_stream()
    for command in (
        encode(secret, 2.0, None, secret),  # a name that nobody knows
        encode("publish", 3.0, None, secret + "\x00\x1b[31m", "live"),
        encode("publish", 3.0, None, secret, secret),  # a kind of publishing that there is not
        encode("publish", 3.0, None, {"key": secret}, "live"),
        encode("releaseStream", 3.0, secret),
        encode("FCPublish", 3.0, None, secret),
        encode("play", 3.0, None, secret),
        encode("publish", 3.0, None)[:-1] + b"\x02\xff\xff" + raw,  # a string that is cut short
        b"\x02\x00\x07publish\x00" + raw,  # a number that is a key
        b"\x11" + raw,  # a marker of AMF3
        b"\x0c\xff\xff\xff\xff" + raw,  # a string of four gigabytes
    ):
        yield connected + message(8, COMMAND_AMF0, command, stream_id=1)
    yield connected + message(8, DATA_AMF0, encode("@setDataFrame", "onMetaData", {"title": secret}), stream_id=1)
    yield connected + message(8, 0x63, raw, stream_id=1)  # a message type that nobody knows
