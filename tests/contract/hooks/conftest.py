"""A running stack, media servers that call it as the real ones do, and broadcasters whose dashboards are open."""

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from local.loopback import open_url
from local.private_files import load_or_make_secrets
from tests.support.broadcaster import Broadcaster
from tests.support.stack import Stack

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """Of problem details."""
        assert self.headers["Content-Type"] == "application/problem+json"
        return str(self.json["code"])


@dataclass(frozen=True)
class Hooks:
    """A media server's side. Every answer is kept, so that a test can look for keys in them."""

    url: str
    secret: str = field(repr=False)
    answers: list[Answer] = field(default_factory=list)

    def post(self, path: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> Answer:
        request = urllib.request.Request(
            self.url + path, data=body, headers={"Content-Type": content_type, **(headers or {})}
        )
        try:
            with open_url(request, timeout=15) as response:
                answer = Answer(response.status, dict(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                answer = Answer(error.code, dict(error.headers), error.read().decode())
        self.answers.append(answer)
        return answer

    @property
    def _header(self) -> dict[str, str]:
        return {"X-Hook-Secret": self.secret}

    def form(self, path: str, fields: list[tuple[str, str]] | dict[str, str]) -> Answer:
        return self.post(path, urlencode(fields).encode(), FORM, self._header)

    # --- as each server does it ----------------------------------------------------------------------------------

    def mediamtx_auth(self, **changes: Any) -> Answer:
        """MediaMTX 1.19: HTTP Basic from the user and password in `authHTTPAddress`."""
        body = {
            "ip": "192.0.2.7",
            "user": "",
            "password": "",
            "token": "",
            "action": "publish",
            "path": "",
            "protocol": "rtmp",
            "id": str(uuid.uuid4()),
            "query": "",
            "userAgent": "FMLE/3.0 (compatible; FMSc/1.0)",
        }
        basic = base64.b64encode(f"mediamtx:{self.secret}".encode()).decode()
        return self.post(
            "/hooks/mediamtx/auth",
            json.dumps(body | changes).encode(),
            "application/json",
            {"Authorization": f"Basic {basic}"},
        )

    def mediamtx_change(self, change: str, path: str, source_id: str, source_type: str = "rtmpConn") -> Answer:
        """What curl sends from runOnReady and its kin."""
        fields = {"path": path, "source_type": source_type, "source_id": source_id}
        return self.form(f"/hooks/mediamtx/{change}", fields)

    def srs(self, action: str, **fields: Any) -> Answer:
        """SRS 5 and later: no headers of its own, so the secret is in the URL's query."""
        body = {
            "server_id": "vid-0xk989d",
            "service_id": "382k82i7",
            "action": action,
            "client_id": "341w361a",
            "ip": "192.0.2.7",
            "vhost": "__defaultVhost__",
            "app": "live",
            "tcUrl": "rtmp://127.0.0.1/live",
            "stream": "",
            "param": "",
            "stream_url": "/live/livestream",
            "stream_id": "vid-124q9y3",
        }
        return self.post(f"/hooks/srs?secret={self.secret}", json.dumps(body | fields).encode(), "application/json")

    def nginx(self, call: str, clientid: str, name: str, args: list[tuple[str, str]] | None = None) -> Answer:
        """nginx-rtmp 1.2: its own fields first, the publisher's after them."""
        fields = [
            ("app", "live"),
            ("flashver", "FMLE/3.0 (compatible; FMSc/1.0)"),
            ("swfurl", "rtmp://127.0.0.1/live"),
            ("tcurl", "rtmp://127.0.0.1/live"),
            ("pageurl", ""),
            ("addr", "192.0.2.7"),
            ("clientid", clientid),
            ("call", {"update": "update_publish"}.get(call, call)),
            ("name", name),
            ("type", "live"),
        ]
        return self.form(f"/hooks/nginx-rtmp/{call}", fields + (args or []))

    def ome(self, url: str, port: int, *, status: str = "opening", direction: str = "incoming", **more: Any) -> Answer:
        """OvenMediaEngine: the body signed with the secret."""
        client = {"address": "192.0.2.7", "port": port, "real_ip": "192.0.2.7", "user_agent": "OBS"}
        request = {
            "direction": direction,
            "protocol": "rtmp",
            "status": status,
            "url": url,
            "time": "2025-06-01T12:00:00.000Z",
        }
        body = json.dumps({"client": client, "request": request | more}).encode()
        signature = base64.urlsafe_b64encode(hmac.new(self.secret.encode(), body, hashlib.sha1).digest()).decode()
        return self.post("/hooks/ome", body, "application/json", {"X-OME-Signature": signature.rstrip("=")})


@pytest.fixture
def hooks(stack: Stack) -> Hooks:
    return Hooks(stack.http_url, load_or_make_secrets(stack.settings.state_dir).hook_secret)


@pytest.fixture
def broadcaster(stack: Stack, hooks: Hooks) -> Iterator[Broadcaster]:
    """No answer and no log may hold the key in the end."""
    user = Broadcaster(stack, f"hooks-{uuid.uuid4()}")
    yield user
    user.close()
    logs = stack.logs()
    for key in user.keys:
        assert not any(key in answer.text or key in str(answer.headers) for answer in hooks.answers)
        assert key not in logs
    assert hooks.secret not in logs
