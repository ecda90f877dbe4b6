"""What encoders and players say in commands, each case fed whole, byte by byte, and with more behind it."""

from collections.abc import Callable

import pytest

from ingest_container.rtmp import (
    AudioMessage,
    CleanStop,
    CloseNow,
    Event,
    Metadata,
    PublishRequested,
    Session,
    SessionState,
    VideoConfig,
    VideoMessage,
)
from ingest_container.rtmp.amf0 import AmfValue, encode
from ingest_container.rtmp.messages import AUDIO, DATA_AMF0, VIDEO
from tests.support.rtmp_peer import AAC_48K_STEREO, AVC_RECORD, RtmpPeer, ecma_array, message
from tests.unit.rtmp.conversation import deliver, new_session, pending, publishing

Feed = Callable[[Session, bytes], list[Event]]


def whole(session: Session, data: bytes) -> list[Event]:
    return session.receive_data(data, 0.0)


def byte_by_byte(session: Session, data: bytes) -> list[Event]:
    return [event for byte in data for event in session.receive_data(bytes((byte,)), 0.0)]


def with_more_behind(session: Session, data: bytes) -> list[Event]:
    """Half of a command follows: it must not be waited for."""
    return session.receive_data(data + RtmpPeer().command("_checkbw", None)[:9], 0.0)


each_feed = pytest.mark.parametrize("feed", [whole, byte_by_byte, with_more_behind])


def connected() -> tuple[Session, RtmpPeer]:
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect() + peer.create_stream(), 0.0)
    deliver(session, peer)
    return session, peer


def broadcast_on(stream_id: int) -> bytes:
    """Metadata, sequence headers, a key frame and sound."""
    metadata = encode("@setDataFrame", "onMetaData") + ecma_array({"width": 640.0})
    return (
        message(6, DATA_AMF0, metadata, stream_id=stream_id, chunk_size=4096)
        + message(5, VIDEO, b"\x17\x00\x00\x00\x00" + AVC_RECORD, stream_id=stream_id, chunk_size=4096)
        + message(4, AUDIO, b"\xaf\x00" + AAC_48K_STEREO, stream_id=stream_id, chunk_size=4096)
        + message(5, VIDEO, b"\x17\x01\x00\x00\x00frame", stream_id=stream_id, chunk_size=4096)
        + message(4, AUDIO, b"\xaf\x01sound", stream_id=stream_id, chunk_size=4096)
    )


# --- which stream media come on ---


@each_feed
@pytest.mark.parametrize("stream_id", [0, 1, 2, 77])
def test_media_on_any_message_stream_are_the_publishers(feed: Feed, stream_id: int) -> None:
    session, _ = publishing()
    kinds = [type(event) for event in feed(session, broadcast_on(stream_id))]
    assert kinds.count(VideoMessage) == kinds.count(AudioMessage) == 2
    assert {Metadata, VideoConfig} <= set(kinds)


def test_configuration_on_stream_0_before_the_answer_is_kept() -> None:
    session, peer = pending()
    assert session.receive_data(broadcast_on(0), 0.0) == []
    session.accept_publish(0.0)
    assert VideoConfig in [type(event) for event in session.receive_data(peer.video(0), 0.0)]


# --- stops ---

STOPS: dict[str, tuple[tuple[AmfValue, ...], int]] = {
    "publish(false)": (("publish", None, False), 1),
    "publish(false) on stream 0": (("publish", None, False), 0),
    "publish(null)": (("publish", None, None), 1),
    "publish()": (("publish", None), 1),
    "closeStream": (("closeStream", None), 1),
    "closeStream on stream 0": (("closeStream", None), 0),
    "closeStream on a stream that is not open": (("closeStream", None), 9),
    "FCUnpublish alone": (("FCUnpublish", None, "key"), 0),
    "unpublish": (("unpublish", None, "key"), 1),
    "deleteStream of the stream": (("deleteStream", None, 1.0), 0),
    "deleteStream of 0": (("deleteStream", None, 0.0), 0),
    "deleteStream of a stream that is not open": (("deleteStream", None, 9.0), 0),
    "deleteStream of what is no number": (("deleteStream", None, "key"), 0),
    "deleteStream of nothing": (("deleteStream",), 0),
    "deleteStream of infinity": (("deleteStream", None, float("inf")), 0),
}


@each_feed
@pytest.mark.parametrize("form", STOPS)
def test_each_way_to_stop_is_one_clean_stop(feed: Feed, form: str) -> None:
    session, peer = publishing()
    (name, *values), stream_id = STOPS[form]
    assert feed(session, peer.command(str(name), *values, stream_id=stream_id)) == [CleanStop()]
    assert session.state is SessionState.CONNECTED


@pytest.mark.parametrize("form", STOPS)
def test_each_way_to_stop_ends_the_wait_of_a_publisher(form: str) -> None:
    session, peer = pending()
    (name, *values), stream_id = STOPS[form]
    assert session.receive_data(peer.command(str(name), *values, stream_id=stream_id), 0.0) == [
        CloseNow("publish_abandoned")
    ]


def test_publish_false_is_answered_and_the_encoder_may_publish_again() -> None:
    session, peer = publishing()
    session.receive_data(peer.command("publish", None, False, stream_id=1), 0.0)
    deliver(session, peer)
    assert peer.statuses()[-1]["level"] == "status"
    assert peer.status() == "NetStream.Unpublish.Success"
    assert [type(event) for event in session.receive_data(peer.publish(), 0.0)] == [PublishRequested]


def test_publish_false_where_nothing_is_published_asks_for_nothing() -> None:
    session, peer = connected()
    assert session.receive_data(peer.command("publish", None, False, stream_id=1), 0.0) == []
    assert session.state is SessionState.CONNECTED


def test_a_stop_of_another_open_stream_stops_nothing() -> None:
    session, peer = publishing()
    session.receive_data(peer.command("createStream", None), 0.0)
    others = peer.command("closeStream", None, stream_id=2) + peer.command("publish", None, False, stream_id=2)
    assert session.receive_data(others + peer.command("deleteStream", None, 2.0), 0.0) == []
    assert session.receive_data(peer.command("deleteStream", None, 1.0), 0.0) == [CleanStop()]


def test_the_stop_of_an_encoder_that_publishes_on_stream_0_may_name_the_stream_it_created() -> None:
    session, peer = connected()
    session.receive_data(peer.publish(stream_id=0), 0.0)
    session.accept_publish(0.0)
    assert session.receive_data(peer.command("deleteStream", None, 1.0), 0.0) == [CleanStop()]


def test_two_broadcasts_of_one_connection_on_the_same_stream() -> None:
    session, peer = publishing()
    events = session.receive_data(peer.command("closeStream", None, stream_id=1) + peer.publish(), 0.0)
    assert [type(event) for event in events] == [CleanStop, PublishRequested]
    session.accept_publish(0.0)
    assert session.receive_data(peer.unpublish(), 0.0) == [CleanStop()]


# --- players ---


@pytest.mark.requirement("EN-6")
@each_feed
@pytest.mark.parametrize("name", ["play", "play2"])
def test_play_is_answered_at_once_and_the_connection_may_still_publish(feed: Feed, name: str) -> None:
    session, peer = connected()
    assert feed(session, peer.command(name, None, "whatever", -2.0, stream_id=1)) == []
    deliver(session, peer)
    assert peer.status() == "NetStream.Play.StreamNotFound"
    assert peer.statuses()[-1]["level"] == "error"
    assert peer.statuses()[-1]["description"]
    assert peer.replies[-1].stream_id == 1
    assert session.state is SessionState.CONNECTED


@pytest.mark.requirement("EN-6")
@pytest.mark.parametrize("name", ["pause", "pauseRaw", "seek", "receiveAudio", "receiveVideo"])
def test_other_commands_of_players_fail_at_once(name: str) -> None:
    session, peer = connected()
    assert session.receive_data(peer.command(name, None, True, 0.0, stream_id=1), 0.0) == []
    deliver(session, peer)
    answer = peer.commands()[-1]
    assert (answer[0], answer[1]) == ("_error", 5.0)


def test_fc_subscribe_is_answered_as_its_sender_expects() -> None:
    session, peer = connected()
    session.receive_data(peer.command("FCSubscribe", None, "whatever"), 0.0)
    deliver(session, peer)
    name, _, _, information = peer.commands()[-1]
    assert name == "onFCSubscribe"
    assert isinstance(information, dict)
    assert information["code"] == "NetStream.Play.StreamNotFound"


@pytest.mark.requirement("EN-6")
def test_play_beside_a_broadcast_leaves_it_alone() -> None:
    session, peer = publishing()
    play = peer.command("createStream", None) + peer.command("play", None, "whatever", stream_id=2)
    assert session.receive_data(play, 0.0) == []
    deliver(session, peer)
    assert peer.replies[-1].stream_id == 2
    assert [type(event) for event in session.receive_data(peer.audio(0), 0.0)] == [AudioMessage]


def test_no_event_shows_a_key_that_is_in_the_url() -> None:
    session, peer = new_session(), RtmpPeer(app="live/secretkey", key="")
    assert "secretkey" not in repr(session.receive_data(peer.open(), 0.0))
