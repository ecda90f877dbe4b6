"""No secret that anybody sends, however malformed the request around it, is written down, published or answered."""

import contextlib
import http.client
import json
import socket
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from local.private_files import load_or_make_secrets
from local.settings import HOST
from tests.support.aws import everything_stored
from tests.support.broadcaster import Broadcaster
from tests.support.malformed import http_requests, rtmp_bytes, websocket_bytes
from tests.support.stack import Stack

pytestmark = pytest.mark.needs("ministack")


@dataclass
class Secrets:
    """What is sent, by name, and everything that came back."""

    stack: Stack
    user: Broadcaster
    answers: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        made = load_or_make_secrets(self.stack.settings.state_dir)
        self.values = {
            "stream key": self.user.key,
            "key that nobody has": f"{self.user.key[:-8]}{uuid.uuid4().hex[:8]}",
            "token": self.user.token,
            "admin secret": made.admin_secret,
            "hook secret": made.hook_secret,
        }

    def send(self, port: int, data: bytes, within: float = 2) -> bytes:
        """All that is answered until the other side closes, or has said something and says no more.

        `within` so many seconds it begins to answer, or never will.
        """
        said = bytearray()
        with socket.create_connection((HOST, port), 10) as sock, contextlib.suppress(OSError):
            sock.sendall(data)
            sock.settimeout(within)
            while piece := sock.recv(65_536):
                said += piece
                sock.settimeout(0.3)
        self.answers.append(bytes(said))
        return bytes(said)

    def ask(self, method: str, path: str, body: str, kind: str, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection(HOST, self.stack.settings.http_port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body.encode(), headers | {"Content-Type": kind})
            answer = connection.getresponse()
            self.answers.append(str(answer.getheaders()).encode() + answer.read())
            return answer.status

    def each(self, step: Callable[[str], None]) -> None:
        """With every secret, at once: most of the time is spent waiting for whether there is more of an answer."""
        with ThreadPoolExecutor(len(self.values)) as pool:
            list(pool.map(step, self.values.values()))

    def found(self) -> list[tuple[str, str]]:
        """(secret, where it is to be seen)."""
        places = {
            "a log": self.stack.logs(),
            "an answer": b"\n".join(self.answers).decode("latin-1"),
            "a table": everything_stored(self.stack.environment()),
            "a dashboard's message": self.user.dashboard.timeline(),
        }
        return [
            (name, place) for place, text in places.items() for name, secret in self.values.items() if secret in text
        ]


@pytest.fixture
def secrets(stack: Stack) -> Iterator[Secrets]:
    user = Broadcaster(stack, f"canary-{uuid.uuid4()}")
    yield Secrets(stack, user)
    user.close()


def test_canary_is_found_where_it_is(secrets: Secrets) -> None:
    """The search below can fail."""
    secrets.ask("GET", "/api/channel/credentials?reveal=true", "", "application/json", bearer(secrets))
    assert secrets.found() == [("stream key", "an answer")]


@pytest.mark.requirement("HI-8")
def test_malformed_http_leaves_no_trace(secrets: Secrets) -> None:
    port = secrets.stack.settings.http_port

    def send(secret: str) -> None:
        for case, (request, status) in http_requests(secret.encode(), f"{HOST}:{port}").items():
            answer = secrets.send(port, request, within=20)
            assert answer.split()[1] == str(status).encode(), (case, answer[:60])
            assert b"application/problem+json" in answer, case

    secrets.each(send)
    assert secrets.found() == []


def bearer(secrets: Secrets) -> dict[str, str]:
    return {"Authorization": f"Bearer {secrets.user.token}"}


@pytest.mark.requirement("HI-8")
def test_bodies_that_make_no_sense_leave_no_trace(secrets: Secrets) -> None:
    hook = {"Authorization": f"Bearer {secrets.values['hook secret']}", "X-Api-Key": secrets.values["hook secret"]}
    paths = [
        ("PATCH", "/api/channel", bearer(secrets)),
        ("POST", "/api/webhooks", bearer(secrets)),
        ("POST", "/api/admin/keys", {"X-Api-Key": secrets.values["admin secret"]}),
        ("POST", "/hooks/mediamtx/auth", hook),
        ("POST", "/hooks/nginx-rtmp/publish", hook),
        ("POST", "/hooks/srs", hook),
        ("POST", "/hooks/ome", hook),
        ("POST", "/cognito/", {"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"}),
    ]
    for secret in secrets.values.values():
        bodies = [
            secret,
            f'{{"title": "{secret}',
            f'["{secret}"]',
            json.dumps({secret: {"key": [secret]}}),
            f"key={secret}%zz&\0",
        ]
        for method, path, headers in paths:
            for body in bodies:
                for kind in ("application/json", "application/x-www-form-urlencoded", "application/x-amz-json-1.1"):
                    assert secrets.ask(method, path, body, kind, headers) < 500, (method, path, kind)
    assert secrets.found() == []


@pytest.mark.requirement("HI-8")
def test_secrets_in_queries_and_in_the_wrong_headers_leave_no_trace(secrets: Secrets) -> None:
    for secret in secrets.values.values():
        for path in (
            f"/api/streams/{secret}",
            f"/api/admin/nodes?key={secret}",
            f"/api/streams?limit={secret}",
            f"/{secret}",
        ):
            for headers in ({"Authorization": secret}, {"Authorization": f"Basic {secret}"}, {"Cookie": secret}):
                assert secrets.ask("GET", path, "", "text/plain", headers) < 500
    assert secrets.found() == []


@pytest.mark.requirement("HI-8")
def test_malformed_websockets_leave_no_trace(secrets: Secrets) -> None:
    port = secrets.stack.settings.http_port

    def send(secret: str) -> None:
        for data in websocket_bytes(secret.encode(), f"{HOST}:{port}"):
            assert secrets.send(port, data, within=20)

    secrets.each(send)
    assert secrets.found() == []


@pytest.mark.requirement("HI-8")
def test_malformed_rtmp_leaves_no_trace(secrets: Secrets) -> None:

    def send(secret: str) -> None:
        for data in rtmp_bytes(secret):
            secrets.send(secrets.stack.settings.rtmp_port, data)

    secrets.each(send)
    assert secrets.found() == []
