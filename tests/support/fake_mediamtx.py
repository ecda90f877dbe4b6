"""MediaMTX's control API (v3) as its clients see it: paged lists, look-ups and kicks by kind, JSON errors, HTTP Basic.

Shapes are those of MediaMTX 1.20: `ready` and `available` side by side, `source` null where nobody publishes. What real
servers do besides: connections that are there before their path is, readers, a crash that forgets all of them, answers
that redirect or never come, and routes of a listener that is off (404 without a body).
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
from urllib.parse import parse_qs, unquote, urlsplit

KINDS = {
    "rtmpconns": "rtmpConn",
    "rtmpsconns": "rtmpsConn",
    "rtspsessions": "rtspSession",
    "rtspssessions": "rtspsSession",
    "srtconns": "srtConn",
    "webrtcsessions": "webRTCSession",
    "moqsessions": "moqSession",
}
LOOKED_UP_ONLY = {"rtspconns": "rtspConn", "rtspsconns": "rtspsConn"}
READERS_ONLY = {"hlssessions": "hlsSession"}

HANGS_UP, NEVER_ANSWERS = 0, -1  # for `failures`, beside statuses

H264_AND_AAC: list[dict[str, Any]] = [
    {"codec": "H264", "codecProps": {"width": 1920, "height": 1080, "profile": "High", "level": "4.1"}},
    {"codec": "MPEG-4 Audio", "codecProps": {"sampleRate": 48000, "channelCount": 2}},
]


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
    connected: list[Published] = field(default_factory=list)  # those too that publish nothing yet
    readers: dict[str, list[Published]] = field(default_factory=dict)  # by path
    requests: list[str] = field(default_factory=list)
    kicked: list[str] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)  # of the next answers
    password: str | None = None
    on_kick: Callable[[str, Published], None] | None = None
    old: bool = False  # before 1.19.3: no `available`, no `tracks2`, no `inboundBytes`
    off: set[str] = field(default_factory=set)  # collections whose listener is off
    redirect_to: str | None = None
    authorize: Callable[[str, str], bool] | None = None  # by user and password, as `authHTTPAddress` is asked
    path_manager: threading.Lock = field(default_factory=threading.Lock)  # held while a publisher waits for its answer
    tracks: list[dict[str, Any]] = field(default_factory=lambda: list(H264_AND_AAC))
    bytes_in: int = 1000
    stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def connect(self, kind: str, connection_id: str | None = None) -> Published:
        """A connection that asks, and may publish later."""
        connection = Published(kind, connection_id or str(uuid.uuid4()))
        self.connected.append(connection)
        return connection

    def publish(self, path: str, kind: str = "rtmpConn", source_id: str | None = None) -> Published:
        published = self.connect(kind, source_id)
        self.paths[path] = published
        return published

    def read(self, path: str, kind: str) -> Published:
        reader = self.connect(kind)
        self.readers.setdefault(path, []).append(reader)
        return reader

    def unpublish(self, path: str) -> None:
        source = self.paths.pop(path, None)
        if source is not None:
            self.disconnect(source)

    def disconnect(self, connection: Published) -> None:
        self.connected = [one for one in self.connected if one is not connection]

    def crash(self) -> None:
        """It starts again, and has none of its connections any more."""
        self.paths.clear()
        self.connected.clear()
        self.readers.clear()

    def page(self, number: int, per_page: int) -> dict[str, Any]:
        names = sorted(self.paths)
        shown = names[number * per_page : (number + 1) * per_page]
        return {
            "itemCount": len(names),
            "pageCount": math.ceil(len(names) / per_page),
            "items": [self.item(name) for name in shown],
        }

    def item(self, name: str) -> dict[str, Any]:
        source = self.paths[name]
        live = source is not None
        item = {
            "name": name,
            "confName": "all_others",
            "source": {"type": source.type, "id": source.id} if source else None,
            "ready": live,
            "readyTime": "2025-06-01T12:00:00Z" if live else None,
            "tracks": [track["codec"] for track in self.tracks] if live else [],
            "bytesReceived": self.bytes_in,
            "bytesSent": 0,
            "readers": [{"type": reader.type, "id": reader.id} for reader in self.readers.get(name, [])],
        }
        new = {
            "available": live,
            "availableTime": item["readyTime"],
            "online": live,
            "tracks2": self.tracks if live else [],
            "inboundBytes": self.bytes_in,
        }
        return item if self.old else item | new

    def has(self, kind: str, connection_id: str) -> bool:
        return any((one.type, one.id) == (kind, connection_id) for one in self.connected)

    def kick(self, kind: str, source_id: str) -> bool:
        """False if there is no such connection."""
        with self._lock:
            if not self.has(kind, source_id):
                return False
            self.kicked.append(source_id)
            self.connected = [one for one in self.connected if (one.type, one.id) != (kind, source_id)]
            for readers in self.readers.values():
                readers[:] = [one for one in readers if one.id != source_id]
            closed = [(path, one) for path, one in self.paths.items() if one is not None and one.id == source_id]
            for path, _ in closed:
                del self.paths[path]
        for path, source in closed:
            if self.on_kick is not None:
                self.on_kick(path, source)
        return True


class _Handler(BaseHTTPRequestHandler):
    fake: FakeMediaMtx

    def do_GET(self) -> None:
        if self._begun():
            return
        url = urlsplit(self.path)
        connection = re.fullmatch(r"/v3/(\w+)/get/([^/]+)", url.path)
        if url.path == "/v3/paths/list":
            with self.fake.path_manager:
                self._list({name: values[0] for name, values in parse_qs(url.query).items()})
        elif url.path.startswith("/v3/paths/get/"):
            name = unquote(url.path.removeprefix("/v3/paths/get/"))
            with self.fake.path_manager:
                self._found(self.fake.item(name) if name in self.fake.paths else None, "path not found")
        elif connection is not None and (kind := self._kind(connection[1], KINDS | LOOKED_UP_ONLY | READERS_ONLY)):
            found = self.fake.has(kind, connection[2])
            self._found({"id": connection[2], "state": "publish"} if found else None, "connection not found")
        else:
            self._no_route()

    def do_POST(self) -> None:
        if self._begun():
            return
        match = re.fullmatch(r"/v3/(\w+)/kick/([^/]+)", self.path)
        kind = self._kind(match[1], KINDS | READERS_ONLY) if match is not None else None
        if match is None or kind is None:
            self._no_route()
        else:
            self._found({"status": "ok"} if self.fake.kick(kind, match[2]) else None, "connection not found")

    def _kind(self, collection: str, kinds: dict[str, str]) -> str | None:
        return kinds.get(collection) if collection not in self.fake.off else None

    def _list(self, query: dict[str, str]) -> None:
        try:
            page, per_page = int(query.get("page", "0")), int(query.get("itemsPerPage", "100"))
        except ValueError:
            self._answer(400, {"error": "invalid page"})
            return
        self._answer(200, self.fake.page(page, per_page))

    def _begun(self) -> bool:
        """Notes the request; True if it was answered, or left without an answer, by what went wrong."""
        fake = self.fake
        fake.requests.append(f"{self.command} {self.path}")
        if fake.redirect_to is not None:
            self.send_response(307)
            self.send_header("Location", fake.redirect_to + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return True
        if fake.failures:
            status = fake.failures.pop(0)
            if status == NEVER_ANSWERS:
                fake.stopped.wait(30)
            if status in (HANGS_UP, NEVER_ANSWERS):
                self.close_connection = True
            else:
                self._answer(status, {"status": "error", "error": "it does not work just now"})
            return True
        if fake.password is not None:
            wanted = "Basic " + base64.b64encode(f"stream-sync:{fake.password}".encode()).decode()
            if self.headers.get("Authorization") != wanted:
                self._answer(401, {"status": "error", "error": "authentication error"})
                return True
        if fake.authorize is not None:
            basic = self.headers.get("Authorization", "").removeprefix("Basic ")
            user, _, password = base64.b64decode(basic).decode().partition(":")
            if not fake.authorize(user, password):
                self._answer(401, {"status": "error", "error": "authentication error"})
                return True
        return False

    def _found(self, body: dict[str, Any] | None, otherwise: str) -> None:
        self._answer(200, body) if body is not None else self._answer(404, {"status": "error", "error": otherwise})

    def _no_route(self) -> None:
        """What the router answers by itself: nothing of a listener that is off, nor of a route that never was."""
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

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
        fake.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
