"""The handshake, as a session's first bytes."""

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


def test_a_c1_with_version_and_digest_is_told_that_no_digest_comes_back() -> None:
    server = session()
    digest_c1 = b"\x03" + bytes(4) + b"\x80\x00\x07\x02" + bytes(range(191)) * 8
    assert server.receive_data(digest_c1, 0.0) == []
    assert server.data_to_send()[5:9] == bytes(4)


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
