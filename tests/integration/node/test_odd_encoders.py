"""Encoders that do it another way than OBS: what their broadcasters and the timeline see of it."""

from collections.abc import Callable

import pytest

from chalicelib.domain.streams import ChannelStatus, EndReason
from ingest_container.rtmp.limits import MAX_MESSAGE_BYTES
from ingest_container.rtmp.messages import AUDIO, VIDEO
from tests.integration.node.conftest import Node, Publish
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import chunk, message
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
TOO_LARGE = chunk(0, 5, b"\x17\x01\x00\x00\x00", length=MAX_MESSAGE_BYTES + 1, type_id=VIDEO, stream_id=1)


def records(studio: Studio, stream_id: str) -> list[dict[str, object]]:
    return [entry.facts for entry in studio.timeline(stream_id) if entry.kind == "connection"]


def facts_of(studio: Studio, kind: str, stream_id: str) -> dict[str, object]:
    return next(entry.facts for entry in studio.timeline(stream_id) if entry.kind == kind)


@pytest.mark.requirement("EN-1")
@pytest.mark.requirement("SS-2.1")
@pytest.mark.parametrize("media_stream", [0, 7])
def test_media_on_another_message_stream_goes_live(
    node: Node, studio: Studio, publish: Publish, media_stream: int
) -> None:
    publisher = publish(node, studio.stream_key)
    publisher.peer.media_stream = media_stream
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    until(lambda: studio.stream().facts.width == 640, "its facts")
    publisher.stop()
    until(lambda: studio.stream().end_reason == EndReason.CLEAN_STOP, "its end")
    assert studio.stream().bytes_in > 2_000


@pytest.mark.requirement("EN-2")
@pytest.mark.requirement("SS-3.3")
@pytest.mark.parametrize(
    "stop",
    [("publish", None, False), ("closeStream", None), ("unpublish", None), ("FCUnpublish", None, "key")],
    ids=lambda stop: str(stop[0]),
)
def test_a_stop_in_another_form_is_offline_at_once(
    node: Node, studio: Studio, on_air: OnAir, stop: tuple[str, None]
) -> None:
    publisher = on_air(node, studio)
    publisher.fall_silent()
    publisher.socket.sendall(publisher.peer.command(*stop, stream_id=1))
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    assert studio.stream().end_reason == EndReason.CLEAN_STOP


@pytest.mark.requirement("EN-6")
@pytest.mark.requirement("SS-5.3")
def test_a_connection_that_publishes_twice_leaves_two_records(node: Node, studio: Studio, on_air: OnAir) -> None:
    publisher = on_air(node, studio)
    first = studio.stream().stream_id
    publisher.fall_silent()
    publisher.peer.replies.clear()
    again = publisher.peer.command("closeStream", None, stream_id=1) + publisher.peer.publish()
    publisher.socket.sendall(again)
    assert publisher.answer() == STARTED
    publisher.socket.sendall(publisher.peer.metadata() + publisher.peer.sequence_headers())
    publisher.speak_again()
    until(lambda: studio.stream().stream_id != first and studio.is_(ChannelStatus.LIVE), "LIVE again")
    second = studio.stream().stream_id
    publisher.drop()
    until(lambda: records(studio, second), "its record")
    (before,), (after,) = records(studio, first), records(studio, second)
    assert (before["reason"], before["stream_id"]) == ("clean_stop", first)
    assert after["reason"] in ("peer_closed", "connection_reset")
    assert after["started_at"] > before["started_at"]  # type: ignore[operator]
    assert before["bytes"] > 2_000  # type: ignore[operator]
    assert after["bytes"] > 2_000  # type: ignore[operator]


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-3.3")
def test_a_live_stream_whose_protocol_fails_waits_and_is_told_as_that(
    node: Node, studio: Studio, on_air: OnAir
) -> None:
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    publisher.fall_silent()
    publisher.socket.sendall(TOO_LARGE)
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    until(lambda: "Stream Interrupted" in studio.kinds(stream_id), "its timeline")
    interrupted = facts_of(studio, "Stream Interrupted", stream_id)
    assert interrupted["reason"] == EndReason.PROTOCOL_ERROR
    assert str(interrupted["detail"]).startswith("The encoder sent something that is not valid RTMP: ")
    assert "(message_too_large)" in str(interrupted["detail"])
    until(lambda: studio.stream(stream_id).end_reason == EndReason.PROTOCOL_ERROR, "its end")
    until(lambda: "Stream End" in studio.kinds(stream_id), "the end in its timeline")
    assert facts_of(studio, "Stream End", stream_id)["detail"] == interrupted["detail"]
    (record,) = records(studio, stream_id)
    assert record["reason"] == "message_too_large"


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-3.3")
def test_an_encoder_that_comes_back_after_a_protocol_failure_goes_on(node: Node, studio: Studio, on_air: OnAir) -> None:
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    publisher.fall_silent()
    publisher.socket.sendall(TOO_LARGE)
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    again = on_air(node, studio)
    assert studio.stream().stream_id == stream_id
    again.stop()
    until(lambda: studio.stream().end_reason == EndReason.CLEAN_STOP, "its end")


@pytest.mark.requirement("EN-7")
def test_a_protocol_failure_before_the_first_frame_ends_as_that(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    publisher.socket.sendall(TOO_LARGE)
    until(lambda: studio.stream().end_reason == EndReason.PROTOCOL_ERROR, "its end")
    until(lambda: "Stream End" in studio.kinds(), "its timeline")
    end = facts_of(studio, "Stream End", studio.stream().stream_id)
    assert "(message_too_large)" in str(end["detail"])


@pytest.mark.requirement("EN-6")
def test_a_player_is_answered_at_once(node: Node, publish: Publish) -> None:
    player = publish(node, "whatever")
    peer = player.peer
    peer_says = peer.hello() + peer.finish_handshake() + peer.connect() + peer.command("createStream", None)
    player.socket.sendall(peer_says + peer.command("play", None, "whatever", -2.0, stream_id=1))
    assert player.answer() == "NetStream.Play.StreamNotFound"
    assert "Watch them over HLS" in player.description


@pytest.mark.requirement("EN-7")
@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"\x2f\xff\xfb\x94\x00" + bytes(300), ("mp3", 48_000, 2)),
        (b"\x7e" + bytes(160), ("pcma", 8_000, 1)),
        (b"\xb6" + bytes(60), ("speex", 16_000, 1)),
        (b"\x36" + bytes(400), ("pcm", 11_025, 1)),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_sound_without_a_header_has_its_facts(
    node: Node, studio: Studio, publish: Publish, payload: bytes, told: tuple[str, int, int]
) -> None:
    publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    publisher.socket.sendall(message(4, AUDIO, payload, stream_id=1, chunk_size=4096))
    until(lambda: studio.has_been_live, "LIVE")
    until(lambda: studio.stream().facts.audio_codec is not None, "its facts")
    stream = studio.stream()
    assert (stream.facts.audio_codec, stream.facts.audio_sample_rate, stream.facts.audio_channels) == told
