"""Cheap pieces in great number, from many connections of one address, beside a publisher on the same event loop."""

import contextlib
import signal
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.streams import ChannelStatus
from chalicelib.store import nodes
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.attacks import storm
from tests.support.certificates import make_certificate
from tests.support.encoders import card
from tests.support.ports import free_ports
from tests.support.publisher import Publisher
from tests.support.rtmp_peer import RtmpPeer, chunk
from tests.support.storm import FLOODS, TLS_FLOODS
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]

RENEWED_WITHIN = 60.0  # seconds; it is every 1.5 s, and the node's session lasts 6 s without: then nothing is LIVE
ANSWERED_WITHIN = 10.0  # seconds; how fast it really is, the benchmark says (make bench-hostile)


def seconds_to_shake_hands(port: int, context: ssl.SSLContext | None = None) -> float:
    peer = RtmpPeer()
    began = time.monotonic()
    with contextlib.ExitStack() as closing:
        connection = closing.enter_context(socket.create_connection((HOST, port), timeout=20))
        if context is not None:
            connection = closing.enter_context(context.wrap_socket(connection, server_hostname=HOST))
        connection.sendall(peer.hello())
        while not peer.handshake_answered:
            data = connection.recv(65_536)
            assert data, "closed instead of answered"
            peer.receive_data(data)
    return time.monotonic() - began


def renew_beside(node: Node, studio: Studio, port: int | None = None, context: ssl.SSLContext | None = None) -> None:
    """Two renewals of the node's session; all the while the stream is live, and handshakes are answered."""
    ends: set[int] = set()
    deadline = time.monotonic() + RENEWED_WITHIN
    while len(ends) < 3:
        assert time.monotonic() < deadline, "the node renews its session no more"
        assert seconds_to_shake_hands(port or node.port, context) < ANSWERED_WITHIN
        assert studio.status is ChannelStatus.LIVE
        session = nodes.find(node.node_id)
        assert session is not None
        ends.add(session.expires_at)
        time.sleep(0.2)


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
@pytest.mark.parametrize("kind", sorted(FLOODS))
def test_a_flood_from_one_address_leaves_a_stream_live_and_handshakes_answered(
    node: Node, studio: Studio, on_air: OnAir, kind: str
) -> None:
    running = on_air(node, studio)
    with storm(node.port, kind):
        renew_beside(node, studio)
    assert studio.status is ChannelStatus.LIVE
    assert not [entry for entry in studio.timeline() if entry.kind == "Session Suspended"]
    running.stop()


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
@pytest.mark.parametrize("kind", sorted(TLS_FLOODS))
def test_a_flood_over_tls_leaves_a_stream_live_and_handshakes_answered(
    start_node: StartNode, studio: Studio, on_air: OnAir, tmp_path: Path, kind: str
) -> None:
    certificate, key = make_certificate(tmp_path, HOST)
    (port,) = free_ports(1)
    node = start_node(rtmps_port=port, tls_certificate=certificate, tls_private_key=key)
    running = on_air(node, studio)
    with storm(port, kind):
        renew_beside(node, studio, port, ssl.create_default_context(cafile=certificate))
    assert studio.status is ChannelStatus.LIVE
    running.stop()


@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
def test_real_ffmpeg_keeps_its_pace_beside_a_flood(node: Node, studio: Studio) -> None:
    with card(f"rtmp://{HOST}:{node.port}/live", studio.stream_key) as encoder:
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        stream_id = studio.stream().stream_id
        with storm(node.port, "empty_messages"):
            renew_beside(node, studio)
        assert encoder.running, encoder.tail()
        encoder.interrupt()
        until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
        assert encoder.exit_code(within=60) in (0, 255), encoder.tail()
    (record,) = until(lambda: node.logged("audit_record", stream_id=stream_id), "the audit line")
    assert record["reason"] == "clean_stop"
    assert "Stream Interrupted" not in studio.kinds(stream_id)


def ends(node: Node) -> list[dict[str, Any]]:
    """By the limit of work, which is counted, or of CPU time: on a slow machine that may come first."""
    limits = ("too_many_messages", "too_much_cpu")
    return [line for limit in limits for line in node.logged("audit_record", reason=limit)]


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
def test_too_much_work_ends_the_connection_with_a_reason_in_the_log(start_node: StartNode) -> None:
    """On a node of its own: the ends of earlier floods may still be on their way into another one's log."""
    node = start_node()

    for ended, kind in enumerate(("empty_messages", "empty_chunks", "chunks_of_one", "commands", "pings"), 1):
        with contextlib.suppress(OSError), socket.create_connection((HOST, node.port), timeout=10) as connection:
            connection.sendall(FLOODS[kind])
            while connection.recv(65_536):
                pass
        until(lambda: len(ends(node)) == ended, f"the reason why {kind} ended")  # noqa: B023 - called at once


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
def test_a_publisher_that_floods_is_ended_and_another_stays_live(node: Node, studio: Studio, on_air: OnAir) -> None:
    running, flooding = on_air(node, studio), Studio()
    other = on_air(node, flooding)
    stream_id = flooding.stream().stream_id
    with contextlib.suppress(OSError):
        other.socket.sendall(chunk(0, 9, b"", type_id=9, stream_id=1) + b"\xc9" * 1_000_000)
    until(
        lambda: [entry for entry in ends(node) if entry.get("stream_id") == stream_id],
        "the reason of the publisher's end",
    )
    assert studio.status is ChannelStatus.LIVE
    running.stop()


@pytest.mark.requirement("HI-1")
def test_a_node_under_a_flood_stops_when_it_is_told_to(start_node: StartNode, studio: Studio, on_air: OnAir) -> None:
    node = start_node()
    on_air(node, studio)
    with storm(node.port, "empty_messages", 64):
        until(lambda: ends(node), "the flood is felt")
        node.send(signal.SIGTERM)
        assert node.process.wait(60) == 0
    assert studio.status is ChannelStatus.OFFLINE
