"""What a peer may make a session do, in units that do not depend on the machine."""

import struct

import pytest

from ingest_container.rtmp import CloseNow, Event, Limits, ProtocolFailed, Session, SessionState, VideoConfig, work
from ingest_container.rtmp.amf0 import encode
from ingest_container.rtmp.limits import MAX_EARLY_MESSAGES, MAX_MODIFIERS, PUBLISHER_WORK_RATE
from ingest_container.rtmp.media import configures
from ingest_container.rtmp.messages import AGGREGATE, DATA_AMF0, PING_REQUEST, USER_CONTROL, VIDEO, Message
from ingest_container.rtmp.tags import VIDEO_MULTITRACK, split_tracks
from ingest_container.rtmp.work import WorkAllowance
from tests.support.rtmp_peer import AVC_RECORD, RtmpPeer, chunk, message
from tests.unit.rtmp.conversation import new_session, pending, publishing

READ = 64 * 1024


def bytes_until_ended(session: Session, flood: bytes, at: float = 0.0) -> int:
    """How much of a flood that is repeated the session takes before it ends it for being too much work."""
    events: list[Event] = []
    taken = 0
    if flood in (ones(99), ones(VIDEO)):
        session.receive_data(CHUNKS_OF_ONE, at)
    while session.state is not SessionState.CLOSED:
        events += session.receive_data(flood, at)
        taken += len(flood)
        assert taken < 64 * 1024 * 1024, "the session takes anything"
    assert [event.reason_code for event in events if isinstance(event, ProtocolFailed)] == ["too_many_messages"]
    assert isinstance(events[-1], CloseNow)
    return taken


def connecting() -> Session:
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.hello() + peer.finish_handshake(), 0.0)
    return session


def empty_messages(type_id: int, stream_id: int = 1) -> bytes:
    """One that is named, and then one for each byte."""
    return chunk(0, 4, b"", type_id=type_id, stream_id=stream_id) + b"\xc4" * 1000


def ones(type_id: int, stream_id: int = 1) -> bytes:
    """Two messages in turns, once they are cut into chunks of one byte."""
    begin = b"".join(chunk(0, id_, b"x", length=500, type_id=type_id, stream_id=stream_id) for id_ in (5, 6))
    return begin + b"\xc5x\xc6x" * 499


CHUNKS_OF_ONE = message(2, 1, struct.pack(">I", 1))
FLOODS: dict[str, bytes] = {
    "empty messages": empty_messages(99),
    "empty metadata": empty_messages(DATA_AMF0),
    "empty video": empty_messages(VIDEO),
    "chunks of one byte": ones(99),
    "video in chunks of one byte": ones(VIDEO),
    "pings": message(2, USER_CONTROL, struct.pack(">HI", PING_REQUEST, 1)) * 50,
    "unknown commands": RtmpPeer().command("unknown", None) * 20,
    "arrays": message(3, 20, encode("unknown", 1.0, None, [None] * 1000), chunk_size=4096) * 3,
    "metadata": message(
        4, DATA_AMF0, encode("onMetaData", {str(n): None for n in range(500)}), stream_id=1, chunk_size=4096
    ),
    "aborts": message(2, 2, struct.pack(">I", 9)) * 50,
    "aggregates": message(4, AGGREGATE, (b"\x08" + bytes(14)) * 270, stream_id=1, chunk_size=4096),
    "key frames of a byte": message(4, VIDEO, b"\x12", stream_id=1) * 50,
    "many tracks": message(4, VIDEO, b"\x96\x13hvc1" + b"\x01\x00\x00\x00" * 32, stream_id=1, chunk_size=4096) * 8,
}


# Metadata is not looked into before the key is known.
@pytest.mark.requirement("HI-2")
@pytest.mark.parametrize("name", sorted(FLOODS.keys() - {"metadata"}))
def test_a_flood_of_cheap_pieces_is_ended_before_the_key_is_known(name: str) -> None:
    session, _ = pending()
    assert bytes_until_ended(session, FLOODS[name]) < 1024 * 1024


@pytest.mark.requirement("HI-2")
@pytest.mark.parametrize("name", sorted(FLOODS))
def test_a_flood_of_cheap_pieces_ends_a_publisher(name: str) -> None:
    session, _ = publishing()
    assert bytes_until_ended(session, FLOODS[name]) < 8 * 1024 * 1024


@pytest.mark.requirement("HI-1")
@pytest.mark.parametrize("name", ["empty messages", "chunks of one byte", "aborts"])
def test_a_flood_is_ended_before_connect(name: str) -> None:
    assert bytes_until_ended(connecting(), FLOODS[name]) < 256 * 1024


@pytest.mark.requirement("HI-2")
def test_a_publisher_earns_with_time_what_it_may_spend() -> None:
    """What is ended at once is taken in real time; the same twice as fast is not."""
    empty = FLOODS["empty messages"]
    units = 1001 * (1 + work.MESSAGE)
    session, _ = publishing()
    for step in range(100):
        session.receive_data(empty, step * units / PUBLISHER_WORK_RATE)
    assert session.state is SessionState.PUBLISHING
    faster, _ = publishing()
    for step in range(100):
        faster.receive_data(empty, step * units / PUBLISHER_WORK_RATE / 2)
    assert faster.state is SessionState.CLOSED


@pytest.mark.parametrize("chunk_size", [128, 4096])
def test_ten_seconds_of_media_before_the_answer_are_within_bounds(chunk_size: int) -> None:
    """60 frames and 47 packets of sound a second at 12 Mbit/s, from an encoder that waits for nothing."""
    session = new_session()
    peer = RtmpPeer(chunk_size=chunk_size)
    sent = bytearray(peer.open() + peer.metadata() + peer.sequence_headers())
    for frame in range(600):
        sent += peer.video(frame * 16, keyframe=frame % 120 == 0, size=25_000)
        if frame % 60 < 47:
            sent += peer.audio(frame * 16, size=400)
    for start in range(0, len(sent), 4096):
        session.receive_data(sent[start : start + 4096], start * 10.0 / len(sent))
    assert session.state is SessionState.PUBLISH_PENDING
    session.accept_publish(10.0)
    assert any(isinstance(event, VideoConfig) for event in session.receive_data(b"", 10.0))


@pytest.mark.parametrize("chunk_size", [128, 4096, 65536])
@pytest.mark.parametrize("extended", [0, 0x1000000], ids=["usual", "extended timestamps"])
def test_a_minute_of_media_at_once_is_within_bounds(chunk_size: int, extended: int) -> None:
    """What a broken link held back."""
    session, _ = publishing()
    peer = RtmpPeer(chunk_size=chunk_size)
    sent = bytearray(message(2, 1, struct.pack(">I", chunk_size)))
    for frame in range(60 * 60):
        sent += peer.video(extended + frame * 16, keyframe=frame % 120 == 0, size=5_000)
        sent += peer.audio(extended + frame * 16, size=400)
    for start in range(0, len(sent), READ):
        session.receive_data(sent[start : start + READ], 0.0)
    assert session.state is SessionState.PUBLISHING
    assert session.counts.media == 2 * 60 * 60


@pytest.mark.requirement("HI-1")
def test_early_configuration_is_kept_by_number_too() -> None:
    session, peer = pending()
    header = message(4, VIDEO, b"\x17\x00\x00\x00\x00" + AVC_RECORD, stream_id=1)
    session.receive_data(header * (MAX_EARLY_MESSAGES * 10), 0.0)
    session.accept_publish(0.0)
    events = session.receive_data(peer.audio(0), 0.0)
    assert sum(isinstance(event, VideoConfig) for event in events) == MAX_EARLY_MESSAGES


def test_a_refused_encoder_sends_on_only_so_much() -> None:
    session, _ = pending()
    session.refuse_publish("NetStream.Publish.Denied", "no", 0.0)
    events: list[Event] = []
    taken = 0
    while not events:
        events += session.receive_data(bytes(READ), 0.0)
        taken += READ
    assert events == [CloseNow("refused")]
    assert taken <= Limits().max_bytes_before_publish + READ


@pytest.mark.requirement("HI-1")
def test_modifiers_are_read_up_to_their_number() -> None:
    def modified(count: int) -> bytes:
        more, last, tracks = b"\x00\x00\x17", b"\x00\x00\x16", b"\x11hvc1\x01\x00\x00\x00\x02\x00\x00\x00"
        return b"\x97" + more * (count - 1) + last + tracks

    assert len(split_tracks(modified(MAX_MODIFIERS), VIDEO_MULTITRACK, 32)) == 2
    assert len(split_tracks(modified(MAX_MODIFIERS + 1), VIDEO_MULTITRACK, 32)) == 1


@pytest.mark.requirement("HI-1")
def test_tracks_that_are_looked_at_early_are_counted() -> None:
    spent: list[int] = []
    configures(Message(VIDEO, 1, 0, b"\x96\x13hvc1" + b"\x01\x00\x00\x00" * 32), spent.append)
    assert sum(spent) >= 32


def test_what_is_earned_is_never_more_than_the_most() -> None:
    limits = Limits(publisher_work_rate=100, publisher_work_burst=1000, media_bytes_a_unit=10)
    allowance = WorkAllowance(limits, 0.0)
    assert allowance.open(1.0) == 1000
    assert allowance.refill(500, 2.0, 0) == 600
    assert allowance.refill(600, 2.0, 1000) == 700
    assert allowance.refill(700, 1000.0, 1_000_000) == 1000
