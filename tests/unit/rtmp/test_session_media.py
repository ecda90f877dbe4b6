"""What a session makes of media, and of pings and acknowledgements."""

import pytest

from ingest_container.rtmp import (
    AudioMessage,
    CloseNow,
    Metadata,
    Pong,
    ProtocolFailed,
    Session,
    SessionState,
    VideoConfig,
    VideoMessage,
)
from ingest_container.rtmp.amf0 import encode
from ingest_container.rtmp.messages import (
    ACKNOWLEDGEMENT,
    AGGREGATE,
    AUDIO,
    COMMAND_AMF0,
    DATA_AMF0,
    DATA_AMF3,
    PING_REQUEST,
    PING_RESPONSE,
    USER_CONTROL,
    VIDEO,
    WINDOW_ACKNOWLEDGEMENT_SIZE,
    user_control,
    word,
)
from ingest_container.rtmp.session_states import TRANSITIONS
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import deliver, kinds, new_session, pending, publishing

# --- pings and acknowledgements ---------------------------------------------------------------------------------------


def test_ping_of_a_waiting_publisher_is_answered_by_a_pong() -> None:
    session, peer = pending()
    session.ping(12.5)
    deliver(session, peer)
    assert peer.pings() == [12500]
    assert session.receive_data(peer.pong(12500), 12.6) == [Pong()]


def test_ping_of_the_encoder_is_answered_with_its_own_value() -> None:
    session, peer = publishing()
    assert session.receive_data(message(2, USER_CONTROL, user_control(PING_REQUEST, 77)), 0.0) == []
    deliver(session, peer)
    assert peer.replies[-1].payload == user_control(PING_RESPONSE, 77)


def acknowledged(session: Session, peer: RtmpPeer) -> list[int]:
    """Every acknowledgement so far."""
    deliver(session, peer)
    return [int.from_bytes(reply.payload, "big") for reply in peer.replies if reply.type_id == ACKNOWLEDGEMENT]


@pytest.mark.requirement("EN-3")
def test_an_encoder_that_names_no_window_is_acknowledged_twice_in_ours() -> None:
    session, peer = publishing()
    for _ in range(51):
        session.receive_data(peer.video(0, size=50_000), 0.0)
    assert len(acknowledged(session, peer)) == 2
    assert peer.replies[-1].stream_id == 0


@pytest.mark.requirement("EN-3")
def test_a_larger_window_than_ours_does_not_make_us_acknowledge_more_rarely() -> None:
    session, peer = publishing()
    session.receive_data(message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(0xFFFFFFFF)), 0.0)
    session.receive_data(message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(0)), 0.0)
    for _ in range(26):
        session.receive_data(peer.video(0, size=50_000), 0.0)
    assert len(acknowledged(session, peer)) == 1


@pytest.mark.requirement("EN-3")
@pytest.mark.parametrize("window", [1_100, 8_000, 20_000, 2_500_000])
def test_an_encoder_that_stops_at_its_window_never_waits_for_long(window: int) -> None:
    """It sends no message that would take it past the window."""
    session, peer = publishing()
    sent = session.bytes_received - 3073
    announcement = message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(window))
    session.receive_data(announcement, 0.0)
    sent += len(announcement)
    for time in range(20):
        frame = peer.audio(time, size=window // 3)
        session.receive_data(frame, 0.0)
        sent += len(frame)
        assert sent - max(acknowledged(session, peer), default=0) <= window - window // 3 + 100


def test_acknowledgement_counts_the_bytes_since_the_handshake() -> None:
    session, peer = publishing()
    session.receive_data(message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(50_000)), 0.0)
    session.data_to_send()
    session.receive_data(peer.video(0, size=60_000), 0.0)
    deliver(session, peer)
    assert peer.replies[-1].type_id == ACKNOWLEDGEMENT
    assert peer.replies[-1].payload == word(session.bytes_received - 3073)


def test_acknowledgement_wraps_at_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    session, peer = publishing()
    monkeypatch.setattr(session, "_bytes_since_handshake", 0xFFFFFF00)
    session.receive_data(message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(50_000)), 0.0)
    session.data_to_send()
    session.receive_data(peer.video(0, size=60_000), 0.0)
    deliver(session, peer)
    assert int.from_bytes(peer.replies[-1].payload, "big") < 100_000


@pytest.mark.requirement("EN-3")
def test_a_tiny_acknowledgement_window_does_not_make_us_write_for_every_byte() -> None:
    session, peer = publishing()
    session.receive_data(message(2, WINDOW_ACKNOWLEDGEMENT_SIZE, word(1)), 0.0)
    deliver(session, peer)
    before = session.bytes_received
    for _ in range(10):
        for byte in peer.audio(0):
            session.receive_data(bytes((byte,)), 0.0)
    written = 16 * len(acknowledged(session, peer))
    assert 0 < written <= (session.bytes_received - before) / 25


# --- media ------------------------------------------------------------------------------------------------------------


def test_metadata_with_and_without_set_data_frame() -> None:
    session, peer = publishing()
    assert session.receive_data(peer.metadata({"width": 1.0}), 0.0) == [Metadata({"width": 1.0})]
    plain = encode("onMetaData", {"width": 2.0})
    assert session.receive_data(message(4, DATA_AMF0, plain, stream_id=1), 0.0) == [Metadata({"width": 2.0})]
    amf3 = message(4, DATA_AMF3, b"\x00" + plain, stream_id=1)
    assert session.receive_data(amf3, 0.0) == [Metadata({"width": 2.0})]


@pytest.mark.parametrize("payload", [b"\xff", encode("onMetaData"), encode("onCuePoint", {}), encode(1.0), b""])
def test_data_that_cannot_be_read_is_left_out_and_the_stream_goes_on(payload: bytes) -> None:
    session, peer = publishing()
    assert session.receive_data(message(4, DATA_AMF0, payload, stream_id=1), 0.0) == []
    assert kinds(session.receive_data(peer.audio(0), 0.0)) == [AudioMessage]


def test_oversized_metadata_is_left_unread() -> None:
    session, _ = publishing()
    big = encode("onMetaData", {str(index): "x" * 60_000 for index in range(2)})
    assert session.receive_data(message(4, DATA_AMF0, big, stream_id=1, chunk_size=4096), 0.0) == []
    assert session.state is SessionState.PUBLISHING


def test_oversized_command_fails() -> None:
    session, _ = publishing()
    big = encode("connect", 1.0, {str(index): "x" * 60_000 for index in range(2)})
    events = session.receive_data(message(3, COMMAND_AMF0, big, chunk_size=4096), 0.0)
    assert isinstance(events[0], ProtocolFailed)
    assert events[0].reason_code == "command_too_large"


def test_zero_length_media_is_passed_over() -> None:
    session, peer = publishing()
    empty = message(4, VIDEO, b"", stream_id=1) + message(4, AUDIO, b"", stream_id=1)
    assert kinds(session.receive_data(empty + peer.audio(0), 0.0)) == [AudioMessage]


def test_sequence_header_gives_the_configuration_before_its_message() -> None:
    session, peer = publishing()
    events = session.receive_data(peer.sequence_headers(), 0.0)
    assert events[0] == VideoConfig("h264", 640, 360, "High", "3.0", 30.0, interlaced=False)
    assert isinstance(events[1], VideoMessage)
    assert (events[1].is_sequence_header, events[1].keyframe) == (True, False)


def test_unreadable_sequence_header_is_still_passed_on() -> None:
    session, _ = publishing()
    broken = message(4, VIDEO, b"\x17\x00\x00\x00\x00\x01\x64", stream_id=1)
    broken += message(4, AUDIO, b"\xaf\x00", stream_id=1)
    assert kinds(session.receive_data(broken, 0.0)) == [VideoMessage, AudioMessage]


def test_enhanced_video_is_taken_though_nobody_announced_it() -> None:
    """OBS says nothing of Enhanced RTMP in its connect and sends HEVC and AV1 all the same."""
    session, _ = publishing()
    hevc = message(4, VIDEO, b"\x90hvc1\x01", stream_id=1) + message(4, VIDEO, b"\x93hvc1x", stream_id=1)
    events = session.receive_data(hevc, 0.0)
    assert [
        (event.codec, event.is_sequence_header, event.keyframe) for event in events if isinstance(event, VideoMessage)
    ] == [
        ("hevc", True, False),
        ("hevc", False, True),
    ]
    assert kinds(events) == [VideoMessage, VideoMessage]


def test_media_before_the_key_is_accepted_is_not_reported() -> None:
    session, peer = pending()
    assert session.receive_data(peer.video(0, keyframe=True) + peer.audio(0), 0.0) == []


def test_configuration_sent_before_publish_start_is_kept_for_it() -> None:
    """Some encoders do not wait; what they send once must not be lost, frames may be."""
    session, peer = pending()
    assert session.receive_data(peer.metadata() + peer.sequence_headers() + peer.video(0), 0.0) == []
    session.accept_publish(0.0)
    events = session.receive_data(peer.video(33, keyframe=True), 0.0)
    assert [kind.__name__ for kind in kinds(events)] == [
        "Metadata",
        "VideoConfig",
        "VideoMessage",
        "AudioConfig",
        "AudioMessage",
        "VideoMessage",
    ]


def test_early_configuration_is_bounded() -> None:
    session, peer = pending()
    for _ in range(100):
        session.receive_data(peer.metadata({"x": "y" * 2000}), 0.0)
    session.accept_publish(0.0)
    assert 0 < len(session.receive_data(peer.audio(0), 0.0)) < 35


def test_large_messages_are_allowed_only_after_the_key_is_accepted() -> None:
    session, peer = pending()
    early = session.receive_data(peer.video(0, size=300_000), 0.0)
    assert isinstance(early[0], ProtocolFailed)
    assert early[0].reason_code == "message_too_large"
    session, peer = publishing()
    assert kinds(session.receive_data(peer.video(0, size=300_000), 0.0)) == [VideoMessage]


def test_aggregate_message_is_taken_apart_with_times_moved_to_its_own() -> None:
    def part(type_id: int, time: int, body: bytes) -> bytes:
        head = bytes((type_id,)) + len(body).to_bytes(3, "big") + (time & 0xFFFFFF).to_bytes(3, "big")
        return head + bytes((time >> 24,)) + bytes(3) + body + (11 + len(body)).to_bytes(4, "big")

    session, _ = publishing()
    body = part(VIDEO, 0x1000005, b"\x17\x01\x00\x00\x00v") + part(AUDIO, 0x1000019, b"\xaf\x01a")
    events = session.receive_data(message(4, AGGREGATE, body, time=1000, stream_id=1), 0.0)
    assert [event.timestamp for event in events if isinstance(event, VideoMessage | AudioMessage)] == [1000, 1020]
    assert kinds(events) == [VideoMessage, AudioMessage]


@pytest.mark.parametrize("body", [b"\x09", b"\x09\xff\xff\xff" + bytes(7), bytes(15) * 1025])
def test_malformed_aggregate_fails(body: bytes) -> None:
    session, _ = publishing()
    events = session.receive_data(message(4, AGGREGATE, body, stream_id=1), 0.0)
    assert kinds(events) == [ProtocolFailed, CloseNow]


def test_times_go_on_past_32_bits() -> None:
    session, _ = publishing()

    def time_of(wire: int) -> int:
        event = session.receive_data(message(4, AUDIO, b"\xaf\x01a", time=wire, stream_id=1), 0.0)[0]
        assert isinstance(event, AudioMessage)
        return event.timestamp

    assert time_of(0xFFFFFFF0) == 0xFFFFFFF0
    assert time_of(0x10) == (1 << 32) + 0x10
    assert time_of(0xFFFFFFFF) == 0xFFFFFFFF  # audio may lag behind video over the edge
    assert time_of(0x7FFFFFF0) == (1 << 32) + 0x7FFFFFF0
    assert time_of(0xFFFFFFE0) == (1 << 32) + 0xFFFFFFE0
    assert time_of(0) == 1 << 33


def test_details_of_failures_hold_nothing_of_what_was_sent() -> None:
    session, _ = publishing()
    events = session.receive_data(message(3, 20, b"\x02\x00\x30secretkey"), 0.0)
    assert kinds(events) == [ProtocolFailed, CloseNow]
    assert "secretkey" not in repr(events)


def test_every_state_has_its_row_and_every_open_state_can_end() -> None:
    assert set(TRANSITIONS) == set(SessionState)
    for state, row in TRANSITIONS.items():
        assert (SessionState.CLOSED in row.values()) is (state is not SessionState.CLOSED)


def test_bytes_received_counts_everything() -> None:
    session, peer = new_session(), RtmpPeer()
    opening = peer.open()
    session.receive_data(opening, 0.0)
    assert session.bytes_received == len(opening)
