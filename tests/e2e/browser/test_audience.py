"""Who watches: counted while the page plays, seen by the broadcaster, and the picture that brings viewers there."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import GoLive
from tests.e2e.browser.studio import Studio
from tests.e2e.browser.viewer import Viewer

pytestmark = [pytest.mark.needs("ministack", "chromium", "dashboard", "ffmpeg"), pytest.mark.timeout(480)]

# A tab counts from its second report on, 8 s after the first, and pages ask for the count each 18 s at most.
COUNTED_MS = 100_000
PICTURE_MS = 120_000  # the worker has the lowest priority, and the page asks again every 20 s


@pytest.mark.requirement("FX-4")
def test_a_page_that_plays_is_a_viewer_until_it_is_closed(
    viewer: Viewer, studio: Studio, channel: str, go_live: GoLive, pictures: Path
) -> None:
    go_live()
    studio.shows("LIVE")
    expect(studio.part("viewers")).to_have_text("0")
    viewer.open(f"/watch/{channel}")
    viewer.plays()
    expect(studio.part("viewers")).to_have_text("1", timeout=COUNTED_MS)
    expect(studio.part("viewers-unit")).to_contain_text("peak 1")
    expect(viewer.part("viewers")).to_have_text("1 viewer", timeout=COUNTED_MS)
    studio.page.screenshot(path=pictures / "studio-viewers.png", full_page=True)
    viewer.page.screenshot(path=pictures / "watch-viewers.png")
    viewer.page.goto("about:blank")
    expect(studio.part("viewers")).to_have_text("0", timeout=COUNTED_MS)
    expect(studio.part("viewers-unit")).to_contain_text("peak 1")


@pytest.mark.requirement("FX-2")
def test_what_is_live_is_shown_with_a_picture_of_it(
    viewer: Viewer, broadcaster: Broadcaster, channel: str, go_live: GoLive, pictures: Path
) -> None:
    broadcaster.edit(title=f"With a picture {channel[-6:]}")
    go_live()
    viewer.open("/")
    picture = viewer.page.locator(f'[data-channel="{channel}"] img')
    # One that is not there yet when the page asks is asked for again in its next turn.
    expect(picture).to_have_js_property("naturalWidth", 640, timeout=PICTURE_MS)
    viewer.page.screenshot(path=pictures / "discovery-thumbnail.png")
