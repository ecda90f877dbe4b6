"""`python -m tests.e2e.browser.watch_pictures`: takes the screenshots of the pages for viewers in docs/images.

It starts a stack of its own, with three channels on the air, and one that is not.
"""

import contextlib
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from local.settings import ROOT
from tests.e2e.browser.accessibility import DESK, PHONE
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.browser.viewer import Viewer
from tests.support.encoders import Program
from tests.support.stack import Stack, running_stack

IMAGES = ROOT / "docs" / "images"
THUMBNAILS_MS = 12_000
STEADY_MS = 8_000
# Title, category, tags, ffmpeg's picture.
CHANNELS = [
    ("An evening of piano", "Music", ["piano", "live"], "gradients=size=640x360:rate=15:speed=0.01:n=4:seed=7"),
    ("Game of life, no cuts", "Science", ["cells"], "life=size=320x180:rate=10:ratio=0.3:mold=10:life_color=#7fd4a8"),
    ("Test card with a tone", "Test", [], "testsrc2=size=640x360:rate=15"),
]
DESCRIPTION = "Preludes and nocturnes, from a living room.\nRequests in the chat, every Thursday at eight."


def on_air(broadcaster: Broadcaster, picture: str) -> Program:
    key = broadcaster.stream_key()
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", picture]
    command += ["-f", "lavfi", "-i", "sine=frequency=330", "-c:v", "libx264", "-preset", "ultrafast", "-g", "30"]
    command += ["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", f"{broadcaster.stack.rtmp_url}/{key}"]
    return Program("ffmpeg", command, hide={key: "<key>"})


def take(stack: Stack, browser: Browser) -> None:
    viewer = Viewer(browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce"), stack.http_url)
    viewer.open("/")
    expect(viewer.part("nobody-live")).to_be_visible()
    picture(viewer, "live-now-nobody")
    with contextlib.ExitStack() as broadcasts:
        shown = ""
        for title, category, tags, source in CHANNELS:
            broadcaster = new_broadcaster(stack)
            broadcaster.edit(title=title, category=category, tags=tags, description=DESCRIPTION)
            broadcasts.enter_context(on_air(broadcaster, source))
            shown = shown or str(broadcaster.channel()["channel_id"])
        viewer.page.wait_for_timeout(THUMBNAILS_MS)
        viewer.page.reload()
        expect(viewer.part("stream-card")).to_have_count(len(CHANNELS))
        viewer.page.wait_for_timeout(THUMBNAILS_MS)
        in_each_look(viewer, "live-now")
        viewer.open(f"/watch/{shown}")
        viewer.plays()
        viewer.page.wait_for_timeout(STEADY_MS)
        in_each_look(viewer, "watch-live")
    expect(viewer.part("last-stream")).to_be_visible(timeout=90_000)
    picture(viewer, "watch-ended")
    viewer.part("last-stream").click()
    viewer.plays()
    picture(viewer, "watch-past-stream", awake=True)
    offline = new_broadcaster(stack)
    offline.edit(title="The morning show", category="Talk")
    viewer.open(f"/watch/{offline.channel()['channel_id']}")
    expect(viewer.part("offline")).to_be_visible()
    in_each_look(viewer, "watch-offline")


def in_each_look(viewer: Viewer, name: str) -> None:
    page = viewer.page
    picture(viewer, name)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    picture(viewer, f"{name}-dark")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    picture(viewer, f"{name}-phone")
    page.set_viewport_size(DESK)


def picture(viewer: Viewer, name: str, *, awake: bool = False) -> None:
    """With the player's controls, if the pointer is `awake` over them."""
    viewer.page.mouse.move(*((640, 300) if awake else (0, 0)))
    viewer.page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running_stack(Path(folder)) as stack:
            take(stack, browser)
        browser.close()


if __name__ == "__main__":
    main()
