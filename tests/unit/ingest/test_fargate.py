"""The task metadata endpoint, answered by a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ingest_container.node.fargate import METADATA_VARIABLE, Task, this_task

ANSWERS: dict[str, bytes] = {
    "/good/task": json.dumps(
        {
            "TaskARN": "arn:aws:ecs:us-east-1:111122223333:task/stream-sync/158d1c8083dd49d6b527399fd6414f5c",
            "Family": "stream-sync-dev-ingest",
            "Revision": "7",
            "Containers": [{"Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.0.1.23"]}]}],
        }
    ).encode(),
    "/odd/task": b"[]",
    "/broken/task": b"{",
}


class Agent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = ANSWERS.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        return


@pytest.fixture(scope="module")
def agent() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Agent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_node_is_named_after_its_task(agent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(METADATA_VARIABLE, f"{agent}/good")
    assert this_task() == Task("158d1c8083dd49d6b527399fd6414f5c", "10.0.1.23", "stream-sync-dev-ingest:7")


@pytest.mark.parametrize("path", ["odd", "broken", "missing"])
def test_an_agent_that_answers_nonsense_is_no_task(agent: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(METADATA_VARIABLE, f"{agent}/{path}")
    assert this_task() is None


def test_outside_ecs_there_is_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(METADATA_VARIABLE, raising=False)
    assert this_task() is None
