"""A frame like the one before is an event without being parsed: the same event, at the same price."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_container.rtmp import Event, Limits, MediaCounter, ProtocolFailed, Session, VideoMessage
from ingest_container.rtmp.media import MediaReader
from ingest_container.rtmp.messages import AUDIO, VIDEO, Message
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import cases, publishing
from tests.unit.rtmp.test_counting import known, publishing_counter

# What a frame may begin with: legacy and enhanced, key frames and others, headers, modifiers, tracks, nonsense.
HEADS = {
    VIDEO: [
        *(bytes((first, second)) for first in (0x17, 0x27, 0x37, 0x57, 0x2C, 0x2D, 0x22, 0x14) for second in (0, 1, 2)),
        *(
            bytes((0x80 | kind << 4 | packet,)) + fourcc
            for kind in (1, 2, 5)
            for packet in (0, 1, 3)
            for fourcc in (b"avc1", b"hvc1", b"av01", b"vp09", b"none")
        ),
        b"\xa7\x02\x00\x00\x01\x01avc1",
        b"\xa6\x01avc1\x01",
    ],
    AUDIO: [
        b"\xaf\x00",
        b"\xaf\x01",
        b"\xaf",
        b"\x2f",
        b"\x91Opus",
        b"\x90Opus",
        b"\x91mp4a",
        b"\x95\x01mp4a\x01",
        b"\x72",
    ],
}
FRAMES = st.sampled_from([(kind, head) for kind, heads in HEADS.items() for head in heads])
# Heads come again: else none would be like the one before.
STREAMS = st.lists(FRAMES, min_size=1, max_size=4).flatmap(
    lambda few: st.lists(st.tuples(st.sampled_from(few), st.binary(max_size=9), st.integers(0, 3)), max_size=30)
)


def as_parsed(bodies: list[tuple[int, int, bytes]], counter: MediaCounter) -> list[Event]:
    """Each message read by itself, as if it were the first of its kind."""
    events: list[Event] = []
    reader = MediaReader(Limits(), counter, lambda _: None, frames=True)
    for kind, time, body in bodies:
        reader.read(Message(kind, 1, time, body), events)
    return events


@settings(max_examples=cases(300), deadline=None)
@given(stream=STREAMS, start=st.sampled_from([0, 0xFFFFFF - 3, 0xFFFFFFFF - 3]), chunk_size=st.sampled_from([3, 128]))
def test_events_and_counts_are_those_of_parsed_messages(
    stream: list[tuple[tuple[int, bytes], bytes, int]], start: int, chunk_size: int
) -> None:
    bodies = [
        (kind, (start + step * n) & 0xFFFFFFFF, head + rest)
        for n, ((kind, head), rest, step) in enumerate(stream)
        if head + rest
    ]
    session, peer = publishing()
    session.receive_data(message(2, 1, chunk_size.to_bytes(4, "big"), chunk_size=peer.chunk_size), 0.0)
    wire = b"".join(message(4, kind, body, time=at, stream_id=1, chunk_size=chunk_size) for kind, at, body in bodies)
    counter = MediaCounter()
    assert session.receive_data(bytearray(wire), 0.0) == as_parsed(bodies, counter)
    assert known(session.counts) == known(counter)
    assert session.counts.b_frames == counter.b_frames


def test_a_composition_time_may_be_negative() -> None:
    session, _ = publishing()
    bodies = [b"\x27\x01" + (time & 0xFFFFFF).to_bytes(3, "big") + b"data" for time in (0, 80, -80, -0x800000)]
    events = session.receive_data(b"".join(message(4, VIDEO, body, stream_id=1) for body in bodies), 0.0)
    assert [event.composition_time for event in events if isinstance(event, VideoMessage)] == [0, 80, -80, -0x800000]


@pytest.mark.parametrize("begin", [publishing, publishing_counter])
def test_b_frames_are_those_shown_before_a_frame_that_came_earlier(
    begin: Callable[[], tuple[Session, RtmpPeer]],
) -> None:
    session, _ = begin()
    shown = [(0, 80), (40, 240), (80, 40), (120, 80), (160, 240), (200, 40), (5_000, 0), (100, 0), (140, 0)]
    bodies = [(at, b"\x27\x01" + later.to_bytes(3, "big") + b"data") for at, later in shown]
    session.receive_data(bytearray(b"".join(message(4, VIDEO, body, time=at, stream_id=1) for at, body in bodies)), 0.0)
    assert session.counts.b_frames == 3


PLAIN, PARSED = b"\xaf\x01", b"\x32\x01"  # AAC; of raw PCM no message is like the one before


def frames_until_refused(body: bytes) -> int:
    """How many of these messages a publisher may send in no time, once each kind was seen."""
    session, _ = publishing()
    for each in (b"\xaf\x00\x11\x90", PLAIN, PARSED):
        session.receive_data(message(4, AUDIO, each, stream_id=1), 0.0)
    for count in range(1_000_000):
        events = session.receive_data(message(4, AUDIO, body, stream_id=1), 0.0)
        if any(isinstance(event, ProtocolFailed) for event in events):
            return count
    raise AssertionError("never refused")


def test_it_costs_a_publisher_as_much_as_one_that_is_parsed() -> None:
    assert frames_until_refused(PLAIN) == frames_until_refused(PARSED)
