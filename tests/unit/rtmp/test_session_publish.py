"""A publish from its request to its end, and the deadlines of each phase."""

import pytest

from ingest_container.rtmp import (
    CleanStop,
    CloseNow,
    Limits,
    LocalProtocolError,
    PublishRequested,
    SessionState,
    TimedOut,
    VideoMessage,
)
from ingest_container.rtmp.messages import (
    VIDEO,
)
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import deliver, kinds, new_session, pending, publishing

# --- publish ----------------------------------------------------------------------------------------------------------


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


# --- end --------------------------------------------------------------------------------------------------------------


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


# --- deadlines --------------------------------------------------------------------------------------------------------


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
