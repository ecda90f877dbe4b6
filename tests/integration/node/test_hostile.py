"""Many connections that mean no good, and an honest publisher among them."""

import contextlib
import itertools
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.streams import ChannelStatus
from chalicelib.domain.timeline import refused_at
from chalicelib.store import timeline
from ingest_container.net.gatekeeper import FREE_FAILURES, LONGEST_PAUSE
from ingest_container.rtmp.messages import SET_CHUNK_SIZE, word
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.attacks import half_open
from tests.support.publisher import STARTED, Publisher
from tests.support.rtmp_peer import RtmpPeer, chunk, message
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]

HALF_OPEN = 5_000
MEASURED = 9  # publishes of which the median counts
MORE_AT_MOST = 0.100  # seconds


def seconds_to_start(node: Node, studio: Studio) -> float:
    """From connect to NetStream.Publish.Start."""
    began = time.monotonic()
    publisher = Publisher(node.port, studio.stream_key)
    assert publisher.publish() == STARTED
    took = time.monotonic() - began
    publisher.stop()
    return took


@pytest.mark.serial
@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
def test_five_thousand_half_open_handshakes_do_not_delay_a_publisher(
    start_node: StartNode, studio: Studio, on_air: OnAir, record_property: Callable[[str, object], None]
) -> None:
    node = start_node(max_unauthenticated=HALF_OPEN + 100)
    running = on_air(node, studio)
    studios = [Studio() for _ in range(MEASURED)]
    seconds_to_start(node, Studio())
    before = statistics.median(seconds_to_start(node, each) for each in studios)
    with half_open(node.port, HALF_OPEN):
        # Their handshakes have 10 s; all that is measured lies within.
        meanwhile = statistics.median(seconds_to_start(node, each) for each in studios)
    record_property("publish_start_s", {"alone": before, "with_half_open": meanwhile})
    assert meanwhile - before < MORE_AT_MOST
    assert studio.status is ChannelStatus.LIVE
    running.stop()


def test_of_too_many_unauthenticated_connections_the_oldest_are_evicted_and_a_publisher_gets_in(
    start_node: StartNode, studio: Studio, on_air: OnAir
) -> None:
    node = start_node(max_unauthenticated=50)
    began = time.monotonic()
    with half_open(node.port, 120):
        running = on_air(node, studio)
        until(lambda: evicted(node) >= 70, "what was evicted is told")
        most = 3 + (time.monotonic() - began) / 5
        assert len(node.logged("connections_rejected")) <= most, "a line every five seconds, about all of them"
        assert studio.status is ChannelStatus.LIVE
    running.stop()


def evicted(node: Node) -> int:
    return sum(line["reasons"].get("evicted", 0) for line in node.logged("connections_rejected"))


MIB = 1024 * 1024


def unfinished(size: int) -> bytes:
    """All but the last byte of a message that no encoder sends."""
    return chunk(0, 9, bytes(size - 1), length=size, type_id=99, stream_id=1)


@pytest.mark.requirement("HI-1")
@pytest.mark.requirement("SS-5.1")
def test_messages_that_are_never_finished_do_not_fill_the_nodes_memory(
    start_node: StartNode, studio: Studio, on_air: OnAir
) -> None:
    node = start_node(max_unfinished_mib=16)
    running = on_air(node, studio)
    began = time.monotonic()
    with contextlib.ExitStack() as closing:
        for _ in range(100):
            anonymous = closing.enter_context(socket.create_connection((HOST, node.port), timeout=60))
            peer = RtmpPeer()
            anonymous.sendall(peer.hello() + peer.finish_handshake() + peer.connect())
            anonymous.sendall(message(2, SET_CHUNK_SIZE, word(MIB)) + unfinished(240_000))
        # A hundred would hold 24 MB.
        least = (24_000_000 - 16 * MIB) // 240_000
        until(lambda: sum(line["closed"] for line in node.logged("memory_limit_reached")) >= least, "it is told")
    lines = node.logged("memory_limit_reached")
    assert sum(line["closed"] for line in lines) <= 24_000_000 // 240_000
    assert len(lines) <= 3 + (time.monotonic() - began) / 5, "a line every five seconds, about all of them"
    assert all(line["held_bytes"] <= 16 * MIB for line in lines)
    assert studio.status is ChannelStatus.LIVE
    running.stop()


@pytest.mark.requirement("HI-1")
@pytest.mark.requirement("SS-5.1")
def test_of_publishers_the_one_that_holds_most_is_ended_with_a_reason(
    start_node: StartNode, studio: Studio, on_air: OnAir
) -> None:
    node = start_node(max_unfinished_mib=16)
    running = on_air(node, studio)
    greedy = []
    for size in (7 * MIB, 8 * MIB, 6 * MIB):
        greedy.append(Studio())
        publisher = on_air(node, greedy[-1])
        publisher.fall_silent()
        with contextlib.suppress(OSError):
            publisher.socket.sendall(message(2, SET_CHUNK_SIZE, word(8 * MIB)) + unfinished(size))
    (ended,) = until(lambda: node.logged("audit_record", reason="too_much_memory"), "its end")
    assert ended["stream_id"] == greedy[1].stream().stream_id
    assert studio.status is ChannelStatus.LIVE
    running.stop()


def through_proxy(node: Node, address: str) -> socket.socket:
    """A connection that the load balancer made for this client."""
    connection = socket.create_connection((HOST, node.port), timeout=60)
    connection.sendall(f"PROXY TCP4 {address} 10.0.0.1 40000 1935\r\n".encode())
    return connection


def refused_after(node: Node, address: str) -> float:
    """Seconds until a publisher at this address is told that its key is not known."""
    peer = RtmpPeer(key="A" * 40)
    with through_proxy(node, address) as connection:
        began = time.monotonic()
        connection.sendall(peer.open())
        while peer.status() is None:
            peer.receive_data(connection.recv(65_536))
        assert peer.status() == "NetStream.Publish.Denied"
        return time.monotonic() - began


@pytest.mark.requirement("SS-2.2")
def test_who_guesses_keys_waits_longer_each_time_and_others_do_not(start_node: StartNode) -> None:
    node = start_node(proxy_networks="127.0.0.0/8")
    for _ in range(FREE_FAILURES):
        refused_after(node, "203.0.113.7")
    assert refused_after(node, "203.0.113.7") >= 0.5
    assert refused_after(node, "203.0.113.7") >= 1.0
    assert refused_after(node, "203.0.113.7") >= 2.0
    assert refused_after(node, "203.0.113.7") >= 4.0
    assert refused_after(node, "203.0.113.8") < LONGEST_PAUSE, "what the other one would have to wait now"
    assert len(node.logged("publisher_refused", code="key_unknown", client_ip="203.0.113.7")) == FREE_FAILURES + 4


@contextlib.contextmanager
def wrong_keys(node: Node, threads: int) -> Iterator[None]:
    """As many as so many threads can show while it lasts, each from an address of its own."""
    numbers, stopping = itertools.count(), threading.Event()

    def show() -> None:
        while not stopping.is_set():
            number = next(numbers)
            source = f"127.9.{number // 250 % 250}.{number % 250 + 1}"
            with contextlib.suppress(OSError):
                publisher = Publisher(node.port, f"{number:040}", source=source)
                publisher.publish()
                publisher.socket.close()

    showing = [threading.Thread(target=show, daemon=True) for _ in range(threads)]
    for thread in showing:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in showing:
            thread.join(10)


@pytest.mark.requirement("HI-5")
@pytest.mark.requirement("SS-5.3")
def test_wrong_keys_neither_delay_nor_drop_what_a_stream_has_to_record(
    start_node: StartNode, studio: Studio, on_air: OnAir
) -> None:
    node = start_node()
    with wrong_keys(node, 8):
        until(lambda: node.logged("refusals_summary"), "more are refused than are recorded")
        publisher = on_air(node, studio)
        stream_id = studio.stream().stream_id
        publisher.stop()
        expected = {"Session Created", "Stream Start", "Stream End", "connection"}
        until(lambda: set(studio.kinds(stream_id)) == expected, "all its records")
    kept = timeline.of_stream(refused_at(node.node_id))
    summaries = [entry for entry in kept if entry.kind == "refusals"]
    assert summaries[0].facts["reasons"]["key_unknown"] > len(kept)


def test_one_address_behind_the_load_balancer_has_its_share(start_node: StartNode) -> None:
    node = start_node(proxy_networks="127.0.0.0/8", max_connections_per_address=3)
    with contextlib.ExitStack() as ending:
        for _ in range(3):
            kept = ending.enter_context(through_proxy(node, "203.0.113.7"))
            kept.sendall(RtmpPeer().hello())
            assert kept.recv(1)
        fourth = ending.enter_context(through_proxy(node, "203.0.113.7"))
        with contextlib.suppress(ConnectionResetError):
            assert fourth.recv(1) == b"", "closed"
        other = ending.enter_context(through_proxy(node, "203.0.113.8"))
        other.sendall(RtmpPeer().hello())
        assert other.recv(1)


@pytest.mark.requirement("FX-23")
@pytest.mark.requirement("HI-2")
@pytest.mark.requirement("SS-5.1")
def test_slow_loris_has_no_more_time_than_anybody(node: Node, studio: Studio, on_air: OnAir) -> None:
    """A byte now and then moves no deadline."""
    running = on_air(node, studio)
    hello = RtmpPeer().hello()
    over = threading.Event()
    began = time.monotonic()
    with socket.create_connection((HOST, node.port), timeout=60) as connection:

        def drip() -> None:
            with contextlib.suppress(OSError):
                for byte in hello:
                    connection.sendall(bytes((byte,)))
                    if over.wait(0.25):
                        return

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(1) == b""
        took = time.monotonic() - began
        over.set()
        dripping.join()
    assert 9 < took < 60, "all of them would take six minutes"
    until(lambda: node.logged("audit_record", reason="handshake_timeout"), "the reason in the log")
    assert studio.status is ChannelStatus.LIVE
    running.stop()
