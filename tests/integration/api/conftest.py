"""The API over real HTTP: one stack for all, a broadcaster for each test."""

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from ulid import ULID

from local.private_files import load_or_make_secrets
from local.settings import HOST
from tests.support.stack import Emulator, Stack, in_environment

PROBLEM_FIELDS = {"type", "title", "status", "detail", "code", "action"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self, status: int, code: str) -> dict[str, Any]:
        """It must be these problem details, whole; gives them."""
        document: dict[str, Any] = self.json
        assert (self.status, document["code"]) == (status, code), document
        assert self.headers["content-type"] == "application/problem+json"
        assert PROBLEM_FIELDS <= document.keys() <= PROBLEM_FIELDS | {"errors"}
        assert document["status"] == status
        assert all(isinstance(document[name], str) and document[name] for name in PROBLEM_FIELDS - {"status"})
        for leak in (b"Traceback", b"chalicelib", b"botocore", b"pydantic", b".py"):
            assert leak not in self.body
        return document


@dataclass
class Client:
    """Requests to one stack, each over a connection of its own, with the same headers."""

    stack: Stack
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """`body` goes out as JSON, `raw` as it is. In header names `_` stands for `-`."""
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            sent = {"Content-Type": "application/json"} | sent
        connection = http.client.HTTPConnection(HOST, self.stack.settings.http_port, timeout=30)
        try:
            connection.request(method, path, raw, sent)
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, received, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self("GET", path, None, raw=None, **headers)


def token(stack: Stack, *, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    """A JWT of the user service; a claim of None is left out."""
    whole = {"sub": f"user-{ULID()}", "exp": int(time.time()) + 600} | claims
    key = secret or load_or_make_secrets(stack.settings.state_dir).jwt_secret
    return jwt.encode({k: v for k, v in whole.items() if v is not None}, key, algorithm)


@pytest.fixture
def anyone(stack: Stack) -> Client:
    return Client(stack)


@pytest.fixture
def me(stack: Stack) -> Client:
    """A new broadcaster."""
    return Client(stack, {"Authorization": f"Bearer {token(stack)}"})


@pytest.fixture
def admin(stack: Stack) -> Client:
    return Client(stack, {"X-Api-Key": stack.admin_secret})


@pytest.fixture
def stack_as_environment(stack: Stack) -> Iterator[None]:
    """Our stores and services, in this very process, talk to the stack's tables and gateway."""
    with in_environment(Emulator(stack.settings, stack.process, stack.environment())):
        yield
