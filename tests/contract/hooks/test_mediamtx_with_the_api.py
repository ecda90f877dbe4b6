"""MediaMTX and the whole control plane, each asking the other at once.

Inside our answer to its question we ask its API, which asks us whether we may. Its path manager stands still meanwhile,
as that of real servers does.
"""

import json
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from local.private_files import load_or_make_secrets
from tests.contract.hooks.conftest import Answer, Hooks
from tests.support import tools
from tests.support.broadcaster import Broadcaster
from tests.support.fake_mediamtx import NEVER_ANSWERS, FakeMediaMtx, Published, running_mediamtx
from tests.support.stack import Stack, settings_in, start_stack
from tests.support.waiting import until

AT_ONCE = 8.0  # seconds; MediaMTX gives up after ten
API_SECRET = "m" * 32


@dataclass
class MediaServer:
    """MediaMTX as its publishers meet it."""

    fake: FakeMediaMtx
    hooks: Hooks

    def ask(self, broadcaster: Broadcaster, connection: Published) -> Answer:
        path = path_of(broadcaster)
        with self.fake.path_manager:
            return self.hooks.mediamtx_auth(path=path, id=connection.id, protocol="rtmp", token=broadcaster.key)

    def publish(self, broadcaster: Broadcaster) -> Answer:
        connection = self.fake.connect("rtmpConn")
        answer = self.ask(broadcaster, connection)
        if answer.status == 204:
            self.fake.paths[path_of(broadcaster)] = connection
            self.hooks.mediamtx_change("publish", path_of(broadcaster), connection.id)
        else:
            self.fake.disconnect(connection)
        return answer


def path_of(broadcaster: Broadcaster) -> str:
    return f"live/{broadcaster.channel()['channel_id']}"


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeMediaMtx]:
    with running_mediamtx() as running:
        yield running


@pytest.fixture(scope="module")
def stack(
    request: pytest.FixtureRequest, fake: FakeMediaMtx, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A local cloud that is told of the media server."""
    tools.need(request.node.nodeid or "tests that use the local cloud", "ministack")
    users = {
        "STREAM_SYNC_MEDIAMTX_SERVERS": json.dumps({"main": fake.url}),
        "STREAM_SYNC_MEDIAMTX_API_SECRET": API_SECRET,
        "STREAM_SYNC_PLAYBACK_BASE_URL": "http://media.example.com:8888/live",
    }
    running = start_stack(settings_in(tmp_path_factory.mktemp("media")), users)
    yield running
    running.stop()


@pytest.fixture
def server(fake: FakeMediaMtx, stack: Stack) -> Iterator[MediaServer]:
    hooks = Hooks(stack.http_url, load_or_make_secrets(stack.settings.state_dir).hook_secret)

    def authorize(user: str, password: str) -> bool:
        return hooks.mediamtx_auth(action="api", id=None, user=user, password=password).status == 204

    fake.crash()
    fake.kicked.clear()
    fake.failures.clear()
    fake.authorize = authorize
    yield MediaServer(fake, hooks)
    fake.authorize = None


@pytest.fixture
def broadcaster(stack: Stack) -> Iterator[Broadcaster]:
    user = Broadcaster(stack, f"media-{uuid.uuid4()}")
    yield user
    user.close()


def test_a_live_channel_has_its_picture_and_plays_from_the_media_server(
    server: MediaServer, broadcaster: Broadcaster
) -> None:
    assert server.publish(broadcaster).status == 204
    channel = broadcaster.channel()
    live = channel["live"]
    assert (channel["status"], live["width"], live["video_codec"], live["audio_codec"]) == ("LIVE", 1920, "h264", "aac")
    assert channel["playback"]["hls_url"] == f"http://media.example.com:8888/{path_of(broadcaster)}/index.m3u8"
    (stream,) = broadcaster.call("GET", "/api/streams")["streams"]
    assert stream["bytes_in"] == 1_000


@pytest.mark.requirement("SO-2")
def test_a_second_publisher_is_refused_and_one_after_a_crash_is_let_in_both_at_once(
    server: MediaServer, broadcaster: Broadcaster
) -> None:
    server.publish(broadcaster)
    begun = time.monotonic()
    assert server.publish(broadcaster).code == "key_in_use"
    refused = time.monotonic()
    server.fake.crash()
    assert server.publish(broadcaster).status == 204
    assert max(refused - begun, time.monotonic() - refused) < AT_ONCE
    assert broadcaster.channel()["status"] == "LIVE"


@pytest.mark.requirement("SO-7")
def test_a_reset_is_offline_at_once_though_the_media_server_never_answers(
    server: MediaServer, broadcaster: Broadcaster
) -> None:
    server.publish(broadcaster)
    server.fake.failures = [NEVER_ANSWERS] * 3
    broadcaster.call("POST", "/api/channel/credentials/reset")
    until(lambda: broadcaster.channel()["status"] == "OFFLINE", "OFFLINE", within=AT_ONCE)
    assert server.fake.kicked == []


def test_readers_are_closed_when_the_owner_makes_the_channel_private(
    server: MediaServer, broadcaster: Broadcaster, stack: Stack
) -> None:
    server.publish(broadcaster)
    reader = server.fake.read(path_of(broadcaster), "webRTCSession")
    request = urllib.request.Request(
        f"{stack.http_url}/api/channel",
        method="PATCH",
        data=json.dumps({"visibility": "private"}).encode(),
        headers={"Authorization": f"Bearer {broadcaster.token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10):
        pass
    until(lambda: server.fake.kicked == [reader.id], "the reader is kicked")
    assert broadcaster.channel()["status"] == "LIVE"
