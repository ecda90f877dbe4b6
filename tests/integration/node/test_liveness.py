"""When an encoder counts as there: long waits for a key frame, rare frames, a reconnect before the loss was noticed."""

import signal
import time
from collections.abc import Callable

import pytest

from chalicelib.domain.streams import SILENCE, ChannelStatus, EndReason
from ingest_container.live.liveness import REPLACEABLE_AFTER
from ingest_container.node.held_answers import LONGEST
from local.settings import HOST
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.encoders import card
from tests.support.publisher import STARTED, Publisher
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
NOTICED_LATE_S = 30  # of a silence: what is to happen before has its time on a busy machine


def described(publisher: Publisher) -> None:
    assert publisher.publish() == STARTED
    publisher.socket.sendall(publisher.peer.metadata() + publisher.peer.sequence_headers())


def frame(publisher: Publisher, *, keyframe: bool = True) -> None:
    publisher.socket.sendall(publisher.peer.video(publisher.clock, keyframe=keyframe, size=2_000))
    publisher.clock += 5_000


def live_with_one_frame(publisher: Publisher, studio: Studio) -> None:
    """It may be quiet for 15 s: whoever comes meanwhile finds it there, however slow the machine is."""
    described(publisher)
    frame(publisher)
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")


# --- first media -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("EN-4")
def test_a_relay_that_waits_for_its_sources_key_frame_goes_live(node: Node, studio: Studio, publish: Publish) -> None:
    relay = publish(node, studio.stream_key)
    described(relay)
    until(lambda: "Stream Waiting" in studio.kinds(), "its owner is told")
    told = next(entry.facts for entry in studio.timeline() if entry.kind == "Stream Waiting")
    assert (told["status"], told["reason"]) == ("OFFLINE", "waiting_for_key_frame")
    assert not relay.was_closed(6), "longer than who sends nothing at all is given"
    frame(relay)
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")


@pytest.mark.requirement("EN-4")
def test_a_publisher_that_described_its_stream_and_sends_no_frame_is_told_why(
    studio: Studio, publish: Publish, start_node: StartNode
) -> None:
    publisher = publish(start_node(first_media_seconds=6), studio.stream_key)
    began = time.monotonic()
    described(publisher)
    assert publisher.was_closed(60)
    assert time.monotonic() - began > 6
    until(lambda: studio.stream().end_reason == EndReason.NO_MEDIA, "its end")
    assert "key frame must come within 6 s" in studio.timeline()[-1].facts["detail"]


# --- rare frames -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("EN-10")
@pytest.mark.requirement("SS-3.3")
def test_a_stream_with_rare_frames_is_live_throughout(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = publish(node, studio.stream_key)
    described(publisher)
    for _ in range(3):
        frame(publisher)
        assert not publisher.was_closed(SILENCE / 1000 + 1)
        assert studio.is_(ChannelStatus.LIVE)
    assert "Stream Interrupted" not in studio.kinds()


# --- a reconnect before the loss was noticed -----------------------------------------------------------------------


@pytest.mark.serial
@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-3.3")
def test_the_same_encoder_resumes_before_its_dead_connection_was_noticed(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(silence_seconds=NOTICED_LATE_S)
    dead = on_air(node, studio)
    stream_id = studio.stream().stream_id
    dead.fall_silent()
    again = publish(node, studio.stream_key)
    began = time.monotonic()
    assert again.publish() == STARTED
    assert time.monotonic() - began < NOTICED_LATE_S - 0.5
    assert dead.was_closed(60)
    again.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    assert studio.stream().stream_id == stream_id


@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-2.3")
def test_another_address_does_not_take_a_quiet_publishers_place(node: Node, studio: Studio, publish: Publish) -> None:
    quiet = publish(node, studio.stream_key)
    live_with_one_frame(quiet, studio)
    time.sleep(REPLACEABLE_AFTER + 0.5)
    other = Publisher(node.port, studio.stream_key, source="127.0.3.1")
    try:
        assert other.publish() == "NetStream.Publish.BadName"
        frame(quiet)
        assert not quiet.was_closed(1)
        assert studio.is_(ChannelStatus.LIVE)
    finally:
        other.drop()


@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-2.3")
def test_the_same_encoder_does_not_take_the_place_of_a_connection_that_sends(
    node: Node, studio: Studio, on_air: OnAir, publish: Publish
) -> None:
    first = on_air(node, studio)
    assert publish(node, studio.stream_key).publish() == "NetStream.Publish.BadName"
    assert not first.was_closed(1)


# --- the same, on another node ---------------------------------------------------------------------------------------


@pytest.mark.serial
@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-3.3")
def test_the_same_encoder_resumes_on_another_node_before_its_dead_connection_was_noticed(
    node: Node, studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    other = start_node()
    dead = on_air(node, studio)
    before = studio.stream()
    dead.fall_silent()
    again = publish(other, studio.stream_key)
    assert again.publish(LONGEST + 3) == STARTED
    assert other.logged("publisher_waits_for_release", key_id=studio.key.key_id)
    again.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    after = studio.stream()
    assert (after.stream_id, after.node_id) == (before.stream_id, other.node_id)
    assert not other.logged("publisher_refused", key_id=studio.key.key_id)
    dead.speak_again()
    assert dead.was_closed(60)
    assert studio.is_(ChannelStatus.LIVE)


@pytest.mark.serial
@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("EN-9")
def test_real_ffmpeg_resumes_on_another_node_while_its_first_connection_hangs(
    node: Node, studio: Studio, start_node: StartNode
) -> None:
    other = start_node()
    with card(f"rtmp://{HOST}:{node.port}/live", studio.stream_key) as hanging:
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        before = studio.stream()
        hanging.send_signal(signal.SIGSTOP)
        with card(f"rtmp://{HOST}:{other.port}/live", studio.stream_key) as again:
            until(lambda: studio.stream().node_id == other.node_id, "the other node has the stream", LONGEST + 60)
            until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
            assert again.running, again.tail()
            assert studio.stream().stream_id == before.stream_id
            assert not other.logged("publisher_refused", key_id=studio.key.key_id)


@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-2.3")
def test_the_same_encoder_on_another_node_is_refused_while_the_first_sends(
    node: Node, studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    other = start_node()
    first = on_air(node, studio)
    fence = studio.channel.lease.fence
    second = publish(other, studio.stream_key)
    assert second.publish(LONGEST + 60) == "NetStream.Publish.BadName"
    assert other.logged("publisher_waits_for_release", key_id=studio.key.key_id)
    assert not first.was_closed(1)
    assert studio.is_(ChannelStatus.LIVE)
    assert studio.channel.lease.fence == fence


@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-2.3")
def test_another_address_on_another_node_is_refused_without_a_wait(
    node: Node, studio: Studio, publish: Publish, start_node: StartNode
) -> None:
    other = start_node()
    live_with_one_frame(publish(node, studio.stream_key), studio)
    second = Publisher(other.port, studio.stream_key, source="127.0.3.1")
    try:
        assert second.publish() == "NetStream.Publish.BadName"
        assert not other.logged("publisher_waits_for_release")
    finally:
        second.drop()


@pytest.mark.requirement("EN-9")
@pytest.mark.requirement("SS-5.1")
def test_a_node_that_stops_refuses_whose_answer_it_holds(
    node: Node, studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    other = start_node()
    on_air(node, studio)
    second = publish(other, studio.stream_key)
    second.socket.sendall(second.peer.open())
    until(lambda: other.logged("publisher_waits_for_release"), "it waits")
    other.send(signal.SIGTERM)
    assert second.answer() == "NetStream.Publish.Rejected"
    assert other.process.wait(60) == 0
