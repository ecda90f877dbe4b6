"""A broadcaster for the encoder tests: a channel, its REST API, and an open dashboard."""

import contextlib
import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from local.loopback import open_url
from local.private_files import load_or_make_secrets
from tests.support import aws
from tests.support.encoders import clock
from tests.support.stack import Stack

TOKEN_LIFE_S = 3_600
# No promises: what a machine may take that runs other tests, too.
ANSWER_TIMEOUT_S = 30.0
OPEN_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Heard:
    """One WebSocket message; `at` is the wall clock when it came, in seconds."""

    at: float
    message: dict[str, Any]

    @property
    def stream_id(self) -> str:
        return str(self.message["stream_id"])


class Dashboard:
    """An open dashboard: its WebSocket, read in a thread; outdated messages are ignored as the contract requires."""

    def __init__(self, ws_url: str, token: str) -> None:
        self._heard: list[Heard] = []
        self._changed = threading.Condition()
        offered = [Subprotocol("stream-sync"), Subprotocol(f"bearer.{token}")]
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(
            connect(ws_url, subprotocols=offered, proxy=None, open_timeout=OPEN_TIMEOUT_S)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.until(lambda: self.of_type("snapshot"), "a snapshot", within=OPEN_TIMEOUT_S)

    def _read(self) -> None:
        try:
            for data in self._socket:
                with self._changed:
                    self._heard.append(Heard(time.time(), json.loads(data)))
                    self._changed.notify_all()
        except ConnectionClosed:
            return

    def close(self) -> None:
        self._open.close()
        self._reader.join(5)

    def of_type(self, kind: str) -> list[Heard]:
        """Every message of a type so far."""
        return [heard for heard in list(self._heard) if heard.message["type"] == kind]

    def statuses(self) -> list[Heard]:
        """Every status so far that says something new: of an older stream, or an older number, is none."""
        fresh: list[Heard] = []
        for heard in self.of_type("status"):
            news = (heard.stream_id, heard.message["seq"])
            if not fresh or news > (fresh[-1].stream_id, fresh[-1].message["seq"]):
                fresh.append(heard)
        return fresh

    def until(self, look: Callable[[], list[Heard]], what: str, *, within: float) -> list[Heard]:
        """What `look` finds once it finds any. Fails after `within` seconds."""
        deadline = time.monotonic() + within
        with self._changed:
            while not (found := look()):
                left = deadline - time.monotonic()
                assert left > 0, f"the dashboard did not hear {what} within {within} s"
                self._changed.wait(left)
        return found

    def until_statuses(self, *expected: str, within: float) -> list[Heard]:
        """All statuses so far, once there are as many as expected; they must be exactly these, in this order."""

        def enough() -> list[Heard]:
            statuses = self.statuses()
            return statuses if len(statuses) >= len(expected) else []

        found = self.until(enough, f"the statuses {', '.join(expected)}", within=within)
        assert [heard.message["status"] for heard in found] == list(expected)
        return found

    def until_metrics(self, after: float, *, within: float) -> Heard:
        """The first measures that came after a wall clock time."""
        return self.until(
            lambda: [heard for heard in self.of_type("metrics") if heard.at > after], "new measures", within=within
        )[0]

    def until_refused(self, code: str, *, within: float) -> Heard:
        return self.until(
            lambda: [heard for heard in self.of_type("refused") if heard.message["code"] == code],
            f"a refusal for {code}",
            within=within,
        )[0]

    def timeline(self) -> str:
        """All that was heard, for reading: runs of measures as one line."""
        lines: list[str] = []
        for heard in list(self._heard):
            shown = {k: v for k, v in heard.message.items() if v is not None and k not in ("channel", "at")}
            lines.append(f"{clock(heard.at)} (said at {heard.message.get('at')}) {shown}")
        return "\n".join(lines)


class Broadcaster:
    """One user of the stack. Every test has its own."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.stack = stack
        claims = {"sub": name, "exp": int(time.time()) + TOKEN_LIFE_S}
        secret = load_or_make_secrets(stack.settings.state_dir).jwt_secret
        self.token = jwt.encode(claims, secret, algorithm="HS256")
        self.keys: list[str] = []
        self.key_ids: list[str] = []
        self.ingest_url: str = self.call("GET", "/api/channel/credentials?reveal=true")["ingest_url"]
        self.dashboard = Dashboard(stack.ws_url, self.token)

    def close(self) -> None:
        self.dashboard.close()

    @property
    def key_id(self) -> str:
        return self.key_ids[-1]

    @property
    def key(self) -> str:
        """The stream key of now."""
        return self.keys[-1]

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One request of the API; urllib's HTTPError for a refusal."""
        data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
        request = urllib.request.Request(
            self.stack.http_url + path,
            method=method,
            data=data,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with open_url(request, timeout=ANSWER_TIMEOUT_S) as response:
            document: dict[str, Any] = json.load(response)
        if "stream_key" in document:
            self.keys.append(document["stream_key"])
            self.key_ids.append(document["key_id"])
        return document

    def channel(self) -> dict[str, Any]:
        return self.call("GET", "/api/channel")

    def expire_key(self) -> None:
        """As if its time had come: the row's expiry lies in the past."""
        aws.client(self.stack.environment(), "dynamodb").update_item(
            TableName=self._table("keys"),
            Key={"key_hash": {"S": hashlib.sha256(self.key.encode()).hexdigest()}},
            UpdateExpression="SET expires_at = :then",
            ConditionExpression="attribute_exists(key_hash)",
            ExpressionAttributeValues={":then": {"N": str(int(time.time() * 1000) - 1)}},
        )

    def timeline_of(self, stream_id: str) -> list[dict[str, Any]]:
        """The stream's stored timeline: {kind, at, facts}, in order."""
        return self._entries(stream_id)

    def refusals_at(self, node_id: str) -> list[dict[str, Any]]:
        """The audit records of publishers that this node refused and that had a key of this channel."""
        return [e["facts"] for e in self._entries(f"refused#{node_id}") if e["facts"]["key_id"] in self.key_ids]

    def _entries(self, stream_id: str) -> list[dict[str, Any]]:
        answer = aws.client(self.stack.environment(), "dynamodb").query(
            TableName=self._table("timeline"),
            KeyConditionExpression="stream_id = :id",
            ExpressionAttributeValues={":id": {"S": stream_id}},
        )
        return [
            {"kind": i["kind"]["S"], "at": int(i["at"]["N"]), "facts": json.loads(i["facts"]["S"])}
            for i in answer["Items"]
        ]

    def _table(self, name: str) -> str:
        return self.stack.environment()["STREAM_SYNC_TABLE_PREFIX"] + name
