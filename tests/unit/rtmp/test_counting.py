"""Frames that nobody wants are only counted; the counts are what the frames themselves would have said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_container.rtmp import AudioMessage, CleanStop, Event, MediaCounter, Session, VideoMessage
from ingest_container.rtmp.amf0 import encode
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import S1_RANDOM, cases, new_session
from tests.unit.rtmp.fixtures import recordings
from tests.unit.rtmp.test_feeding import as_spoken, pieces

SESSIONS = recordings()


def counting_session() -> Session:
    return Session(now=0.0, random_bytes=S1_RANDOM, frames=False)


def publishing_counter() -> tuple[Session, RtmpPeer]:
    session, peer = counting_session(), RtmpPeer()
    session.receive_data(peer.open(), 0.0)
    session.accept_publish(0.0)
    return session, peer


def known(counts: MediaCounter) -> tuple[object, ...]:
    return (
        counts.video_bytes,
        counts.audio_bytes,
        counts.media,
        counts.frames,
        counts.timestamp,
        counts.video_codec,
        counts.audio_codec,
    )


def as_counts(events: list[Event]) -> tuple[object, ...]:
    """What a counter would hold after these events."""
    media = [event for event in events if isinstance(event, VideoMessage | AudioMessage)]
    first_tracks = [event for event in media if event.track == 0]
    video = [event for event in first_tracks if isinstance(event, VideoMessage)]
    audio = [event for event in first_tracks if isinstance(event, AudioMessage)]
    return (
        sum(len(event.payload) for event in media if isinstance(event, VideoMessage)),
        sum(len(event.payload) for event in media if isinstance(event, AudioMessage)),
        sum(not event.is_sequence_header for event in first_tracks),
        sum(not event.is_sequence_header for event in video),
        video[-1].timestamp if video else 0,
        video[-1].codec if video else None,
        audio[-1].codec if audio else None,
    )


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize("name", sorted(SESSIONS))
@settings(max_examples=cases(20), deadline=None)
@given(cuts=st.lists(st.integers(min_value=0, max_value=1 << 20), max_size=20))
def test_counts_are_the_sums_of_the_frames(name: str, cuts: list[int]) -> None:
    before, after = as_spoken(SESSIONS[name])
    told, counted = new_session(), counting_session()
    for session in (told, counted):
        session.receive_data(before, 0.0)
        session.accept_publish(0.0)
    with_frames = told.receive_data(after, 0.0)
    without = [event for piece in pieces(after, cuts) for event in counted.receive_data(piece, 0.0)]
    assert known(counted.counts) == as_counts(with_frames) == known(told.counts)
    assert without == [event for event in with_frames if not isinstance(event, VideoMessage | AudioMessage)]


def test_a_frame_of_another_codec_is_noticed() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.sequence_headers() + peer.video(0, keyframe=True) + peer.video(33), 0.0)
    assert session.counts.video_codec == "h264"
    session.receive_data(message(4, 9, b"\xa1av01" + bytes(100), time=66, stream_id=1, chunk_size=4096), 0.0)
    session.receive_data(message(4, 9, b"\xa1av01" + bytes(100), time=99, stream_id=1, chunk_size=4096), 0.0)
    assert session.counts.video_codec == "av1"
    assert (session.counts.frames, session.counts.timestamp) == (4, 99)


def test_a_sequence_header_between_frames_is_no_frame() -> None:
    session, peer = publishing_counter()
    stream = peer.video(0) + peer.video(33) + peer.sequence_headers(40) + peer.video(66) + peer.audio(70)
    session.receive_data(stream, 0.0)
    assert (session.counts.frames, session.counts.media) == (3, 4)


def test_frames_on_any_message_stream_are_the_publishers() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + peer.video(33), 0.0)
    for stream_id in (0, 1, 2):
        session.receive_data(message(4, 9, b"\x27\x01" + bytes(100), time=66, stream_id=stream_id), 0.0)
    assert session.counts.frames == 5


def test_plain_frames_of_a_refused_message_stream_do_not_count() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + peer.video(33), 0.0)
    session.receive_data(peer.command("createStream", None) + peer.publish(stream_id=2), 0.0)
    refused = message(5, 9, b"\x27\x01" + bytes(100), time=66, stream_id=2, chunk_size=4096)
    session.receive_data(refused + peer.video(66), 0.0)
    assert session.counts.frames == 3
    session.receive_data(peer.command("deleteStream", None, 2.0) + refused, 0.0)
    assert session.counts.frames == 4


def test_frames_after_the_clean_stop_do_not_count() -> None:
    session, peer = publishing_counter()
    events = session.receive_data(peer.video(0) + peer.video(33) + peer.unpublish() + peer.video(66), 0.0)
    assert CleanStop() in events
    assert session.counts.frames == 2


def test_a_second_publish_is_counted_anew() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + peer.video(33) + peer.unpublish(), 0.0)
    first = session.counts
    session.receive_data(peer.command("createStream", None) + peer.publish(stream_id=2), 0.0)
    session.accept_publish(0.0)
    session.receive_data(message(4, 9, b"\x27\x01" + bytes(100), stream_id=2, chunk_size=4096), 0.0)
    assert (first.frames, session.counts.frames) == (2, 1)


def test_metadata_between_frames_is_still_told() -> None:
    session, peer = publishing_counter()
    events = session.receive_data(peer.video(0) + peer.video(33) + peer.metadata() + peer.video(66), 0.0)
    assert [type(event).__name__ for event in events] == ["Metadata"]
    assert session.counts.frames == 3


def test_a_data_message_that_begins_like_a_frame_is_no_frame() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + message(4, 18, b"\x27\x01" + encode("x"), stream_id=1), 0.0)
    assert session.counts.frames == 1


def test_the_clock_goes_on_past_32_bits() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0xFFFF_FFF0) + peer.video(0xFFFF_FFFF) + peer.video(17), 0.0)
    assert session.counts.timestamp == 2**32 + 17


@pytest.mark.parametrize("chunk_size", [1, 128, 4096])
def test_large_frames_count_however_they_are_cut(chunk_size: int) -> None:
    session = counting_session()
    peer = RtmpPeer(chunk_size=chunk_size)
    session.receive_data(peer.open(), 0.0)
    session.accept_publish(0.0)
    session.receive_data(peer.video(0, keyframe=True, size=9_000), 0.0)
    frames = b"".join(peer.video(time, size=5_000) for time in (33, 66, 99))
    for start in range(0, len(frames), 700):
        session.receive_data(frames[start : start + 700], 0.0)
    assert (session.counts.frames, session.counts.timestamp) == (4, 99)
    assert session.counts.total_bytes == 9_009 + 3 * 5_009  # 5 bytes of FLV and 4 of NAL unit length before each frame


def test_a_stop_inside_a_frame_leaves_it_out() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + peer.video(33), 0.0)
    first, rest = frame_in_two(peer.video(66, size=6_000))
    events = session.receive_data(first + peer.unpublish() + rest, 0.0)
    assert CleanStop() in events
    assert session.counts.frames == 2


def test_sound_between_the_chunks_of_a_frame_counts_first() -> None:
    session, peer = publishing_counter()
    session.receive_data(peer.video(0) + peer.video(33) + peer.audio(0), 0.0)
    first, rest = frame_in_two(peer.video(66, size=6_000))
    session.receive_data(first + message(6, 8, b"\xaf\x01" + bytes(50), stream_id=1), 0.0)
    assert (session.counts.media, session.counts.frames) == (4, 2)
    session.receive_data(rest, 0.0)
    assert (session.counts.media, session.counts.frames) == (5, 3)


def frame_in_two(frame: bytes) -> tuple[bytes, bytes]:
    """Its first chunk (of 4096 bytes), and its second."""
    end = 12 + 4096
    return frame[:end], frame[end:]
