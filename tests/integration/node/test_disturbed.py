"""A node whose event loop stands still while its process runs on, or whose system's clock is set."""

import signal
import time
from collections.abc import Callable

import pytest

from chalicelib.domain.streams import ChannelStatus, EndReason
from tests.integration.node.conftest import Node, StartNode
from tests.support.publisher import Publisher
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
DISTURBED = "tests.support.disturbed_node"


@pytest.mark.serial
@pytest.mark.requirement("HI-3")
def test_a_loop_that_is_blocked_for_some_seconds_keeps_its_session(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node, peer = start_node(module=DISTURBED, block_seconds=5.5), start_node()
    on_air(node, studio)
    fence = studio.channel.lease.fence
    node.send(signal.SIGUSR1)
    until_then = time.monotonic() + 10
    while time.monotonic() < until_then:
        assert studio.is_(ChannelStatus.LIVE)
        time.sleep(0.2)
    assert studio.channel.lease.fence == fence
    assert "Stream Interrupted" not in studio.kinds()
    assert not node.logged("lease_lost")
    assert not peer.logged("stream_reaped", stream_id=studio.stream().stream_id)


@pytest.mark.serial
@pytest.mark.requirement("HI-3")
@pytest.mark.requirement("SS-3.3")
def test_a_loop_that_is_blocked_for_good_loses_its_channels_in_time(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    node, peer = start_node(module=DISTURBED, block_seconds=60), start_node()
    on_air(node, studio)
    began = time.monotonic()
    node.send(signal.SIGUSR1)
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    assert time.monotonic() - began < 10
    # By this peer, or by another node that the session of tests has.
    until(lambda: studio.stream().end_reason == EndReason.NODE_LOST, "a peer cleans up", 45)
    on_air(peer, studio)


@pytest.mark.requirement("EN-8")
@pytest.mark.parametrize("step", [60, -60])
def test_setting_the_systems_clock_ends_no_stream(
    studio: Studio, on_air: OnAir, start_node: StartNode, step: int
) -> None:
    node, peer = start_node(module=DISTURBED, step_seconds=step), start_node()
    running = on_air(node, studio)
    waiting = Studio()
    leaving = on_air(node, waiting)
    began = time.monotonic()
    leaving.drop()
    until(lambda: waiting.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    node.send(signal.SIGUSR2)
    until(lambda: node.logged("clock_step_ignored"), "it noticed")
    until(lambda: waiting.is_(ChannelStatus.OFFLINE), "the other one's grace period is over")
    assert time.monotonic() - began > 7, "not before its time"
    assert studio.is_(ChannelStatus.LIVE)
    assert "Stream Interrupted" not in studio.kinds()
    assert not any(peer.logged("stream_reaped", stream_id=each.stream().stream_id) for each in (studio, waiting))
    running.fall_silent()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    running.stop()
    until(lambda: node.logged("clock_adopted"), "it has no stream any more")
