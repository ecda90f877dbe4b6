"""Real nodes that drain: their streams go on elsewhere under the same id, or stay as long as they may."""

import signal
from collections.abc import Callable

import pytest
from ulid import ULID

from chalicelib.domain.streams import HANDED_OVER, NOT_TAKEN_UP, ChannelStatus, EndReason
from chalicelib.services.streams import fleet
from chalicelib.store import nodes
from local.settings import HOST
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.publisher import Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
pytestmark = pytest.mark.requirement("FX-22")

LIVE, RECONNECTING, OFFLINE = ChannelStatus


def alone() -> str:
    """Ingest URLs of a region without other nodes: those that other tests killed count as living for seconds."""
    return f'{{"region-{str(ULID()).lower()}": "rtmp://127.0.0.1:1935/live"}}'


def test_sigterm_hands_streams_over_to_a_peer(
    studio: Studio, on_air: OnAir, start_node: StartNode, publish: Publish
) -> None:
    node, peer = start_node(drain_seconds=30), start_node()
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    node.send(signal.SIGTERM)
    assert publisher.was_closed(60)
    newcomer = publish(node, Studio().stream_key)
    assert newcomer.publish() == "NetStream.Publish.Rejected", "it takes no new streams"
    assert "taken out of service" in newcomer.description
    on_air(peer, studio)
    assert node.process.wait(40) == 0
    assert studio.stream().stream_id == stream_id
    assert studio.is_(LIVE)
    assert {"Stream Interrupted", "Stream Resumed"} <= set(studio.kinds())
    assert "Stream End" not in studio.kinds()
    (interrupted,) = [entry for entry in studio.timeline() if entry.kind == "Stream Interrupted"]
    assert (interrupted.facts["reason"], interrupted.facts["detail"]) == (EndReason.NODE_DRAINED, HANDED_OVER)
    assert node.logged("stream_moved", stream_id=stream_id)
    assert not node.logged("lease_lost")
    state = nodes.state(node.node_id)
    assert state is not None
    assert state.draining


def test_an_encoder_that_comes_back_to_the_draining_node_keeps_its_stream(
    studio: Studio, on_air: OnAir, start_node: StartNode, publish: Publish
) -> None:
    """Its load balancer has not noticed yet: a refusal would be final."""
    node, _ = start_node(drain_seconds=60), start_node()
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    node.send(signal.SIGTERM)
    assert publisher.was_closed(60)
    on_air(node, studio)
    assert studio.stream().stream_id == stream_id


def test_a_connection_that_is_carried_on_to_a_peer_is_closed_too(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    group = {"peer_address": HOST, "proxy_networks": "127.0.0.0/8", "ingest_urls": alone()}
    full, peer = start_node(capacity=1, drain_seconds=20, **group), start_node(**group)
    on_air(full, Studio())
    until(lambda: (state := nodes.state(peer.node_id)) and state.free, "its room is known")
    publisher = on_air(full, studio)
    stream = studio.stream()
    assert stream.node_id == peer.node_id
    full.send(signal.SIGTERM)
    assert publisher.was_closed(30)
    on_air(peer, studio)
    assert full.process.wait(30) == 0
    assert studio.stream().stream_id == stream.stream_id
    assert len(full.logged("stream_handed_over")) == 2


def test_without_a_peer_streams_stay_until_the_deadline_and_end_with_the_reason(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node = start_node(drain_seconds=8, ingest_urls=alone())
    publisher = on_air(node, studio)
    node.send(signal.SIGTERM)
    until(lambda: node.logged("drain_waits"), "it looks for a peer")
    assert not publisher.was_closed(1.5), "it is kept as long as it may be"
    assert node.process.wait(60) == 0
    assert studio.stream().end_reason == EndReason.NODE_DRAINED


def test_a_second_sigterm_ends_the_streams_at_once(studio: Studio, on_air: OnAir, start_node: StartNode) -> None:
    node = start_node(drain_seconds=300, ingest_urls=alone())
    on_air(node, studio)
    node.send(signal.SIGTERM)
    until(lambda: node.logged("drain_waits"), "it drains")
    node.send(signal.SIGTERM)
    assert node.process.wait(60) == 0
    assert studio.stream().end_reason == EndReason.NODE_DRAINED


def test_an_ordered_drain_empties_the_node_and_can_be_taken_back(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node, peer = start_node(), start_node()
    publisher = on_air(node, studio)
    stream_id = studio.stream().stream_id
    fleet.drain(node.node_id, now_ms(), within=60_000)
    assert publisher.was_closed(30)
    on_air(peer, studio)
    until(lambda: node.logged("drain_finished"), "it is empty", 30)
    assert studio.stream().stream_id == stream_id
    assert node.process.poll() is None, "it runs on"
    other = Studio()
    fleet.undrain(node.node_id, now_ms())
    until(lambda: on_air_again(on_air, node, other), "it takes streams again")


def on_air_again(on_air: OnAir, node: Node, studio: Studio) -> bool:
    try:
        on_air(node, studio)
    except AssertionError:
        return False
    return True


def test_a_stream_whose_encoder_does_not_return_ends_though_its_node_is_gone(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node, _ = start_node(drain_seconds=3), start_node()
    publisher = on_air(node, studio)
    node.send(signal.SIGTERM)
    assert publisher.was_closed(60)
    until(lambda: studio.is_(RECONNECTING), "RECONNECTING")
    assert node.process.wait(60) == 0
    until(lambda: studio.is_(OFFLINE), "its grace period is over")
    until(lambda: "Stream End" in studio.kinds(), "the peer ends it")
    (ended,) = [entry.facts for entry in studio.timeline() if entry.kind == "Stream End"]
    assert (ended["reason"], ended["detail"]) == (EndReason.NODE_DRAINED, NOT_TAKEN_UP)
