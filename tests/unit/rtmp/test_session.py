"""What a session says, reports and waits for."""

import pytest

from ingest_container.rtmp import (
    AudioMessage,
    CleanStop,
    CloseNow,
    Connected,
    Event,
    Limits,
    LocalProtocolError,
    Metadata,
    Pong,
    ProtocolFailed,
    PublishRequested,
    Session,
    SessionState,
    TimedOut,
    VideoConfig,
    VideoMessage,
)
from ingest_container.rtmp.amf0 import encode
from ingest_container.rtmp.messages import (
    ACKNOWLEDGEMENT,
    AGGREGATE,
    AUDIO,
    COMMAND_AMF0,
    COMMAND_AMF3,
    DATA_AMF0,
    DATA_AMF3,
    PING_REQUEST,
    PING_RESPONSE,
    SET_CHUNK_SIZE,
    SET_PEER_BANDWIDTH,
    USER_CONTROL,
    VIDEO,
    WINDOW_ACKNOWLEDGEMENT_SIZE,
    user_control,
    word,
)
from ingest_container.rtmp.session_states import TRANSITIONS
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import deliver, new_session, pending, publishing


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events]


def connected(**extra: object) -> tuple[Connected, RtmpPeer]:
    session, peer = new_session(), RtmpPeer()
    events = session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect(**extra), 0.0)  # type: ignore[arg-type]
    deliver(session, peer)
    assert isinstance(events[0], Connected)
    return events[0], peer


# --- connect ---


def test_connect_is_answered_with_window_bandwidth_and_chunk_size_before_the_result() -> None:
    _, peer = connected()
    types = [reply.type_id for reply in peer.replies]
    assert types[:3] == [WINDOW_ACKNOWLEDGEMENT_SIZE, SET_PEER_BANDWIDTH, COMMAND_AMF0]
    result = peer.commands()[0]
    assert result[:2] == ["_result", 1.0]
    assert isinstance(result[3], dict)
    assert result[3]["code"] == "NetConnection.Connect.Success"
    assert isinstance(result[3]["description"], str)
    assert result[3]["description"]


def test_set_chunk_size_is_sent_early_for_ffmpeg_to_mirror() -> None:
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect(), 0.0)
    sent = session.data_to_send()
    assert message(2, SET_CHUNK_SIZE, word(65536)) in sent
    assert sent.index(message(2, SET_CHUNK_SIZE, word(65536))) < sent.index(b"_result")


def test_connect_reports_what_the_encoder_said() -> None:
    event, _ = connected()
    assert (event.app, event.connection_type) == ("live", "nonprivate")
    assert event.tc_url == "rtmp://127.0.0.1/live"
    assert event.flash_ver.startswith("FMLE")
    assert (event.enhanced.fourcc_list, event.enhanced.caps_ex) == ((), 0)


def test_enhanced_capabilities_are_reported_and_answered_in_kind() -> None:
    event, peer = connected(fourCcList=["hvc1", "av01"], capsEx=3.0)
    assert (event.enhanced.fourcc_list, event.enhanced.caps_ex) == (("hvc1", "av01"), 3)
    properties = peer.commands()[0][2]
    assert isinstance(properties, dict)
    assert isinstance(properties["fourCcList"], list)
    assert "hvc1" in properties["fourCcList"]


def test_codecs_announced_as_maps_are_reported_as_those_of_a_list() -> None:
    event, _ = connected(
        fourCcList=["hvc1"], videoFourCcInfoMap={"hvc1": 3.0, "av01": 4.0}, audioFourCcInfoMap={"*": 4.0}
    )
    assert event.enhanced.fourcc_list == ("hvc1", "av01", "*")


def test_extensions_of_a_later_specification_do_not_hide_those_of_today() -> None:
    event, _ = connected(capsEx=float(0x1_0000 | 2))
    assert event.enhanced.caps_ex & 2


@pytest.mark.parametrize("caps_ex", [float("inf"), float("nan"), -1.0, 1e300, "text"])
def test_senseless_capabilities_are_none(caps_ex: object) -> None:
    event, _ = connected(capsEx=caps_ex)
    assert event.enhanced.caps_ex == 0


def test_a_connect_to_any_app_goes_through_and_is_judged_at_publish() -> None:
    session, peer = new_session(), RtmpPeer(app="nonsense/")
    events = session.receive_data(peer.open(), 0.0)
    assert kinds(events) == [Connected, PublishRequested]
    assert isinstance(events[1], PublishRequested)
    assert events[1].app == "nonsense"


def test_connect_over_ipv6_reads_as_any_other() -> None:
    event, _ = connected(tcUrl="rtmp://[::1]:1935/live")
    assert (event.app, event.tc_url) == ("live", "rtmp://[::1]:1935/live")


def test_second_connect_fails() -> None:
    session, peer = pending()
    assert kinds(session.receive_data(peer.connect(), 0.0)) == [ProtocolFailed, CloseNow]


def test_command_before_connect_fails() -> None:
    session, peer = new_session(), RtmpPeer()
    events = session.receive_data(peer.hello() + peer.finish_handshake() + peer.create_stream(), 0.0)
    assert kinds(events) == [ProtocolFailed, CloseNow]


def test_release_stream_and_fcpublish_are_answered_harmlessly() -> None:
    _, peer = pending()
    assert [values[:2] for values in peer.commands()[1:]] == [["_result", 2.0], ["_result", 3.0], ["_result", 4.0]]
    assert peer.commands()[-1][3] == 1.0  # createStream: the new stream's id


def test_unknown_commands_are_left_unanswered() -> None:
    session, peer = pending()
    assert session.receive_data(peer.command("_checkbw", None) + peer.command("whatever", {"a": [1.0]}), 0.0) == []
    assert session.data_to_send() == b""


def test_command_of_type_17_is_amf0_behind_a_zero_byte() -> None:
    session, peer = new_session(), RtmpPeer()
    opening = peer.hello() + peer.finish_handshake() + peer.connect() + peer.create_stream()
    session.receive_data(opening, 0.0)
    publish = b"\x00" + encode("publish", 5.0, None, "key", "live")
    assert kinds(session.receive_data(message(4, COMMAND_AMF3, publish, stream_id=1), 0.0)) == [PublishRequested]


def test_open_streams_of_a_connection_are_bounded() -> None:
    session, peer = pending()
    many = b"".join(peer.command("createStream", None) for _ in range(Limits().max_message_streams))
    assert kinds(session.receive_data(many, 0.0)) == [ProtocolFailed, CloseNow]


@pytest.mark.requirement("EN-6")
def test_deleted_streams_are_given_back() -> None:
    session, peer = publishing()
    for stream_id in range(2, 3 * Limits().max_message_streams):
        delete = peer.command("deleteStream", None, float(stream_id))
        assert session.receive_data(peer.command("createStream", None) + delete, 0.0) == []
    assert session.state is SessionState.PUBLISHING


# --- publish ---


def test_publish_waits_for_the_shells_word() -> None:
    session, peer = pending()
    assert session.state is SessionState.PUBLISH_PENDING
    assert peer.status() is None
    assert session.next_timer() is None


def test_stream_name_is_split_from_its_query() -> None:
    session, peer = new_session(), RtmpPeer(key="abc?token=1&x=?")
    publish = session.receive_data(peer.open(), 0.0)[-1]
    assert isinstance(publish, PublishRequested)
    assert (publish.stream_name, publish.query) == ("abc", "token=1&x=?")


def test_publish_without_a_name_is_asked_with_an_empty_one() -> None:
    session, peer = new_session(), RtmpPeer()
    opening = peer.hello() + peer.finish_handshake() + peer.connect() + peer.create_stream()
    publish = session.receive_data(opening + peer.command("publish", None, stream_id=1), 0.0)[-1]
    assert isinstance(publish, PublishRequested)
    assert (publish.stream_name, publish.publish_type) == ("", "")


def test_overlong_names_are_cut_so_that_admission_can_refuse_them_in_words() -> None:
    session, peer = new_session(), RtmpPeer(key="k" * 5000 + "?" + "q" * 5000)
    publish = session.receive_data(peer.open(), 0.0)[-1]
    assert isinstance(publish, PublishRequested)
    assert len(publish.stream_name) == Limits().max_stream_name_chars
    assert len(publish.query) == Limits().max_query_chars


def test_no_event_shows_the_key_in_its_repr() -> None:
    session, peer = new_session(), RtmpPeer(key="secretkey?pass=secretkey")
    assert "secretkey" not in repr(session.receive_data(peer.open(), 0.0))


def test_accepting_sends_publish_start_on_the_published_stream() -> None:
    session, peer = pending()
    session.accept_publish(0.0)
    deliver(session, peer)
    assert peer.status() == "NetStream.Publish.Start"
    assert peer.statuses()[0]["level"] == "status"
    assert peer.replies[-1].stream_id == 1
    assert session.state is SessionState.PUBLISHING
    assert session.next_timer() is None


@pytest.mark.requirement("SS-2.2")
def test_refusal_says_why_and_lingers_until_the_encoder_has_gone() -> None:
    session, peer = pending()
    session.refuse_publish("NetStream.Publish.Denied", "Unauthorized: no such key", 5.0)
    deliver(session, peer)
    assert peer.statuses() == [
        {"level": "error", "code": "NetStream.Publish.Denied", "description": "Unauthorized: no such key"}
    ]
    assert session.state is SessionState.REFUSED
    assert session.receive_data(peer.unpublish(), 5.1) == []  # no clean stop: nothing was started
    assert session.receive_eof(5.2) == [CloseNow("refused")]


@pytest.mark.requirement("SS-2.2")
def test_refused_encoder_that_stays_is_closed_after_the_linger() -> None:
    session, _ = pending()
    session.refuse_publish("NetStream.Publish.BadName", "Busy", 5.0)
    assert session.next_timer() == 7.0
    assert session.handle_timer(6.9) == []
    assert session.handle_timer(7.0) == [CloseNow("refused")]
    assert session.next_timer() is None


def test_whatever_a_refused_encoder_sends_is_thrown_away_unread() -> None:
    session, _ = pending()
    session.refuse_publish("NetStream.Publish.Denied", "No", 0.0)
    session.data_to_send()
    assert session.receive_data(b"\xff" * 5000, 0.0) == []
    assert session.data_to_send() == b""


@pytest.mark.requirement("SS-2.3")
def test_second_publish_on_the_connection_is_refused_and_the_first_goes_on() -> None:
    session, peer = publishing()
    second = peer.command("createStream", None) + peer.publish(stream_id=2)
    assert session.receive_data(second, 0.0) == []
    deliver(session, peer)
    assert peer.status() == "NetStream.Publish.BadName"
    assert peer.replies[-1].stream_id == 2
    assert session.receive_data(message(6, VIDEO, b"\x17\x01\x00\x00\x00x", stream_id=2), 0.0) == []
    assert session.receive_data(peer.command("deleteStream", None, 2.0), 0.0) == []
    assert kinds(session.receive_data(peer.video(0, keyframe=True), 0.0)) == [VideoMessage]


def test_calls_that_the_state_does_not_allow_are_the_callers_fault() -> None:
    session, _ = publishing()
    with pytest.raises(LocalProtocolError):
        session.accept_publish(0.0)
    with pytest.raises(LocalProtocolError):
        session.refuse_publish("NetStream.Publish.Denied", "No", 0.0)
    with pytest.raises(LocalProtocolError):
        new_session().ping(0.0)
    assert session.state is SessionState.PUBLISHING


def test_encoder_that_gives_up_while_waiting_is_closed() -> None:
    session, peer = pending()
    assert session.receive_data(peer.unpublish(), 0.0) == [CloseNow("publish_abandoned")]
    assert session.state is SessionState.CLOSED


# --- end ---


@pytest.mark.requirement("EN-2")
@pytest.mark.parametrize(
    "stop",
    [
        ("FCUnpublish", None, "key"),
        ("deleteStream", None, 1.0),
        ("deleteStream", None, "key"),  # GStreamer
        ("deleteStream",),
        ("closeStream", None),
    ],
    ids=str,
)
def test_each_form_of_stopping_is_a_clean_stop(stop: tuple[str, ...]) -> None:
    session, peer = publishing()
    assert session.receive_data(peer.command(*stop), 0.0) == [CleanStop()]


def test_clean_stop_is_reported_once() -> None:
    session, peer = publishing()
    assert session.receive_data(peer.unpublish() + peer.command("closeStream", None, stream_id=1), 0.0) == [CleanStop()]
    assert session.receive_eof(0.0) == [CloseNow("peer_closed")]


def test_eof_without_a_stop_is_no_clean_stop() -> None:
    session, _ = publishing()
    assert session.receive_eof(0.0) == [CloseNow("peer_closed")]
    assert session.receive_eof(0.0) == []


def test_another_broadcast_may_follow_a_clean_stop() -> None:
    session, peer = publishing()
    events = session.receive_data(peer.unpublish() + peer.create_stream() + peer.publish(stream_id=2), 0.0)
    assert kinds(events) == [CleanStop, PublishRequested]


def test_nothing_is_reported_after_the_end() -> None:
    session, peer = publishing()
    session.receive_eof(0.0)
    assert session.receive_data(peer.video(0), 0.0) == []
    assert session.handle_timer(1e9) == []
    assert session.next_timer() is None


# --- deadlines ---


@pytest.mark.parametrize("phase", ["handshake", "connect", "publish"])
def test_each_phase_has_a_deadline(phase: str) -> None:
    session, peer = new_session(), RtmpPeer()
    start = 0.0
    if phase != "handshake":
        start = 3.0
        session.receive_data(peer.hello() + peer.finish_handshake(), start)
    if phase == "publish":
        start = 6.0
        session.receive_data(peer.connect() + peer.create_stream(), start)
    assert session.next_timer() == start + 10.0
    assert session.handle_timer(start + 9.9) == []
    assert session.handle_timer(start + 10.0) == [TimedOut(phase), CloseNow("timed_out")]
    assert session.state is SessionState.CLOSED


def test_bytes_alone_do_not_move_a_deadline() -> None:
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.hello(), 9.0)
    assert session.next_timer() == 10.0


# --- pings and acknowledgements ---


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


# --- media ---


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
    assert events[0] == VideoConfig("h264", 640, 360, "High", "3.0", 30.0)
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
