"""Ingest nodes that a test may kill, freeze or drain."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.settings import HOST, ROOT
from tests.support.ports import free_ports
from tests.support.stack import Stack

START_TIMEOUT_S = 30.0
ORDERED_WITHIN_S = 15.0

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Node:
    """An ingest node of the test's own."""

    node_id: str
    process: subprocess.Popen[bytes]
    port: int


@contextlib.contextmanager
def running_node(stack: Stack, folder: Path) -> Iterator[Node]:
    """Beside the stack's own one."""
    (port,) = free_ports(1)
    node_id = f"second-{port}"
    environment = stack.environment() | {
        "STREAM_SYNC_NODE_ID": node_id,
        "STREAM_SYNC_RTMP_PORT": str(port),
        "STREAM_SYNC_ADDRESS": f"{HOST}:{port}",
    }
    log = folder / "second-node.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest_container"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield Node(node_id, process, port)
    finally:
        process.kill()
        process.wait()


def drain(stack: Stack, node: Node) -> None:
    """Returns when the node knows: the order rides on the answer to its renewal, so the one after that tells of it."""
    seen = {_expiry(_call(stack, f"/api/admin/nodes/{node.node_id}/drain", "POST"), node)}
    deadline = time.monotonic() + ORDERED_WITHIN_S
    while len(seen) < 3:
        assert time.monotonic() < deadline, "the node renews no more"
        time.sleep(0.1)
        seen.add(_expiry(_call(stack, "/api/admin/nodes"), node))


def _call(stack: Stack, path: str, method: str = "GET") -> dict[str, Any]:
    request = urllib.request.Request(stack.http_url + path, method=method, headers={"X-Api-Key": stack.admin_secret})
    with _opener.open(request, timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
        return document


def _expiry(listed: dict[str, Any], node: Node) -> str:
    (found,) = [each for each in listed["nodes"] if each["node_id"] == node.node_id]
    return str(found["session_expires_at"])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
