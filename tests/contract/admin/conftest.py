"""Callers of the running gateway, and a publisher on its ingest node."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from ulid import ULID

from local.private_files import load_or_make_secrets
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Stack

FRAME_S = 0.04


@dataclass
class Caller:
    """Somebody with a credential. Answers are as they come: status, headers, JSON."""

    url: str
    headers: dict[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Header names are written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if body is not None or method in ("GET", "DELETE", "OPTIONS") else {}
        return self._session.request(method, self.url + path, json=sent, headers=self.headers | named, timeout=20)

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON; a refusal is a failure of the test."""
        answer = self(method, path, body, **headers)
        assert answer.status_code < 300, answer.text
        return answer.json()


@pytest.fixture
def admin(stack: Stack) -> Caller:
    return Caller(stack.http_url, {"X-Api-Key": stack.admin_secret})


@pytest.fixture
def anyone(stack: Stack) -> Caller:
    return Caller(stack.http_url, {})


@pytest.fixture
def sign_in(stack: Stack) -> Callable[[], Caller]:
    """A new user each time, with a token of the user service."""
    secret = load_or_make_secrets(stack.settings.state_dir).jwt_secret

    def new_user() -> Caller:
        token = jwt.encode({"user_id": str(ULID()), "exp": int(time.time()) + 600}, secret, algorithm="HS256")
        return Caller(stack.http_url, {"Authorization": f"Bearer {token}"})

    return new_user


@pytest.fixture
def user(sign_in: Callable[[], Caller]) -> Caller:
    return sign_in()


@dataclass
class OnAir:
    """A publisher that sends frames until it is cut off; `status` is the code of the server's last word."""

    peer: RtmpPeer
    cut_off: threading.Event = field(default_factory=threading.Event)

    @property
    def status(self) -> str | None:
        return self.peer.status()


@pytest.fixture
def broadcast(stack: Stack) -> Iterator[Callable[[str], OnAir]]:
    """Starts a publisher with a key; returns when the server has answered."""
    address = urlsplit(stack.rtmp_url)
    with contextlib.ExitStack() as ends:

        def start(stream_key: str) -> OnAir:
            link = ends.enter_context(socket.create_connection((address.hostname or "", address.port or 0), 10))
            on_air = OnAir(RtmpPeer(key=stream_key))
            link.sendall(on_air.peer.open())
            while on_air.status is None and (data := link.recv(65_536)):
                on_air.peer.receive_data(data)
            if on_air.status == "NetStream.Publish.Start":
                sender = threading.Thread(target=_send, args=(link, on_air), daemon=True)
                sender.start()
                ends.callback(sender.join, 5)
                ends.callback(on_air.cut_off.set)
            return on_air

        yield start


def _send(link: socket.socket, on_air: OnAir) -> None:
    peer = on_air.peer
    with contextlib.suppress(OSError):
        link.sendall(peer.metadata() + peer.sequence_headers())
        link.settimeout(FRAME_S)
        for frame in range(10_000):
            link.sendall(peer.video(frame * 40, keyframe=frame % 25 == 0) + peer.audio(frame * 40))
            try:
                if not link.recv(65_536):
                    break
            except TimeoutError:
                if on_air.cut_off.is_set():
                    link.sendall(peer.unpublish())
                    return
    on_air.cut_off.set()
