"""What a watch page does when the ingest node is gone, and how it shows what OBS sends."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.nodes import running_node
from tests.e2e.browser.viewer import COLOURS, Viewer
from tests.e2e.encoders.promises import FFMPEG_ON_AIR
from tests.support.encoders import Clip, Program, ffmpeg
from tests.support.obs import Obs, XServer
from tests.support.obs_profile import COLOUR, FPS, Profile
from tests.support.ports import free_ports
from tests.support.stack import Stack, running_stack

pytestmark = pytest.mark.needs("ministack", "chromium", "dashboard")

BACK_S = 90.0  # of a node that was killed: the supervisor's restart, on a machine that runs other tests


@pytest.fixture
def lonely_stack(tmp_path: Path) -> Iterator[Stack]:
    """Whose one node may be killed."""
    with running_stack(tmp_path) as running:
        yield running


@pytest.mark.timeout(400)
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
        expect(stage).not_to_have_attribute("data-phase", "playing")
    with on_air_again(broadcaster, clip, key):
        expect(stage).to_have_attribute("data-phase", "playing")
        viewer.plays()
    assert viewer.traffic.page_loads == 1
    assert viewer.traffic.errors == []
    viewer.context.close()


@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("FX-7")
@pytest.mark.requirement("FX-14")
def test_page_plays_on_when_the_encoder_comes_back_to_another_node(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, stack: Stack, clip: Clip, tmp_path: Path
) -> None:
    """The page keeps asking the first node, as a CDN may."""
    key = broadcaster.stream_key()
    stage = viewer.part("stage")
    with running_node(stack, tmp_path, packaging="on", origin_port=0) as other:
        with on_air_again(broadcaster, clip, key) as encoder:
            stream_id = broadcaster.channel()["live"]["stream_id"]
            viewer.open(f"/watch/{channel}")
            viewer.plays()
            encoder.kill()
            before, begun = viewer.time(), begins(viewer)
        with on_air_again(broadcaster, clip, key, other.ingest_url) as encoder:
            assert broadcaster.channel()["live"]["stream_id"] == stream_id
            viewer.plays_past(before + 5)
            viewer.plays()
            expect(stage).to_have_attribute("data-phase", "playing")
            assert viewer.colours() == set(COLOURS)
            assert other.logged("publisher_accepted", stream_id=stream_id, resumed=True)
            assert begins(viewer) == begun
    assert viewer.traffic.page_loads == 1


def begins(viewer: Viewer) -> int:
    """How often the player has begun: it reads the multivariant playlist then, and at no other time."""
    return sum(urlsplit(url).path.endswith("/index.m3u8") for url in viewer.traffic.urls)


def on_air_again(broadcaster: Broadcaster, clip: Clip, key: str, ingest_url: str | None = None) -> Program:
    """ffmpeg, once it is let in: tried again while there is no node, or the one that is gone has the channel."""
    deadline = time.monotonic() + BACK_S
    while time.monotonic() < deadline:
        encoder = ffmpeg(clip, ingest_url or broadcaster.stack.rtmp_url, key)
        while encoder.running:
            # LIVE alone may be what is still said of the encoder before, whose node is gone.
            if encoder.said(FFMPEG_ON_AIR) and broadcaster.channel()["status"] == "LIVE":
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
    two_seconds = Profile(x264=f"keyint={2 * FPS}")
    with XServer() as screen, Obs(tmp_path, screen, ingest_url, key, control_port=port, profile=two_seconds) as obs:
        obs.until_on_air()
        viewer.plays()
        assert viewer.shows(COLOUR)
        obs.stop_streaming()
        expect(viewer.part("ended")).to_be_visible()
