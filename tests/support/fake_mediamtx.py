"""MediaMTX's control API (v3) as its clients see it: paged lists, kicks by kind, JSON errors, HTTP Basic.

Shapes are those of MediaMTX 1.19: `ready` and `available` side by side, `source` null where nobody publishes.
"""

import base64
import json
import math
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = {
    "rtmpconns": "rtmpConn",
    "rtmpsconns": "rtmpsConn",
    "rtspsessions": "rtspSession",
    "rtspssessions": "rtspsSession",
    "srtconns": "srtConn",
    "webrtcsessions": "webRTCSession",
}


@dataclass
class Published:
    """Who sends to a path."""

    type: str
    id: str


@dataclass
class FakeMediaMtx:
    """`paths` is what it serves. `on_kick` is told of each connection that it closes, as its own hooks would be."""

    url: str = ""
    paths: dict[str, Published | None] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    kicked: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)  # statuses of the next answers; 0 hangs up without one
    password: str | None = None
    on_kick: Callable[[str, Published], None] | None = None
    old: bool = False  # before 1.19.3: no `available`
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, path: str, kind: str = "rtmpConn", source_id: str | None = None) -> Published:
        published = Published(kind, source_id or str(uuid.uuid4()))
        self.paths[path] = published
        return published

    def unpublish(self, path: str) -> None:
        self.paths.pop(path, None)

    def page(self, number: int, per_page: int) -> dict[str, Any]:
        names = sorted(self.paths)
        shown = names[number * per_page : (number + 1) * per_page]
        return {
            "itemCount": len(names),
            "pageCount": math.ceil(len(names) / per_page),
            "items": [self._item(name, self.paths[name]) for name in shown],
        }

    def _item(self, name: str, source: Published | None) -> dict[str, Any]:
        live = source is not None
        item = {
            "name": name,
            "confName": "all_others",
            "source": {"type": source.type, "id": source.id} if source else None,
            "ready": live,
            "readyTime": "2025-06-01T12:00:00Z" if live else None,
            "tracks": ["H264", "MPEG-4 Audio"] if live else [],
            "bytesReceived": 1000,
            "bytesSent": 0,
            "readers": [],
        }
        return item if self.old else item | {"available": live, "availableTime": item["readyTime"], "online": live}

    def kick(self, kind: str, source_id: str) -> bool:
        """False if there is no such connection."""
        with self._lock:
            for path, source in list(self.paths.items()):
                if source is not None and (source.type, source.id) == (KINDS[kind], source_id):
                    del self.paths[path]
                    self.kicked.append(source_id)
                    break
            else:
                return False
        if self.on_kick is not None:
            self.on_kick(path, source)
        return True


class _Handler(BaseHTTPRequestHandler):
    fake: FakeMediaMtx

    def do_GET(self) -> None:
        if self._begun():
            return
        url = urlsplit(self.path)
        if url.path != "/v3/paths/list":
            self._answer(404, {"error": "not found"})
            return
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            page, per_page = int(query.get("page", "0")), int(query.get("itemsPerPage", "100"))
        except ValueError:
            self._answer(400, {"error": "invalid page"})
            return
        self._answer(200, self.fake.page(page, per_page))

    def do_POST(self) -> None:
        if self._begun():
            return
        match = re.fullmatch(r"/v3/(\w+)/kick/([^/]+)", self.path)
        if match is None or match[1] not in KINDS or not self.fake.kick(match[1], match[2]):
            self._answer(404, {"error": "not found"})
        else:
            self._answer(200, {"status": "ok"})

    def _begun(self) -> bool:
        """Notes the request; True if it was answered, or left without an answer, by what went wrong."""
        fake = self.fake
        fake.requests.append(f"{self.command} {self.path}")
        if fake.failures:
            status = fake.failures.pop(0)
            if status:
                self._answer(status, {"error": "it does not work just now"})
            else:
                self.close_connection = True
            return True
        if fake.password is not None:
            wanted = "Basic " + base64.b64encode(f"stream-sync:{fake.password}".encode()).decode()
            if self.headers.get("Authorization") != wanted:
                self._answer(401, {"error": "authentication error"})
                return True
        return False

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet."""


@contextmanager
def running_mediamtx() -> Iterator[FakeMediaMtx]:
    fake = FakeMediaMtx()
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
