"""One Chromium for the suite; a context, an account and a channel for each test."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.network import Cable
from tests.e2e.browser.nodes import running_node
from tests.e2e.browser.studio import Studio
from tests.e2e.browser.viewer import Viewer
from tests.support import tools
from tests.support.encoders import Clip, Program, ffmpeg
from tests.support.nodes import Node
from tests.support.stack import Stack
from tests.support.waiting import until

CHROMIUM = "/usr/bin/chromium"
REBOUND = "rebound.example"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    # A name whose owner points it at this machine (DNS rebinding).
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
    # A page from a stranger's address may open a WebSocket to this machine.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
]
TOKEN = "eyJ"  # how every JWT begins
CLIPBOARD = ["clipboard-read", "clipboard-write"]

OpenStudio = Callable[..., Studio]
GoLive = Callable[[], Program]


# Of this package and not of the session: Playwright's own event loop runs in this thread until it is stopped, and the
# async tests of other suites need the thread for theirs.
@pytest.fixture(scope="package")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    tools.need("tests/e2e/browser", "chromium", "dashboard")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the looks of the pages are kept, for people to judge."""
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def broadcaster(stack: Stack) -> Broadcaster:
    return new_broadcaster(stack)


@pytest.fixture
def open_studio(browser: Browser, stack: Stack) -> Iterator[OpenStudio]:
    """`open_studio(url=..., clipboard=True, **options of the browser context)`, as often as a test likes.

    Whatever the test is about: no script may fail, no policy may be broken, no address may hold a token.
    """
    opened: list[Studio] = []

    def open_one(url: str | None = None, *, clipboard: bool = True, **options: Any) -> Studio:
        context: BrowserContext = browser.new_context(**options)
        if clipboard:
            context.grant_permissions(CLIPBOARD)
        studio = Studio(context, url or stack.http_url)
        opened.append(studio)
        return studio

    yield open_one
    with contextlib.ExitStack() as closing:
        for studio in opened:
            closing.callback(studio.context.close)
            assert studio.traffic.errors == []
            assert [url for url in studio.traffic.urls if TOKEN in url] == []


@pytest.fixture
def studio(open_studio: OpenStudio, broadcaster: Broadcaster) -> Studio:
    """The studio of `broadcaster`, signed in, up to date."""
    return open_studio().sign_in(broadcaster)


@pytest.fixture
def second_node(stack: Stack, tmp_path: Path) -> Iterator[Node]:
    with running_node(stack, tmp_path) as node:
        yield node


@pytest.fixture
def cable(stack: Stack) -> Iterator[Cable]:
    with Cable(stack.settings.http_port) as running:
        yield running


# --- those who watch --------------------------------------------------------------------------------------------------


@pytest.fixture
def go_live(broadcaster: Broadcaster, clip: Clip) -> Iterator[GoLive]:
    encoders: list[Program] = []
    key = broadcaster.stream_key()

    def start() -> Program:
        encoders.append(ffmpeg(clip, broadcaster.stack.rtmp_url, key))
        until(lambda: broadcaster.channel()["status"] == "LIVE", "the channel is live")
        return encoders[-1]

    yield start
    for encoder in encoders:
        encoder.end()


@pytest.fixture
def viewer(browser: Browser, stack: Stack, broadcaster: Broadcaster) -> Iterator[Viewer]:
    """Whatever the test is about: no script may fail, no policy may be broken, no address may hold the stream key."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Viewer(context, stack.http_url)
    yield seen
    key = broadcaster.stream_key()
    urls, errors = seen.traffic.urls, seen.traffic.errors
    context.close()
    assert errors == []
    assert [url for url in urls if key in url] == []


@pytest.fixture
def channel(broadcaster: Broadcaster) -> str:
    return str(broadcaster.channel()["channel_id"])
