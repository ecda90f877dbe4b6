"""However the bytes of a session are cut, the events are the same; and no bytes at all can make a session raise."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_container.rtmp import (
    AudioConfig,
    AudioMessage,
    CleanStop,
    CloseNow,
    Event,
    Limits,
    Metadata,
    PublishRequested,
    Session,
    SessionState,
    VideoConfig,
    VideoMessage,
)
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import S1_RANDOM, cases, feed, new_session, publishing
from tests.unit.rtmp.fixtures import recordings


def constructed(chunk_size: int) -> bytes:
    peer = RtmpPeer(chunk_size=chunk_size)
    data = peer.open() + peer.metadata() + peer.sequence_headers()
    for index in range(5):
        data += peer.video(index * 33, keyframe=index == 0, size=3000 if index == 0 else 300) + peer.audio(index * 23)
    return data + peer.unpublish()


SESSIONS = {**recordings(), "constructed_128": constructed(128), "constructed_4096": constructed(4096)}
every_session = pytest.mark.parametrize("name", sorted(SESSIONS))


def publish_end(data: bytes) -> int:
    """How many bytes it takes until the publish is asked for."""
    session = new_session()
    for index in range(len(data)):
        if any(isinstance(event, PublishRequested) for event in session.receive_data(data[index : index + 1], 0.0)):
            return index + 1
    raise AssertionError("no publish")


def as_spoken(data: bytes) -> list[bytes]:
    """An encoder waits for Publish.Start before it goes on, so no read ever goes past the publish."""
    end = publish_end(data)
    return [data[:end], data[end:]]


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % len(data) for cut in cuts), len(data)]
    return (data[start:end] for start, end in pairwise(edges))


@every_session
def test_byte_by_byte_is_as_whole(name: str) -> None:
    data = SESSIONS[name]
    assert feed(data[index : index + 1] for index in range(len(data))) == feed(as_spoken(data))


@every_session
@settings(max_examples=cases(30), deadline=None)
@given(cuts=st.lists(st.integers(min_value=0, max_value=1 << 20), max_size=30))
def test_random_pieces_are_as_whole(name: str, cuts: list[int]) -> None:
    before, after = as_spoken(SESSIONS[name])
    assert feed([*pieces(before, cuts), *pieces(after, cuts)]) == feed([before, after])


@every_session
def test_trailing_data_adds_nothing(name: str) -> None:
    before, after = as_spoken(SESSIONS[name])
    trailing = RtmpPeer().video(99, size=500)[:200]
    assert feed([before, after + trailing]) == feed([before, after])


@every_session
def test_memoryview_and_bytearray_are_as_bytes(name: str) -> None:
    before, after = as_spoken(SESSIONS[name])
    expected = feed([before, after])
    for form in (bytearray, memoryview):
        session = new_session()
        events: list[Event] = session.receive_data(form(before), 0.0)
        session.accept_publish(0.0)
        events += session.receive_data(form(after), 0.0)
        assert events + session.receive_eof(0.0) == expected


@pytest.mark.parametrize(
    ("name", "stops_cleanly"), [("ffmpeg", True), ("gstreamer", True), ("librtmp", True), ("obs", False)]
)
def test_recorded_encoders_are_understood(name: str, stops_cleanly: bool) -> None:
    """OBS was terminated while live, the others came to the end of their material."""
    events = feed(as_spoken(SESSIONS[name]))
    publish = next(event for event in events if isinstance(event, PublishRequested))
    assert (publish.app, publish.stream_name, publish.query, publish.publish_type) == ("live", "fixture", "", "live")
    metadata = next(event for event in events if isinstance(event, Metadata)).values
    assert (metadata["width"], metadata["height"], metadata["framerate"]) == (160, 90, 10)
    video = next(event for event in events if isinstance(event, VideoConfig))
    assert (video.codec, video.width, video.height, video.fps) == ("h264", 160, 90, 10.0)
    audio = next(event for event in events if isinstance(event, AudioConfig))
    assert (audio.codec, audio.sample_rate) == ("aac", 44100)
    frames = [event for event in events if isinstance(event, VideoMessage) and not event.is_sequence_header]
    assert frames[0].keyframe
    times = [event.timestamp for event in events if isinstance(event, VideoMessage | AudioMessage)]
    assert min(times) >= 0
    assert max(times) < 2000
    assert any(isinstance(event, CleanStop) for event in events) is stops_cleanly
    assert events[-1] == CloseNow("peer_closed")


@given(data=st.binary(max_size=4000), small=st.booleans())
@settings(max_examples=cases(200), deadline=None)
def test_garbage_after_the_handshake_never_raises(data: bytes, small: bool) -> None:
    peer = RtmpPeer()
    session = Session(
        now=0.0, random_bytes=S1_RANDOM, limits=Limits(max_message_bytes_before_publish=2000) if small else None
    )
    session.receive_data(peer.hello() + peer.finish_handshake() + data, 0.0)
    session.receive_data(data, 0.0)


@given(
    name=st.sampled_from(sorted(SESSIONS)),
    edits=st.lists(st.tuples(st.integers(3073, 1 << 20), st.binary(min_size=1, max_size=8)), min_size=1, max_size=20),
)
@settings(max_examples=cases(200), deadline=None)
def test_damaged_sessions_never_raise(name: str, edits: list[tuple[int, bytes]]) -> None:
    """Bytes behind the handshake are overwritten: the damage reaches deeper than plain garbage does."""
    data = bytearray(SESSIONS[name])
    for position, patch in edits:
        position = 3073 + position % (len(data) - 3073 - 8)
        data[position : position + len(patch)] = patch
    events = feed([bytes(data[start : start + 700]) for start in range(0, len(data), 700)])
    assert isinstance(events[-1], CloseNow)


@given(body=st.binary(max_size=300), type_id=st.integers(0, 30))
@settings(max_examples=cases(300), deadline=None)
def test_any_message_while_publishing_never_raises(body: bytes, type_id: int) -> None:
    session, _ = publishing()
    session.receive_data(message(5, type_id, body, stream_id=1), 0.0)
    assert session.state in (SessionState.PUBLISHING, SessionState.CONNECTED, SessionState.CLOSED)
