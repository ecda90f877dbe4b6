"""axe-core finds nothing in any state of the pages, and every state fits a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from local.settings import HOST
from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.network import Cable
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.encoders import Clip, ffmpeg
from tests.support.stack import Stack


def test_sign_in(open_studio: OpenStudio, pictures: Path) -> None:
    studio = open_studio().open()
    expect(studio.part("signin-form")).to_be_visible()
    assert barriers(studio.page, "sign-in", pictures) == []
    studio.part("email").fill("nobody@example.com")
    studio.part("password").fill("Not-the-password-1")
    studio.part("signin-submit").click()
    expect(studio.part("signin-error")).to_be_visible()
    assert barriers(studio.page, "sign-in-refused", pictures) == []


def test_offline(open_studio: OpenStudio, broadcaster: Broadcaster, pictures: Path) -> None:
    studio = open_studio(clipboard=False)
    studio.deny_clipboard()
    studio.sign_in(broadcaster)
    assert barriers(studio.page, "offline", pictures) == []
    studio.part("copy-key").click()
    expect(studio.part("manual-copy")).to_be_visible()
    assert barriers(studio.page, "copy-by-hand", pictures) == []
    studio.part("manual-copy-dismiss").click()
    studio.part("reveal-key").click()
    expect(studio.part("reveal-countdown")).to_be_visible()
    assert barriers(studio.page, "revealed", pictures) == []
    studio.part("reset-key").click()
    expect(studio.part("dialog")).to_be_visible()
    assert barriers(studio.page, "dialog", pictures) == []
    studio.part("confirm").click()
    expect(studio.part("key-reset-notice")).to_be_visible()
    assert barriers(studio.page, "key-reset", pictures) == []


@pytest.mark.needs("ffmpeg")
def test_live(stack: Stack, studio: Studio, broadcaster: Broadcaster, clip: Clip, pictures: Path) -> None:
    key = broadcaster.stream_key()
    with ffmpeg(clip, stack.rtmp_url, key) as encoder:
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        assert barriers(studio.page, "live", pictures) == []
        with Publisher(stack.settings.rtmp_port, key):
            expect(studio.part("refusal")).to_be_visible()
        assert barriers(studio.page, "refusal", pictures) == []
        encoder.kill()
        studio.shows("RECONNECTING")
        assert barriers(studio.page, "reconnecting", pictures) == []


def test_connection_lost(
    stack: Stack, open_studio: OpenStudio, broadcaster: Broadcaster, cable: Cable, pictures: Path
) -> None:
    studio = open_studio(f"http://{HOST}:{cable.port}").sign_in(broadcaster)
    with Publisher(stack.settings.rtmp_port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        cable.cut()
        studio.shows("UNKNOWN")
        assert barriers(studio.page, "connection-lost", pictures) == []
