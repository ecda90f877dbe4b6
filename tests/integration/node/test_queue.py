"""A node at capacity: who waits, who is admitted, who is told that there is no place. Streams that run go on."""

from collections.abc import Callable

import pytest

from chalicelib.domain.streams import ChannelStatus
from ingest_container.node.waiting_room import PING_EVERY, PONG_WITHIN
from local.settings import HOST
from tests.integration.node.conftest import PATIENT, Node, Publish, StartNode
from tests.support.encoders import card
from tests.support.publisher import STARTED, Publisher
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
pytestmark = pytest.mark.requirement("SS-5.2")


def park(node: Node, studio: Studio, publish: Publish) -> Publisher:
    """A publisher that asked and was not answered."""
    publisher = publish(node, studio.stream_key)
    publisher.socket.sendall(publisher.peer.open())
    until(lambda: node.logged("publisher_queued", key_id=studio.key.key_id), "it waits")
    with pytest.raises(TimeoutError):
        publisher.answer(within=0.1)
    return publisher


def test_who_waits_is_admitted_in_order_when_places_become_free(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(capacity=1)
    first = on_air(node, studio)
    waiting = [park(node, Studio(), publish) for _ in range(2)]
    first.stop()
    assert waiting[0].answer() == STARTED
    waiting[0].go_on_air()
    with pytest.raises(TimeoutError):
        waiting[1].answer(within=0.5)
    waiting[0].stop()
    assert waiting[1].answer() == STARTED


def test_who_waited_longest_enough_is_told_and_the_stream_goes_on(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(capacity=1, queue_seconds=6, queue_length=1)
    on_air(node, studio)
    parked = park(node, Studio(), publish)
    too_many = publish(node, Studio().stream_key)
    assert too_many.publish() == "NetStream.Publish.Rejected"
    assert parked.answer() == "NetStream.Publish.Rejected"
    assert parked.description.startswith("Service Unavailable: ")
    assert studio.status is ChannelStatus.LIVE


def test_a_bad_key_does_not_wait(studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode) -> None:
    node = start_node(capacity=1)
    on_air(node, studio)
    assert publish(node, "B" * 40).publish() == "NetStream.Publish.Denied"


def test_an_encoder_that_comes_back_does_not_wait(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(capacity=1, module=PATIENT)
    first = on_air(node, studio)
    stream_id = studio.stream().stream_id
    parked = park(node, Studio(), publish)
    first.drop()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    on_air(node, studio)
    assert studio.stream().stream_id == stream_id
    with pytest.raises(TimeoutError):
        parked.answer(within=0.3)


def test_who_hangs_up_leaves_the_queue(studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode) -> None:
    node = start_node(capacity=1)
    first = on_air(node, studio)
    gone = park(node, Studio(), publish)
    stays = park(node, Studio(), publish)
    gone.drop()
    first.stop()
    assert stays.answer() == STARTED


def test_a_node_that_stops_tells_who_waits(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    node = start_node(capacity=1)
    on_air(node, studio)
    parked = park(node, Studio(), publish)
    node.process.terminate()
    assert parked.answer() == "NetStream.Publish.Rejected"
    assert parked.description.startswith("Service Unavailable: ")


@pytest.mark.needs("ffmpeg")
def test_real_ffmpeg_waits_answers_pings_and_is_admitted(studio: Studio, on_air: OnAir, start_node: StartNode) -> None:
    node = start_node(capacity=1)
    first = on_air(node, studio)
    other = Studio()
    program = card(f"rtmp://{HOST}:{node.port}/live", other.stream_key)
    try:
        until(lambda: node.logged("publisher_queued"), "it waits")
        assert program.runs_on(PING_EVERY + PONG_WITHIN + 2), program.tail()
        assert not node.logged("audit_record", reason="queue_abandoned")
        first.stop()
        until(lambda: other.is_(ChannelStatus.LIVE), "LIVE")
        program.interrupt()
        until(lambda: other.is_(ChannelStatus.OFFLINE), "OFFLINE")
    finally:
        program.end()
        print(program.tail())


def test_who_does_not_answer_a_ping_is_gone(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    """Its socket stays open, as OBS leaves it."""
    node = start_node(capacity=1, queue_length=1)
    on_air(node, studio)
    silent = park(node, Studio(), publish)
    assert silent.was_closed(within=3 * (PING_EVERY + PONG_WITHIN))
    assert silent.peer.pings(), "it was asked"
    until(lambda: node.logged("audit_record", reason="queue_abandoned"), "the reason in the log")
    park(node, Studio(), publish)
