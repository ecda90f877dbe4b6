"""The ingest URL that credentials name, where nodes have public URLs of their own."""

from collections.abc import Callable

import pytest
from ulid import ULID

from chalicelib.config import settings
from chalicelib.domain.nodes import NodeInfo
from chalicelib.services.streams import ingest_urls
from chalicelib.store import nodes
from tests.support.stack import Emulator
from tests.support.studio import now_ms

pytestmark = pytest.mark.requirement("SS-5.2")

Start = Callable[..., str]


@pytest.fixture
def region() -> str:
    """Of its own, so that no other test's node is in it."""
    return f"region-{ULID()}".lower()


@pytest.fixture
def home(cloud: Emulator, monkeypatch: pytest.MonkeyPatch, region: str) -> str:
    url = "rtmp://balancer.example.com/live"
    configured = settings().model_copy(update={"ingest_url_by_node": True, "ingest_urls": {region: url}})
    monkeypatch.setattr(ingest_urls, "settings", lambda: configured)
    return url


@pytest.fixture
def start(cloud: Emulator, region: str) -> Start:
    def one(free: int, *, public: bool = True, lives_for: int = 60_000, draining: bool = False) -> str:
        node_id = f"node-{ULID()}"
        url = f"rtmp://{node_id.lower()}.example.com/live" if public else ""
        node = NodeInfo(node_id, "run", "", region, 10, now_ms(), public_url=url)
        nodes.register(node, now_ms() + lives_for)
        nodes.renew(node, now_ms() + lives_for, 10 - free, free)
        if draining:
            nodes.set_draining(node_id, True)
        return url

    return one


def test_it_is_that_of_a_node_with_room(region: str, home: str, start: Start) -> None:
    start(0)
    start(5, draining=True)
    start(5, lives_for=-60_000)
    start(5, public=False)
    wanted = {start(1), start(3)}
    assert {ingest_urls.best(region, now_ms()) for _ in range(40)} == wanted


def test_without_such_a_node_it_is_the_regions(region: str, home: str, start: Start) -> None:
    start(0)
    assert ingest_urls.best(region, now_ms()) == home


def test_behind_a_load_balancer_no_node_is_asked(
    region: str, home: str, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(5)
    behind = settings().model_copy(update={"ingest_urls": {region: home}})
    monkeypatch.setattr(ingest_urls, "settings", lambda: behind)
    monkeypatch.setattr(ingest_urls, "fleet", None)
    assert ingest_urls.best(region, now_ms()) == home
