"""`python -m tests.e2e.browser.picture`: takes docs/images/studio-live.png: the studio on air.

It starts a stack of its own, with the RTMP port that everybody knows; that port must be free.
"""

import tempfile
import threading
from pathlib import Path

from playwright.sync_api import ViewportSize, expect, sync_playwright

from local.settings import ROOT
from local.test_card import Broadcast
from tests.e2e.browser.accounts import new_broadcaster
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.browser.studio import Studio
from tests.support.stack import Stack, settings_in, start_stack

PICTURE = ROOT / "docs" / "images" / "studio-live.png"
SCREEN: ViewportSize = {"width": 1280, "height": 900}
# The chart looks back a minute.
CHART_FULL_MS = 62_000
RTMP_PORT = 1935


def take(stack: Stack) -> None:
    with sync_playwright() as playwright:
        broadcaster = new_broadcaster(stack, "studio@example.com")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = chromium.new_context(viewport=SCREEN, color_scheme="light", reduced_motion="reduce")
        studio = Studio(context, stack.http_url).sign_in(broadcaster)
        studio.part("details-title").fill("An evening of piano")
        studio.part("details-description").fill("Preludes and nocturnes, from a living room.")
        studio.part("details-category").fill("Music")
        studio.part("details-tags").fill("piano, live")
        studio.part("details-save").click()
        expect(studio.part("details-saved")).to_contain_text("Saved")

        off_air = threading.Event()
        broadcast = Broadcast(f"{stack.rtmp_url}/{broadcaster.stream_key()}")
        sending = threading.Thread(target=broadcast.run, args=(off_air.is_set, lambda _seconds: None))
        sending.start()
        try:
            studio.shows("LIVE")
            studio.page.wait_for_timeout(CHART_FULL_MS)
            PICTURE.parent.mkdir(parents=True, exist_ok=True)
            studio.page.screenshot(path=PICTURE, full_page=True)
        finally:
            off_air.set()
            sending.join()
            broadcast.close()
            chromium.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stack = start_stack(settings_in(Path(folder)).model_copy(update={"rtmp_port": RTMP_PORT}))
        try:
            take(stack)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
