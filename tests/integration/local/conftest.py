"""A gateway in this process, around the small app."""

import asyncio
import queue
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import boto3
import pytest

from local.gateway.protocol import HttpLimits, listening
from local.gateway.server import make_server
from local.gateway.websocket import Limits
from local.private_files import Secrets, SignIn
from local.settings import HOST, LocalSettings
from tests.integration.local.cognito_browser import Browser, open_browser
from tests.integration.local.small_app import make_app_module
from tests.support.ports import free_ports
from tests.support.stack import Emulator

SECRETS = Secrets(
    admin_secret="a" * 40,
    jwt_secret="j" * 48,
    demo_password="demo-password",
    bus_secret="b" * 40,
    hook_secret="h" * 40,
    playback_secret="p" * 40,
    access_key_id="LOCAL",
    secret_access_key="s" * 40,
)
LIMITS = Limits()
HTTP_LIMITS = HttpLimits(connections=20)


@dataclass
class Gateway:
    url: str
    http: aiohttp.ClientSession
    module: Any
    dist: Path
    origin_port: int  # where the node's origin would listen
    health_port: int  # and its health port

    @property
    def ws_url(self) -> str:
        return self.url.replace("http://", "ws://") + "/ws"

    def management(self) -> Any:
        return boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=f"{self.url}/ws-management",
            region_name="us-east-1",
            aws_access_key_id=SECRETS.access_key_id,
            aws_secret_access_key=SECRETS.secret_access_key,
        )

    async def seen(self, handler: str) -> Any:
        """The next event that a handler of this name was given; others are passed over."""

        def wait() -> Any:
            while True:
                name, event = self.module.seen.get(timeout=30)
                if name == handler:
                    return event

        try:
            return await asyncio.to_thread(wait)
        except queue.Empty:
            raise AssertionError(f"{handler} was not called") from None


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for page in ("index", "studio", "account", "admin", "watch", "embed"):
        (folder / f"{page}.html").write_text(f"<!doctype html><title>{page}</title>")
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("outside")
    return folder


@pytest.fixture
def limits() -> Limits:
    """Of WebSockets. A test that is about them parametrizes it; elsewhere no pause of a busy machine may count."""
    return LIMITS


@pytest.fixture
def http_limits() -> HttpLimits:
    """Of HTTP, likewise."""
    return HTTP_LIMITS


@pytest.fixture
async def gateway(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits, http_limits: HttpLimits
) -> AsyncIterator[Gateway]:
    monkeypatch.setenv("AWS_REGION", "us-east-1")  # as Lambda sets it; Chalice looks for it
    port, unused, origin, health = free_ports(4)
    settings = LocalSettings(
        http_port=port, cloud_port=unused, origin_port=origin, health_port=health, state_dir=tmp_path
    )
    module = make_app_module(f"{settings.http_url}/ws-management", SECRETS)
    server = make_server(module, settings, SECRETS, SignIn("pool", "client"), dist, limits, http_limits)
    async with listening(server, HOST, port, http_limits), aiohttp.ClientSession() as http:
        yield Gateway(settings.http_url, http, module, dist, origin, health)


@pytest.fixture
async def browser(emulator: Emulator) -> AsyncIterator[Browser]:
    async with open_browser(emulator) as one:
        yield one
