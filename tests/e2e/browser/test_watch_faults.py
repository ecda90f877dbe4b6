"""What a watch page does when the ingest node is gone, and how it shows what OBS sends."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.viewer import Viewer
from tests.support.encoders import Clip, Program, ffmpeg
from tests.support.obs import COLOUR, FPS, Obs, XServer
from tests.support.ports import free_ports
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.needs("ministack", "chromium", "dashboard")

BACK_S = 60.0  # of a node that was killed: the supervisor's restart, on a machine that runs other tests


@pytest.fixture
def lonely_stack(tmp_path: Path) -> Iterator[Stack]:
    """Whose one node may be killed."""
    with running_stack(tmp_path) as running:
        yield running


@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("FX-14")
def test_page_plays_on_when_its_node_was_killed_and_the_encoder_is_back(
    browser: Browser, lonely_stack: Stack, clip: Clip
) -> None:
    broadcaster = new_broadcaster(lonely_stack)
    key, channel = broadcaster.stream_key(), broadcaster.channel()["channel_id"]
    viewer = Viewer(browser.new_context(), lonely_stack.http_url)
    stage = viewer.part("stage")
    with on_air_again(broadcaster, clip, key):
        viewer.open(f"/watch/{channel}")
        viewer.plays()
        os.kill(lonely_stack.children()["ingest_container"], signal.SIGKILL)
        expect(stage).not_to_have_attribute("data-phase", "playing", timeout=30_000)
    with on_air_again(broadcaster, clip, key):
        expect(stage).to_have_attribute("data-phase", "playing", timeout=30_000)
        viewer.plays()
    assert viewer.traffic.page_loads == 1
    assert viewer.traffic.errors == []
    viewer.context.close()


def on_air_again(broadcaster: Broadcaster, clip: Clip, key: str) -> Program:
    """ffmpeg, once it is let in: tried again while there is no node, or the one that is gone has the channel."""
    deadline = time.monotonic() + BACK_S
    while time.monotonic() < deadline:
        encoder = ffmpeg(clip, broadcaster.stack.rtmp_url, key)
        while encoder.running:
            if broadcaster.channel()["status"] == "LIVE":
                return encoder
            time.sleep(0.2)
    raise AssertionError(f"not on air within {BACK_S:.0f} s")


@pytest.mark.needs("obs", "Xvfb")
@pytest.mark.requirement("FX-14")
def test_what_obs_sends_is_seen(viewer: Viewer, broadcaster: Broadcaster, channel: str, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    ingest_url, key = broadcaster.stack.rtmp_url, broadcaster.stream_key()
    viewer.open(f"/watch/{channel}")
    # As docs/playback.md advises; without, OBS sends a key frame each 25 s at 10 fps.
    two_seconds = f"keyint={2 * FPS}"
    with XServer() as screen, Obs(tmp_path, screen, ingest_url, key, control_port=port, x264=two_seconds) as obs:
        obs.until_on_air(within=40)
        viewer.plays()
        assert viewer.shows(COLOUR)
        obs.stop_streaming()
        expect(viewer.part("ended")).to_be_visible()
