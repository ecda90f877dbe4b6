"""Nodes that stop, die, freeze or lose their database; encoders that fall silent."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.domain.leases import CLOCK_MARGIN
from chalicelib.domain.streams import SILENCE, ChannelStatus, EndReason, StreamState
from chalicelib.store import nodes
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.publisher import STARTED, Publisher
from tests.support.stack import Emulator, running_emulator
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]

LIVE, RECONNECTING, OFFLINE = ChannelStatus


# --- nodes that stop -----------------------------------------------------------------------------------------------


def test_sigterm_ends_streams_properly(studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode) -> None:
    node = start_node(stop_seconds=30)
    running, idle = on_air(node, studio), publish(node, Studio().stream_key)
    idle.socket.sendall(idle.peer.hello())
    assert idle.socket.recv(1), "the node knows it"
    waiting = Studio()
    on_air(node, waiting).drop()
    until(lambda: waiting.is_(RECONNECTING), "RECONNECTING")
    node.send(signal.SIGTERM)
    assert node.process.wait(60) == 0
    assert not node.logged("stopped_early")
    for one in (studio, waiting):
        stream = one.stream()
        assert (stream.state, stream.end_reason) == (StreamState.ENDED, EndReason.NODE_DRAINED)
        assert one.kinds()[-1] == "Stream End"
        assert one.channel.lease.holder is None
    assert stream.bytes_in > 0
    assert running.was_closed(1)
    assert idle.was_closed(1)
    until(lambda: "connection" in studio.kinds(), "its audit record")
    session = nodes.find(node.node_id)
    assert session is not None
    assert session.expires_at <= now_ms(), "the session was given back"
    assert "Traceback" not in node.text()


def test_a_second_sigterm_ends_it_at_once(cloud: Emulator, tmp_path: Path, start_node: StartNode) -> None:
    """Its database hangs, so the proper end would take its full time."""
    with running_emulator(tmp_path / "hanging") as own:
        node = start_node(own.env, stop_seconds=60)
        own.process.send_signal(signal.SIGSTOP)
        try:
            node.send(signal.SIGTERM)
            until(lambda: node.logged("stopping"), "it begins to stop")
            node.send(signal.SIGTERM)
            assert node.process.wait(60) == 1
        finally:
            own.process.send_signal(signal.SIGCONT)
    assert "Traceback" not in node.text()


def test_sigterm_waits_for_the_publisher_that_is_just_being_let_in(
    cloud: Emulator, own_cloud: Emulator, start_node: StartNode, publish: Publish, on_air: OnAir
) -> None:
    """Its claim is with the database when the node is told to stop, and succeeds."""
    node, studio = start_node(own_cloud.env, stop_seconds=30, log_level="DEBUG"), Studio()
    on_air(node, studio).stop()  # its key is known from now on: nothing but the claim is asked of the database
    until(lambda: studio.is_(OFFLINE), "OFFLINE")
    first = studio.stream()
    newcomer = publish(node, studio.stream_key)
    own_cloud.process.send_signal(signal.SIGSTOP)
    try:
        newcomer.socket.sendall(newcomer.peer.open())
        until(lambda: len(node.logged("claim_started", key_id=studio.key.key_id)) == 2, "its claim is under way")
        node.send(signal.SIGTERM)
        until(lambda: node.logged("stopping"), "it begins to stop")
    finally:
        own_cloud.process.send_signal(signal.SIGCONT)
    assert node.process.wait(60) == 0
    assert not node.logged("stopped_early")
    second = studio.stream()
    assert second.stream_id != first.stream_id
    assert (second.state, second.end_reason) == (StreamState.ENDED, EndReason.NODE_DRAINED)
    assert studio.channel.lease.holder is None
    assert studio.kinds()[-1] == "Stream End"


# --- nodes that die, or freeze -------------------------------------------------------------------------------------


@pytest.mark.serial
@pytest.mark.requirement("SS-6.4")
def test_kill_9_is_offline_and_free_for_another_node_within_ten_seconds(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    doomed, other = start_node(), start_node()
    seen, taken = Studio(), studio
    on_air(doomed, seen)
    on_air(doomed, taken)
    first = taken.stream()
    doomed.send(signal.SIGKILL)
    killed = time.monotonic()

    def takes_over() -> Publisher | None:
        publisher = Publisher(other.port, taken.stream_key)
        if publisher.publish() == STARTED:
            return publisher
        publisher.drop()
        return None

    successor = until(takes_over, "the channel is free")
    successor.go_on_air()
    until(lambda: taken.is_(LIVE), "LIVE on the other node")
    assert time.monotonic() - killed < 10
    until(lambda: seen.is_(OFFLINE), "OFFLINE", 10 - (time.monotonic() - killed))

    second = taken.stream()
    assert second.node_id == other.node_id
    assert second.fence > first.fence
    until(lambda: seen.stream().end_reason == EndReason.NODE_LOST, "its end")
    until(lambda: seen.kinds()[-1] == "Stream End", "its end in the timeline")
    successor.stop()
    until(lambda: taken.is_(OFFLINE), "OFFLINE")
    until(
        lambda: all(taken.kinds(one)[-1] == "Stream End" for one in (first.stream_id, second.stream_id)),
        "the end of each stream",
    )
    entries = taken.timeline(second.stream_id)
    assert [entry.seq for entry in entries] == sorted({entry.seq for entry in entries})


@pytest.mark.requirement("SS-6.4")
def test_a_node_that_was_frozen_lets_go_of_what_was_taken_over(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    zombie, other = start_node(), start_node()
    kept = Studio()
    bystander = on_air(zombie, kept)
    old = on_air(zombie, studio)
    fence = studio.channel.lease.fence
    zombie.send(signal.SIGSTOP)
    try:
        until(lambda: not studio.is_(LIVE), "not LIVE any more")
        new = on_air(other, studio)
        time.sleep(1)  # its encoder goes on sending into the frozen node
    finally:
        zombie.send(signal.SIGCONT)
    assert old.was_closed(60), "the zombie lets go"
    assert studio.is_(LIVE)
    assert studio.channel.lease.fence > fence
    assert studio.stream().node_id == other.node_id
    assert not new.was_closed(1)
    # What nobody took over was ended by the watchful peer, or goes on: either way both agree.
    until(lambda: kept.is_(LIVE) != bystander.was_closed(0.2), "the node and the tables agree", 40)
    assert "Traceback" not in zombie.text()


def test_a_restarted_node_takes_up_its_channels_at_once(studio: Studio, on_air: OnAir, start_node: StartNode) -> None:
    first = start_node()
    on_air(first, studio)
    fence = studio.channel.lease.fence
    first.send(signal.SIGKILL)
    first.process.wait(30)
    second = start_node(node_id=first.node_id)
    on_air(second, studio)
    assert studio.channel.lease.fence > fence


def test_a_node_whose_id_another_run_took_stops(start_node: StartNode) -> None:
    first = start_node()
    second = start_node(node_id=first.node_id)
    first.process.wait(30)
    assert first.logged("session_taken")
    assert second.process.poll() is None


# --- the database is away ------------------------------------------------------------------------------------------


@pytest.mark.requirement("SO-11")
def test_streams_go_on_without_the_database_and_all_recovers(
    cloud: Emulator, own_cloud: Emulator, start_node: StartNode, on_air: OnAir
) -> None:
    node = start_node(own_cloud.env)
    running, stopping, dropping = Studio(), Studio(), Studio()
    publisher, leaver, dropper = (on_air(node, one) for one in (running, stopping, dropping))
    before = {one.channel_id: one.stream().stream_id for one in (running, stopping, dropping)}

    own_cloud.stop()
    until(lambda: node.logged("session_not_renewed"), "the node noticed")
    leaver.stop()
    dropper.drop()
    newcomer = Publisher(node.port, running.stream_key)
    code = newcomer.publish(30)
    assert code == "NetStream.Publish.Rejected"
    assert newcomer.description.startswith("Service Unavailable: ")
    newcomer.drop()
    assert not publisher.was_closed(8), "the running stream goes on"
    own_cloud.start_again()

    until(lambda: running.is_(LIVE), "LIVE again")
    assert running.stream().stream_id == before[running.channel_id]
    until(lambda: stopping.stream().end_reason == EndReason.CLEAN_STOP, "the stop that happened meanwhile")
    until(lambda: dropping.stream().end_reason == EndReason.GRACE_OVER, "the drop that happened meanwhile")
    until(
        lambda: all(one.kinds()[-1] == "Stream End" for one in (stopping, dropping)),
        "nothing is missing in the timelines",
    )
    until(lambda: "connection" in stopping.kinds(), "nor the audit record")
    newcomer_channel = Studio()
    on_air(node, newcomer_channel)
    publisher.stop()
    until(lambda: running.is_(OFFLINE), "OFFLINE")
    assert "Traceback" not in node.text()


@pytest.mark.requirement("SS-2.3")
@pytest.mark.requirement("SO-11")
def test_after_an_outage_the_first_stays_though_its_node_is_slow_to_renew(
    cloud: Emulator, own_cloud: Emulator, start_node: StartNode, studio: Studio, on_air: OnAir, publish: Publish
) -> None:
    slow, other = start_node(own_cloud.env), start_node(own_cloud.env)
    first, second = on_air(slow, studio), publish(other, studio.stream_key)
    session = nodes.find(slow.node_id)
    assert session is not None
    for process in (slow.process, own_cloud.process):
        process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: now_ms() > session.expires_at + 2 * CLOCK_MARGIN, "every session has run out")
        until(lambda: other.logged("session_not_renewed"), "the other node noticed")
        own_cloud.process.send_signal(signal.SIGCONT)
        second.socket.sendall(second.peer.open())
        until(lambda: other.logged("publisher_waits_for_holder"), "it waits")
    finally:
        for process in (own_cloud.process, slow.process):
            process.send_signal(signal.SIGCONT)
    assert second.answer() == "NetStream.Publish.BadName"
    assert not first.was_closed(1)
    until(lambda: studio.is_(LIVE), "LIVE")


# --- encoders that fall silent -------------------------------------------------------------------------------------


@pytest.mark.requirement("SS-3.3")
def test_a_silent_publisher_is_reconnecting_and_live_again_when_it_speaks(
    node: Node, studio: Studio, on_air: OnAir
) -> None:
    publisher = on_air(node, studio)
    before = studio.stream()
    publisher.fall_silent()
    began = time.monotonic()
    until(lambda: studio.is_(RECONNECTING), "RECONNECTING")
    assert time.monotonic() - began > SILENCE / 1000 - 0.5
    publisher.speak_again()
    until(lambda: studio.is_(LIVE), "LIVE")
    after = studio.stream()
    assert (after.stream_id, after.started_at) == (before.stream_id, before.started_at)
    assert after.fence > before.fence


@pytest.mark.requirement("SS-3.3")
def test_a_publisher_that_stays_silent_is_closed_and_offline(node: Node, studio: Studio, on_air: OnAir) -> None:
    publisher = on_air(node, studio)
    publisher.fall_silent()
    assert publisher.was_closed(40)
    until(lambda: studio.is_(OFFLINE), "OFFLINE")
    until(lambda: studio.stream().end_reason == EndReason.GRACE_OVER, "its end")


@pytest.mark.requirement("SS-2.3")
@pytest.mark.parametrize("where", ["the same node", "another node"])
def test_a_silent_publisher_is_closed_when_another_takes_the_channel(
    node: Node, studio: Studio, on_air: OnAir, start_node: StartNode, where: str
) -> None:
    silent = on_air(node, studio)
    stream_id = studio.stream().stream_id
    other = node if where == "the same node" else start_node()
    silent.fall_silent()
    until(lambda: studio.is_(RECONNECTING), "RECONNECTING")
    on_air(other, studio)
    silent.speak_again()
    assert silent.was_closed(60)
    assert studio.is_(LIVE)
    assert studio.stream().stream_id == stream_id
