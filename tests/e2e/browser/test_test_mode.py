"""A connection test as the broadcaster has it: what to type, TEST on the page, the preview, the result."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import CLIPBOARD
from tests.e2e.browser.studio import Studio
from tests.e2e.browser.viewer import Viewer
from tests.support.encoders import Clip, ffmpeg
from tests.support.stack import Stack

pytestmark = [pytest.mark.needs("ministack", "chromium", "dashboard", "ffmpeg"), pytest.mark.requirement("FX-17")]

# A machine that holds the encoder up for half a second has interruptions, and lower advice.
CARRIED = re.compile(r"carried .* (without a break|with \d+ interruption)")
ADVICE = re.compile("You can stream at|Set the bitrate in your encoder to")


def make_test_key(studio: Studio) -> str:
    """One for tests only, made on the page."""
    studio.part("keys").locator("summary").first.click()
    studio.part("new-key").click()
    studio.part("key-label").fill("rehearsal")
    studio.part("key-test-only").check()
    studio.part("create-key").click()
    studio.part("copy-issued").click()
    expect(studio.part("copy-issued")).to_contain_text("Copied")
    studio.part("dismiss-issued").click()
    row = studio.part("key-row").filter(has_text="rehearsal")
    expect(row.get_by_test_id("key-is-test-only")).to_have_text("Tests only")
    row.get_by_test_id("edit-key").click()
    expect(studio.part("key-test-only")).to_be_checked()
    studio.part("edit-key-form").get_by_text("Cancel").click()
    return studio.clipboard()


@pytest.mark.timeout(400)
def test_the_owner_sees_a_test_and_its_result_and_viewers_an_offline_channel(
    browser: Browser, stack: Stack, broadcaster: Broadcaster, viewer: Viewer, channel: str, clip: Clip, pictures: Path
) -> None:
    # A context of its own: the preview's addresses hold a playback token, as they are made to.
    studio = Studio(browser.new_context(permissions=CLIPBOARD), stack.http_url).sign_in(broadcaster)
    help_ = studio.part("test-help")
    help_.locator("summary").click()
    expect(help_).to_contain_text("?test=1")
    key = make_test_key(studio)
    with ffmpeg(clip, stack.rtmp_url, key):
        studio.shows("LIVE")
        expect(studio.part("status")).to_have_text("TEST")
        expect(studio.part("status-text")).to_contain_text("Testing for")
        expect(studio.page).to_have_title("◇ TEST · stream-sync")
        studio.part("toggle-preview").click()
        expect(studio.part("preview")).to_have_attribute("data-phase", "playing")
        expect(studio.part("test-line")).to_contain_text(CARRIED)
        expect(studio.part("test-recommendation")).to_contain_text(ADVICE, timeout=120_000)
        viewer.open(f"/watch/{channel}")
        expect(viewer.page.locator("body")).to_contain_text("offline", ignore_case=True)
        assert barriers(studio.page, "test", pictures) == []
    studio.shows("OFFLINE")
    expect(studio.part("test-over")).to_contain_text("Finished on")
    expect(studio.part("test-line")).to_contain_text(CARRIED)
    expect(studio.part("test-recommendation")).to_contain_text(ADVICE)
    assert barriers(studio.page, "test-over", pictures) == []
    studio.part("test-dismiss").click()
    expect(studio.part("test-over")).to_have_count(0)
    assert studio.traffic.errors == []
    assert key not in studio.everything()
    studio.context.close()
