"""While a stream runs the kernel gathers before it wakes the node; that must never hide an encoder or its last word."""

import time

import pytest

from chalicelib.domain.streams import SILENCE, ChannelStatus, EndReason
from chalicelib.store import pulses
from tests.integration.node.conftest import Node, Publish
from tests.support.publisher import STARTED, Publisher
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

LOUD_MS, QUIET_MS = 20, 100  # between messages
LOUD_KBPS = 800  # at the least: the node then waits for more than any command or packet of sound at a time
LOOK_EVERY = 25  # messages


def measured(studio: Studio) -> bool:
    """Whether the node has set its mark: it does so with each measurement, before it stores it."""
    pulse = pulses.find(studio.channel.stream_id or "")
    return pulse is not None and pulse.bitrate_kbps > LOUD_KBPS


def heard_since(studio: Studio, moment: int) -> bool:
    """Whether the node has had media after this moment (ms); it says so every 5 s."""
    pulse = pulses.find(studio.channel.stream_id or "")
    return pulse is not None and pulse.last_media_at is not None and pulse.last_media_at > moment


def loud(node: Node, studio: Studio, publish: Publish) -> Publisher:
    """A publisher that is LIVE at 8 Mbit/s, and the node has measured it: it waits for 100 KB at a time."""
    publisher: Publisher = publish(node, studio.stream_key)
    assert publisher.publish() == STARTED
    peer = publisher.peer
    publisher.socket.sendall(peer.metadata() + peer.sequence_headers())
    until_then = time.monotonic() + 60
    while not (is_loud := measured(studio)) and time.monotonic() < until_then:
        for _ in range(LOOK_EVERY):
            publisher.socket.sendall(peer.video(publisher.clock, keyframe=publisher.clock == 0, size=20_000))
            publisher.clock += LOUD_MS
            time.sleep(LOUD_MS / 1000)
    assert is_loud
    assert studio.is_(ChannelStatus.LIVE)
    return publisher


@pytest.mark.requirement("SS-3.3")
def test_a_stream_that_falls_to_a_trickle_is_not_taken_for_silent(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = loud(node, studio, publish)
    longer_than_silence = now_ms() + SILENCE
    until_then = time.monotonic() + 40
    while not heard_since(studio, longer_than_silence):
        assert time.monotonic() < until_then, "nothing of the trickle was read"
        publisher.socket.sendall(publisher.peer.audio(publisher.clock))
        publisher.clock += QUIET_MS
        time.sleep(QUIET_MS / 1000)
        assert studio.is_(ChannelStatus.LIVE)
    assert "Stream Interrupted" not in studio.kinds()


@pytest.mark.requirement("SS-3.3")
def test_a_clean_stop_is_heard_though_the_connection_stays_open(node: Node, studio: Studio, publish: Publish) -> None:
    publisher = loud(node, studio, publish)
    publisher.socket.sendall(publisher.peer.unpublish())
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    # Unheard, it would have been silent first, and offline only after its grace period.
    assert studio.stream().end_reason == EndReason.CLEAN_STOP
    assert "Stream Interrupted" not in studio.kinds()
