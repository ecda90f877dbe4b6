"""What a node's health port tells load balancers and container engines, by real nodes in each condition."""

import http.client
import json
import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.store import nodes
from local.settings import HOST
from tests.integration.node.conftest import Node, StartNode
from tests.support.nodes import Node as Process
from tests.support.ports import free_ports
from tests.support.publisher import Publisher
from tests.support.stack import Emulator
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
pytestmark = pytest.mark.requirement("FX-21")


def ask(port: int, path: str, within: float = 20.0) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(HOST, port, timeout=within)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.load(answer)
    finally:
        connection.close()


def reasons(port: int) -> list[str]:
    status, body = ask(port, "/ready")
    found = [reason["code"] for reason in body["reasons"]]  # type: ignore[attr-defined]
    assert (status, body["status"]) == ((503, "not_ready") if found else (200, "ready"))
    return found


def limits(port: int) -> list[str]:
    _, body = ask(port, "/ready")
    return [reason["limit"] for reason in body["reasons"]]  # type: ignore[attr-defined]


def reports_utilization(port: int) -> bool:
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=20) as answer:
        return b"\nstream_sync_utilization_ratio " in answer.read()


def test_a_full_node_and_a_draining_node_are_not_ready_but_live(
    studio: Studio, on_air: OnAir, start_node: StartNode
) -> None:
    (port,) = free_ports(1)
    node = start_node(health_port=port, capacity=1)
    assert reasons(port) == []
    publisher = on_air(node, studio)
    assert reasons(port) == ["full"]
    assert limits(port) == ["publishers"]
    assert nodes.set_draining(node.node_id, True)
    until(lambda: reasons(port) == ["draining", "full"], "it drains")
    publisher.stop()
    until(lambda: reasons(port) == ["draining"], "its place is free")
    assert not reports_utilization(port), "the others are not to look less used while it empties"
    assert ask(port, "/live")[0] == ask(port, "/started")[0] == 200, "neither to be killed nor to be left by viewers"
    assert nodes.set_draining(node.node_id, False)
    until(lambda: reasons(port) == [], "it is undrained")
    assert reports_utilization(port)


# What a Network Load Balancer sends before the request of a health check: version 2, LOCAL, with TLVs (84 bytes).
PROXY_HEADER = bytes.fromhex("0d0a0d0a000d0a515549540a 2011 0054 030004bce5951f 04004a") + bytes(74)
REQUEST = b"GET /ready HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"


def answer_to(port: int, *pieces: bytes) -> bytes:
    with socket.create_connection((HOST, port), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_load_balancers_check_has_a_proxy_header_before_its_request(start_node: StartNode) -> None:
    (port,) = free_ports(1)
    start_node(health_port=port)
    for pieces in (
        [PROXY_HEADER + REQUEST],
        [PROXY_HEADER, REQUEST],
        [bytes((byte,)) for byte in PROXY_HEADER + REQUEST],
        [REQUEST],
    ):
        assert answer_to(port, *pieces).startswith(b"HTTP/1.1 200 "), pieces
    assert answer_to(port, PROXY_HEADER[:12] + b"\xff" + PROXY_HEADER[13:]) == b"", "no version that there is"


def test_a_node_that_waits_for_its_database_is_starting_and_live(cloud: Emulator, tmp_path: Path) -> None:
    port, nobody = free_ports(2)
    env = cloud.env | {"AWS_ENDPOINT_URL": f"http://{HOST}:{nobody}"}
    node = Process(env, tmp_path / "node.log", health_port=port)
    try:
        until(lambda: node.logged("database_awaited"), "it waits", 90)
        assert reasons(port) == ["starting"]
        assert (ask(port, "/started")[0], ask(port, "/live")[0]) == (503, 200)
    finally:
        node.end()


def test_a_node_without_its_database_is_not_ready_until_it_is_back(own_cloud: Emulator, start_node: StartNode) -> None:
    (port,) = free_ports(1)
    start_node(own_cloud.env, health_port=port)
    own_cloud.process.send_signal(signal.SIGSTOP)
    try:
        until(lambda: reasons(port) == ["database_unreachable"], "its session is in doubt", 30)
        assert ask(port, "/live")[0] == 200
    finally:
        own_cloud.process.send_signal(signal.SIGCONT)
    until(lambda: reasons(port) == [], "it has renewed its session", 45)


@pytest.mark.requirement("HI-3")
def test_a_frozen_event_loop_answers_no_check(start_node: StartNode) -> None:
    (port,) = free_ports(1)
    node = start_node(module="tests.support.disturbed_node", block_seconds=60, health_port=port)
    assert ask(port, "/live")[0] == 200
    node.send(signal.SIGUSR1)

    def is_silent() -> bool:
        try:
            ask(port, "/live", within=0.5)
        except TimeoutError:
            return True
        return False

    until(is_silent, "it does not answer")
