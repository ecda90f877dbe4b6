"""While a stream runs the kernel gathers before it wakes the node; that must never hide an encoder or its last word."""

import time

import pytest

from chalicelib.domain.streams import SILENCE, ChannelStatus
from tests.integration.node.conftest import Node, Publish
from tests.support.publisher import STARTED, Publisher
from tests.support.studio import Studio
from tests.support.waiting import until

LOUD_MS, QUIET_MS = 20, 100  # between messages
LOUD_SECONDS = 3.0  # until the node has measured it


def loud(node: Node, studio: Studio, publish: Publish) -> Publisher:
    """A publisher that has been LIVE at 8 Mbit/s for some seconds: the node waits for 100 KB at a time."""
    publisher: Publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    peer = publisher.peer
    publisher.socket.sendall(peer.metadata() + peer.sequence_headers())
    until_then = time.monotonic() + LOUD_SECONDS
    while time.monotonic() < until_then:
        publisher.socket.sendall(peer.video(publisher.clock, keyframe=publisher.clock == 0, size=20_000))
        publisher.clock += LOUD_MS
        time.sleep(LOUD_MS / 1000)
    assert studio.is_(ChannelStatus.LIVE)
    return publisher


@pytest.mark.requirement("SS-3.3")
def test_a_stream_that_falls_to_a_trickle_is_not_taken_for_silent(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = loud(node, studio, publish)
    until_then = time.monotonic() + SILENCE / 1000 + 2
    while time.monotonic() < until_then:
        publisher.socket.sendall(publisher.peer.audio(publisher.clock))
        publisher.clock += QUIET_MS
        time.sleep(QUIET_MS / 1000)
    assert studio.is_(ChannelStatus.LIVE)
    assert "Stream Interrupted" not in studio.kinds()


@pytest.mark.requirement("SS-3.3")
def test_a_clean_stop_is_heard_though_the_connection_stays_open(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = loud(node, studio, publish)
    publisher.socket.sendall(publisher.peer.unpublish())
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE", 1.5)
