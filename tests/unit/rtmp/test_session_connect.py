"""What a session says and reports from connect to createStream."""

import pytest

from ingest_container.rtmp import (
    CloseNow,
    Connected,
    Limits,
    ProtocolFailed,
    PublishRequested,
    SessionState,
)
from ingest_container.rtmp.amf0 import encode
from ingest_container.rtmp.messages import (
    COMMAND_AMF0,
    COMMAND_AMF3,
    SET_CHUNK_SIZE,
    SET_PEER_BANDWIDTH,
    WINDOW_ACKNOWLEDGEMENT_SIZE,
    word,
)
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import connected, kinds, new_session, pending, publishing


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
