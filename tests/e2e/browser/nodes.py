"""Ingest nodes of the stack beside its own one."""

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.loopback import open_url
from tests.support.nodes import Node
from tests.support.stack import Stack

ORDERED_WITHIN_S = 60.0


@contextlib.contextmanager
def running_node(stack: Stack, folder: Path, **settings: object) -> Iterator[Node]:
    node = Node(stack.environment(), folder / "second-node.log", **settings)
    try:
        yield node.listening()
    finally:
        node.end()


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
    with open_url(request, timeout=30) as answer:
        document: dict[str, Any] = json.load(answer)
        return document


def _expiry(listed: dict[str, Any], node: Node) -> str:
    (found,) = [each for each in listed["nodes"] if each["node_id"] == node.node_id]
    return str(found["session_expires_at"])
