"""A publish on another server: an encoder's messages are replayed behind the opening, and the answer is read out."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container import rtmp
from tests.support.rtmp_peer import RtmpPeer

AFTER = b"what the server says later"


def session() -> rtmp.Session:
    return rtmp.Session(now=0.0, random_bytes=bytes(1528))


def replayed() -> bytes:
    """As a node has it of an encoder: without its own handshake."""
    return RtmpPeer().open()[len(rtmp.OPENING) :]


def answered(refusal: tuple[str, str] | None = None) -> bytes:
    server = session()
    (connected, asked) = server.receive_data(rtmp.OPENING + replayed(), 0.0)
    assert isinstance(connected, rtmp.Connected)
    assert isinstance(asked, rtmp.PublishRequested)
    if refusal is None:
        server.accept_publish(0.0)
    else:
        server.refuse_publish(*refusal, 0.0)
    return server.data_to_send()


@given(cuts=st.sets(st.integers(1, len(answered()) + len(AFTER) - 1), max_size=20))
def test_the_answer_is_found_wherever_the_reads_are_cut_and_what_follows_is_whole(cuts: set[int]) -> None:
    data = answered() + AFTER
    reader = rtmp.PublishAnswerReader()
    edges = [0, *sorted(cuts), len(data)]
    rest = b""
    found: rtmp.PublishAnswer | None = None
    for begin, end in itertools.pairwise(edges):
        if found is not None:
            rest += data[begin:end]
        elif (answer := reader.receive_data(data[begin:end])) is not None:
            found, rest = answer
    assert found is not None
    assert found.is_start
    assert rest == AFTER


def test_a_refusal_is_told_with_its_description() -> None:
    found = rtmp.PublishAnswerReader().receive_data(answered(("NetStream.Publish.BadName", "Stream already exists: x")))
    assert found is not None
    answer, rest = found
    assert (answer.code, answer.description, answer.is_start, rest) == (
        "NetStream.Publish.BadName",
        "Stream already exists: x",
        False,
        b"",
    )


def test_both_servers_count_the_same_bytes() -> None:
    """So that acknowledgements of the second are right for what the encoder sent to the first."""
    first, second = session(), session()
    encoder = RtmpPeer()
    opened = encoder.open()
    first.receive_data(opened, 0.0)
    second.receive_data(rtmp.OPENING + opened[len(rtmp.OPENING) :], 0.0)
    assert first.bytes_received == second.bytes_received


@pytest.mark.parametrize("noise", [bytes(8_000), b"HTTP/1.1 400 Bad Request\r\n\r\n" * 200, b"\xff" * 8_000])
def test_what_is_no_server_has_no_answer(noise: bytes) -> None:
    try:
        found = rtmp.PublishAnswerReader().receive_data(noise)
    except rtmp.ProtocolError:
        return
    assert found is None
