"""Full nodes carry publishers on to peers with room: three nodes, publishers on real sockets, a real encoder."""

import signal
import subprocess
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.domain.streams import ChannelStatus
from chalicelib.services.streams import fleet
from ingest_container.net.proxy_protocol import header
from local.loopback import open_url
from local.settings import HOST
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.integration.node.test_rtmps import EncryptedPublisher
from tests.support import publisher as publisher_on_a_socket
from tests.support.certificates import make_certificate
from tests.support.encoders import card
from tests.support.obs import Obs, XServer
from tests.support.ports import free_ports
from tests.support.publisher import STARTED, Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
StartPeer = Callable[..., Node]
pytestmark = pytest.mark.requirement("SS-5.2")

REFUSED = "NetStream.Publish.Rejected"


def free(node: Node) -> int | None:
    """Places that the node tells its peers, while it is there."""
    found = [state.free for state, gone in fleet.members(now_ms()) if not gone and state.info.node_id == node.node_id]
    return found[0] if found else None


def peers() -> list[str]:
    """Nodes that seem to be there and take publishers."""
    return [state.info.node_id for state, gone in fleet.members(now_ms()) if not gone and state.info.peer]


def told(node: Node, places: int) -> None:
    until(lambda: free(node) == places, f"{node.node_id} tells {places} places", 30)


@pytest.fixture
def start_peer(start_node: StartNode) -> StartPeer:
    """Nodes that trust each other. Those of the test before were killed, and count as peers until that is noticed."""
    until(lambda: not peers(), "the nodes of the test before are gone", 30)

    def start(capacity: int, *, places: int | None = None, **settings: object) -> Node:
        group = {"peer_address": HOST, "proxy_networks": "127.0.0.0/8"}
        started = start_node(capacity=capacity, **(group | settings))
        told(started, capacity if places is None else places)
        return started

    return start


@pytest.fixture
def full(start_peer: StartPeer, on_air: OnAir) -> Node:
    """One place, taken."""
    node = start_peer(1)
    on_air(node, Studio())
    return node


def moved_record(node: Node, studio: Studio) -> dict[str, object]:
    """The audit record that `node` wrote of the channel's connection."""
    found = until(lambda: node.logged("audit_record", channel_id=studio.channel_id), "the audit record")
    return dict(found[-1])


def test_a_publisher_goes_live_on_a_peer_and_both_audit_records_name_the_other(
    studio: Studio, publish: Publish, full: Node, start_peer: StartPeer
) -> None:
    peer = start_peer(1)
    publisher = Publisher(full.port, studio.stream_key, source="127.0.0.7")
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    assert studio.stream().node_id == peer.node_id
    stream_id = studio.stream().stream_id
    publisher.stop()
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    here, there = moved_record(full, studio), moved_record(peer, studio)
    assert (here["moved_to"], here["client_ip"]) == (peer.node_id, "127.0.0.7")
    assert (there["moved_from"], there["client_ip"]) == (full.node_id, "127.0.0.7")
    assert "moved_from" not in here
    assert "moved_to" not in there
    assert (there["stream_id"], there["reason"]) == (stream_id, "clean_stop")
    assert here["key_id"] == there["key_id"] == studio.key.key_id
    assert here["bytes"] == there["bytes"]


@pytest.mark.needs("ffmpeg")
def test_real_ffmpeg_is_moved_plays_and_stops_cleanly(studio: Studio, on_air: OnAir, start_peer: StartPeer) -> None:
    full, peer = (start_peer(1, packaging="on", origin_port=0) for _ in range(2))
    on_air(full, Studio())
    program = card(f"rtmp://{HOST}:{full.port}/live", studio.stream_key)
    try:
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        assert studio.stream().node_id == peer.node_id
        (listening,) = full.logged("listening")
        index = f"http://{HOST}:{listening['origin_port']}/live/{studio.channel_id}/index.m3u8"
        until(lambda: _is_there(index), "playable through the full node")
        play = ["ffmpeg", "-hide_banner", "-v", "error", "-xerror", "-i", index, "-t", "3", "-f", "null", "-"]
        played = subprocess.run(play, capture_output=True, text=True, timeout=120, check=False)
        assert (played.returncode, played.stderr) == (0, "")
        program.interrupt()
        until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
        assert moved_record(peer, studio)["reason"] == "clean_stop"
    finally:
        program.end()
        print(program.tail())


@pytest.mark.needs("obs", "Xvfb")
def test_real_obs_is_moved_and_its_button_ends_the_stream(
    studio: Studio, full: Node, start_peer: StartPeer, tmp_path: Path
) -> None:
    peer = start_peer(1)
    (control,) = free_ports(1)
    with XServer() as screen:
        obs = Obs(tmp_path / "obs", screen, f"rtmp://{HOST}:{full.port}/live", studio.stream_key, control_port=control)
        try:
            obs.until_on_air(within=90)
            until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
            assert studio.stream().node_id == peer.node_id
            obs.stop_streaming()
            until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
            assert moved_record(peer, studio)["reason"] == "clean_stop"
        finally:
            obs.end()
            print(obs.tail())


def test_what_comes_over_tls_is_moved_as_plain_rtmp(
    studio: Studio, on_air: OnAir, start_peer: StartPeer, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path, HOST)
    (port,) = free_ports(1)
    full = start_peer(1, rtmps_port=port, tls_certificate=certificate, tls_private_key=key)
    on_air(full, Studio())
    peer = start_peer(1)
    publisher = EncryptedPublisher(port, studio.stream_key, certificate)
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    assert studio.stream().node_id == peer.node_id
    publisher.stop()
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    assert moved_record(peer, studio)["reason"] == "clean_stop"


def _is_there(url: str) -> bool:
    try:
        with open_url(urllib.request.Request(url), timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_who_waits_is_moved_as_soon_as_a_peer_has_room(
    studio: Studio, on_air: OnAir, publish: Publish, full: Node, start_peer: StartPeer
) -> None:
    peer = start_peer(1)
    first = on_air(peer, Studio())
    told(peer, 0)
    waiting = publish(full, studio.stream_key)
    waiting.socket.sendall(waiting.peer.open())
    until(lambda: full.logged("publisher_queued"), "it waits")
    first.stop()
    assert waiting.answer(within=30) == STARTED
    waiting.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    assert studio.stream().node_id == peer.node_id


def test_where_no_node_has_room_it_is_refused_and_told_why(
    studio: Studio, on_air: OnAir, publish: Publish, start_peer: StartPeer
) -> None:
    nodes = [start_peer(1, queue_length=0) for _ in range(2)]
    running = [Studio(), Studio()]
    for node, channel in zip(nodes, running, strict=True):
        on_air(node, channel)
    refused = publish(nodes[0], studio.stream_key)
    assert refused.publish() == REFUSED
    assert refused.description.startswith("Service Unavailable: The ingest servers are at capacity")
    assert [channel.status for channel in running] == [ChannelStatus.LIVE] * 2


def test_what_comes_from_a_peer_is_not_moved_again(
    studio: Studio, publish: Publish, full: Node, start_peer: StartPeer
) -> None:
    """A node's row is seconds old: a peer may send a publisher for which there is no place any more."""
    start_peer(1)
    publisher = publish(full, studio.stream_key)
    publisher.socket.sendall(header("192.0.2.7", "some-peer"))
    assert publisher.publish() == REFUSED
    assert publisher.description.startswith("Service Unavailable: ")
    assert not full.logged("publisher_moved")
    assert not full.logged("publisher_queued")
    assert moved_record(full, studio)["client_ip"] == "192.0.2.7"


def test_a_node_that_is_full_by_bandwidth_moves_publishers_and_has_room_again(
    studio: Studio, on_air: OnAir, start_peer: StartPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The publisher sends 6 Mbit/s: another one like it would be too much, though there are places.

    The limit lies as far from one of them as from two: on a busy machine they come in bursts.
    """
    monkeypatch.setattr(publisher_on_a_socket, "FRAME_BYTES", 30_000)
    node = start_peer(50, capacity_mbps=9, places=1)
    first = on_air(node, Studio())
    told(node, 0)
    peer = start_peer(1)
    moved = on_air(node, studio)
    assert studio.stream().node_id == peer.node_id
    moved.stop()
    first.stop()
    told(node, 1)


def test_a_node_that_drains_moves_new_publishers(studio: Studio, on_air: OnAir, start_peer: StartPeer) -> None:
    """The load balancer sends some for half a minute more, and OBS takes a refusal of its first attempt as final."""
    node, peer = start_peer(2), start_peer(1)
    fleet.drain(node.node_id, now_ms())
    told(node, 0)
    on_air(node, studio)
    assert studio.stream().node_id == peer.node_id


def test_a_bad_key_opens_no_connection_to_a_peer(publish: Publish, full: Node, start_peer: StartPeer) -> None:
    peer = start_peer(1)
    assert publish(full, "B" * 40).publish() == "NetStream.Publish.Denied"
    assert not full.logged("publisher_moved")
    assert not full.logged("publisher_not_moved")
    assert not peer.logged("audit_record")


def test_a_refusal_of_the_peer_reaches_the_encoder(
    studio: Studio, on_air: OnAir, publish: Publish, full: Node, start_peer: StartPeer
) -> None:
    peer = start_peer(2)
    on_air(peer, studio)
    second = publish(full, studio.stream_key)
    assert second.publish() == "NetStream.Publish.BadName"
    assert second.description.startswith("Stream already exists: ")
    assert second.was_closed(60)
    assert moved_record(full, studio)["reason"] == "refused_by_peer_node"


def test_a_peer_that_dies_ends_the_connection_and_the_encoder_resumes_its_stream(
    studio: Studio, publish: Publish, taken_over: OnAir, full: Node, start_peer: StartPeer
) -> None:
    peer = start_peer(1)
    publisher = publish(full, studio.stream_key)
    assert publisher.publish() == STARTED
    publisher.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    stream_id = studio.stream().stream_id
    other = start_peer(2)  # the first attempt, held and refused, has a place of its row for a while
    peer.send(signal.SIGKILL)
    assert publisher.was_closed(within=30)
    taken_over(full, studio)
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE again", 30)
    assert (studio.stream().stream_id, studio.stream().node_id) == (stream_id, other.node_id)


def test_a_node_recovers_after_saturation(studio: Studio, publish: Publish, start_peer: StartPeer) -> None:
    """A flood of good publishers: every count goes back to what it was."""
    node, peer = start_peer(2, queue_length=3), start_peer(3)
    flood = [publish(node, Studio().stream_key) for _ in range(12)]
    for publisher in flood:
        publisher.socket.sendall(publisher.peer.open())
    told(node, 0)
    told(peer, 0)
    until(lambda: len(node.logged("publisher_moved")) >= 3, "three are moved")
    for publisher in flood:
        publisher.drop()
    told(node, 2)
    told(peer, 3)
    for _ in range(2):
        assert publish(node, Studio().stream_key).publish() == STARTED
    moved = publish(node, studio.stream_key)
    assert moved.publish() == STARTED
    until(lambda: node.logged("publisher_moved", channel_id=studio.channel_id), "the third is moved")
    assert "Traceback" not in node.text() + peer.text()
