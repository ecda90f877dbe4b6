"""Cheap pieces in great number, from many connections of one address, beside a publisher on the same event loop."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.streams import ChannelStatus
from local.children import die_with
from local.settings import HOST, ROOT
from tests.integration.node.conftest import Node, StartNode
from tests.support.publisher import Publisher
from tests.support.rtmp_peer import RtmpPeer, chunk
from tests.support.storm import FLOODS
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]

CONNECTIONS = 256  # as many as one address may have
FOR = 7.0  # seconds: longer than the node's session lasts without a renewal
ANSWERED_WITHIN = 5.0  # seconds; how fast it really is, the benchmark says (make bench-hostile)


@contextlib.contextmanager
def storm(port: int, kind: str, connections: int = CONNECTIONS) -> Iterator[None]:
    """Connections that send hostile pieces, and come back as soon as they are ended, while it lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.storm", str(port), kind, str(connections)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=die_with(os.getpid()),
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"open\n"
        yield
    finally:
        process.kill()
        process.wait(10)


def seconds_to_shake_hands(port: int) -> float:
    peer = RtmpPeer()
    began = time.monotonic()
    with socket.create_connection((HOST, port), timeout=10) as connection:
        connection.sendall(peer.hello())
        while not peer.handshake_answered:
            data = connection.recv(65_536)
            assert data, "closed instead of answered"
            peer.receive_data(data)
    return time.monotonic() - began


@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
@pytest.mark.parametrize("kind", sorted(FLOODS))
def test_a_flood_from_one_address_leaves_a_stream_live_and_handshakes_answered(
    node: Node, studio: Studio, on_air: OnAir, kind: str
) -> None:
    running = on_air(node, studio)
    waits = []
    with storm(node.port, kind):
        until_ = time.monotonic() + FOR
        while time.monotonic() < until_:
            waits.append(seconds_to_shake_hands(node.port))
            assert studio.status is ChannelStatus.LIVE
            time.sleep(0.2)
    assert max(waits) < ANSWERED_WITHIN
    assert studio.status is ChannelStatus.LIVE
    assert not [entry for entry in studio.timeline() if entry.kind == "Session Suspended"]
    running.stop()


@pytest.mark.requirement("HI-2")
def test_too_much_work_ends_the_connection_with_a_reason_in_the_log(node: Node) -> None:
    def reasons(code: str) -> int:
        return len(node.logged("audit_record", reason=code))

    known = reasons("too_many_messages")
    for kind in ("empty_messages", "empty_chunks", "chunks_of_one", "commands", "pings"):
        with contextlib.suppress(OSError), socket.create_connection((HOST, node.port), timeout=10) as connection:
            connection.sendall(FLOODS[kind])
            while connection.recv(65_536):
                pass
        known += 1
        until(lambda: reasons("too_many_messages") == known, f"the reason why {kind} ended")  # noqa: B023 - called at once


@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
def test_a_publisher_that_floods_is_ended_and_another_stays_live(node: Node, studio: Studio, on_air: OnAir) -> None:
    running = on_air(node, studio)
    other = on_air(node, Studio())
    with contextlib.suppress(OSError):
        other.socket.sendall(chunk(0, 9, b"", type_id=9, stream_id=1) + b"\xc9" * 1_000_000)
    until(
        lambda: [entry for entry in node.logged("audit_record", reason="too_many_messages") if "stream_id" in entry],
        "the reason of the publisher's end",
    )
    assert studio.status is ChannelStatus.LIVE
    running.stop()


@pytest.mark.requirement("HI-1")
def test_a_node_under_a_flood_stops_when_it_is_told_to(start_node: StartNode, studio: Studio, on_air: OnAir) -> None:
    node = start_node()
    on_air(node, studio)
    with storm(node.port, "empty_messages", 64):
        time.sleep(1)
        node.send(signal.SIGTERM)
        assert node.process.wait(20) == 0
    assert studio.status is ChannelStatus.OFFLINE
