"""`hls_url` plays: a real encoder at one end, real players at the other."""

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from local.loopback import open_url
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.playback.player import Player
from tests.support.encoders import FPS, HEIGHT, WIDTH, Clip, Program, ffmpeg
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = [pytest.mark.needs("ffmpeg", "ffprobe")]
in_chromium = pytest.mark.needs("chromium", "hls.js")

SOON = 60.0  # no promise: on a machine that runs other tests; alone the first part takes 3 s
GoLive = Callable[[], Program]


@pytest.fixture
def broadcaster(stack: Stack) -> Broadcaster:
    return new_broadcaster(stack)


@pytest.fixture
def go_live(broadcaster: Broadcaster, clip: Clip) -> Iterator[GoLive]:
    """Puts ffmpeg on air on the broadcaster's channel; waits until the channel plays."""
    encoders: list[Program] = []
    ingest_url, key = broadcaster.stack.rtmp_url, broadcaster.stream_key()

    def start() -> Program:
        encoders.append(ffmpeg(clip, ingest_url, key))
        until(lambda: status(hls_url(broadcaster)) == 200, "the channel plays", SOON)
        return encoders[-1]

    yield start
    for encoder in encoders:
        encoder.end()


def hls_url(broadcaster: Broadcaster) -> str:
    return str(broadcaster.channel()["playback"]["hls_url"])


def status(url: str) -> int:
    try:
        with open_url(urllib.request.Request(url), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def set_visibility(broadcaster: Broadcaster, visibility: str) -> None:
    headers = {"Authorization": f"Bearer {broadcaster.token()}", "Content-Type": "application/json"}
    body = json.dumps({"visibility": visibility}).encode()
    url = f"{broadcaster.stack.http_url}/api/channel"
    with open_url(urllib.request.Request(url, data=body, method="PATCH", headers=headers), timeout=20):
        pass


@pytest.mark.requirement("SO-4")
@pytest.mark.requirement("SO-5")
def test_ffprobe_and_ffmpeg_play_the_hls_url(broadcaster: Broadcaster, go_live: GoLive) -> None:
    go_live()
    url = hls_url(broadcaster)
    command = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "stream=codec_name,width,height,avg_frame_rate",
        "-of",
        "json",
    ]
    probe = subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=40)
    assert probe.stderr == ""
    picture, sound = json.loads(probe.stdout)["streams"]
    assert (picture["codec_name"], picture["width"], picture["height"]) == ("h264", WIDTH, HEIGHT)
    assert sound["codec_name"] == "aac"
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", url, "-t", "4", "-map", "0:v", "-f", "framemd5", "-"]
    played = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert played.stderr == ""
    assert sum(line.startswith("0,") for line in played.stdout.splitlines()) == pytest.approx(4 * FPS, abs=2)


@in_chromium
def test_hls_js_plays_picture_and_sound_close_to_live(
    browser: Browser, broadcaster: Broadcaster, go_live: GoLive
) -> None:
    go_live()
    player = Player(browser, hls_url(broadcaster))
    began = player.plays_past(0.1, within=SOON)
    state = player.plays_past(began["time"] + 4, within=SOON)
    assert state["frames"] > began["frames"]
    assert state["sound"] > 0
    assert state["brightest"] > 100
    # hls.js makes up for two seconds over its target, and no more: a slow start is not caught up with.
    player.page.evaluate("() => { video.currentTime = hls.liveSyncPosition }")
    until(lambda: player.state()["latency"] < 6, "it is close to live")
    player.page.close()


@in_chromium
def test_the_page_plays_on_when_the_encoder_crashed_and_came_back(
    browser: Browser, broadcaster: Broadcaster, go_live: GoLive
) -> None:
    encoder = go_live()
    player = Player(browser, hls_url(broadcaster))
    player.plays_past(0.1, within=SOON)
    encoder.kill()
    had = player.buffered()  # its last parts may not be among that
    go_live()  # at once: the grace period is 8 s
    player.plays_past(had + 5, within=SOON)
    player.page.close()


@in_chromium
def test_the_page_learns_that_the_stream_has_ended(browser: Browser, broadcaster: Broadcaster, go_live: GoLive) -> None:
    encoder = go_live()
    player = Player(browser, hls_url(broadcaster))
    player.plays_past(0.1, within=SOON)
    encoder.interrupt()
    player.ends(within=SOON)
    assert status(hls_url(broadcaster)) == 404
    player.page.close()


def test_a_channel_that_turns_private_is_no_longer_found(broadcaster: Broadcaster, go_live: GoLive) -> None:
    go_live()
    set_visibility(broadcaster, "private")
    until(lambda: status(hls_url(broadcaster)) == 404, "the channel is not found")


def test_a_channel_that_is_not_live_is_not_found(broadcaster: Broadcaster) -> None:
    assert status(hls_url(broadcaster)) == 404
