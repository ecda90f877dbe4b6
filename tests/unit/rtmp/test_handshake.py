"""The handshake, as a session's first bytes."""

import hmac

import pytest

from ingest_container.rtmp import CloseNow, Event, ProtocolFailed, Session, SessionState
from tests.support.rtmp_peer import RtmpPeer

RANDOM = bytes(range(191)) * 8


def session() -> Session:
    return Session(now=0.0, random_bytes=RANDOM)


def test_s0_s1_s2_answer_c0_c1() -> None:
    server, hello = session(), RtmpPeer().hello()
    assert server.receive_data(hello, 0.0) == []
    answer = server.data_to_send()
    assert answer == b"\x03" + bytes(8) + RANDOM + hello[1:]
    assert server.state is SessionState.HANDSHAKE


def test_nothing_is_answered_before_c1_is_whole() -> None:
    server = session()
    server.receive_data(RtmpPeer().hello()[:-1], 0.0)
    assert server.data_to_send() == b""


def test_c2_ends_the_handshake_whatever_it_echoes() -> None:
    server = session()
    server.receive_data(RtmpPeer().hello() + b"\xaa" * 1536, 0.0)
    assert server.state is SessionState.CONNECTING


CLIENT_KEY = b"Genuine Adobe Flash Player 001"
SERVER_KEY = b"Genuine Adobe Flash Media Server 001"
SALT = bytes.fromhex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae")


def digest_c1(base: int) -> tuple[bytes, bytes]:
    """(C1 with a digest in the block whose offset bytes stand at `base`, the digest), as FFmpeg makes it."""
    c1 = bytearray(bytes(4) + b"\x09\x00\x7c\x02" + bytes(range(191)) * 8)
    place = sum(c1[base : base + 4]) % 728 + base + 4
    digest = hmac.digest(CLIENT_KEY, bytes(c1[:place] + c1[place + 32 :]), "sha256")
    c1[place : place + 32] = digest
    return bytes(c1), digest


@pytest.mark.parametrize("base", [8, 772])
@pytest.mark.parametrize("pieces", [1, 1537])
def test_a_digest_is_answered_with_digests(base: int, pieces: int) -> None:
    c1, digest = digest_c1(base)
    server = session()
    size = 1537 // pieces
    hello = b"\x03" + c1
    for start in range(0, len(hello), size):
        server.receive_data(hello[start : start + size], 0.0)
    answer = server.data_to_send()
    s1, s2 = answer[1:1537], answer[1537:]
    assert any(s1[4:8])
    place = sum(s1[base : base + 4]) % 728 + base + 4
    assert s1[place : place + 32] == hmac.digest(SERVER_KEY, s1[:place] + s1[place + 32 :], "sha256")
    key = hmac.digest(SERVER_KEY + SALT, digest, "sha256")
    assert s2[1504:] == hmac.digest(key, s2[:1504], "sha256")
    server.receive_data(bytes(1536), 0.0)
    assert server.state is SessionState.CONNECTING


def test_a_c1_with_a_version_and_no_valid_digest_is_told_that_none_comes_back() -> None:
    server = session()
    c1, _ = digest_c1(8)
    c1 = c1[:-1] + bytes((c1[-1] ^ 1,))
    assert server.receive_data(b"\x03" + c1, 0.0) == []
    assert server.data_to_send() == b"\x03" + bytes(8) + RANDOM + c1


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1", b"\x16\x03\x01", b"\x06", b"\x00"])
def test_what_is_no_rtmp_is_turned_away_by_its_first_byte(first: bytes) -> None:
    server = session()
    events: list[Event] = server.receive_data(first, 0.0)
    assert isinstance(events[0], ProtocolFailed)
    assert events[0].reason_code == "bad_version"
    assert events[1:] == [CloseNow("protocol_failed")]
    assert server.state is SessionState.CLOSED
    assert server.data_to_send() == b""


def test_random_bytes_of_another_size_are_the_callers_fault() -> None:
    with pytest.raises(ValueError, match="1528"):
        Session(now=0.0, random_bytes=bytes(1527))
