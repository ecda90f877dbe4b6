"""`python -m tests.e2e.browser.picture`: takes the screenshots in docs/images.

It starts a stack of its own. Its RTMP port is the standard one, which must be free, so that the pictures show the URL
that users see. The demo's test card is encoded beforehand: a busy machine would send it too slowly, and the page would
say so.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from local.settings import ROOT
from local.test_card import Broadcast
from tests.e2e.browser.accessibility import DESK, PHONE
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.browser.studio import Studio
from tests.support.encoders import Program
from tests.support.publisher import Publisher
from tests.support.stack import Stack, settings_in, start_stack

IMAGES = ROOT / "docs" / "images"
# For a line of some length.
CHART_FULL_MS = 62_000
SOME_CHART_MS = 10_000
CARD_S = 20.0
RTMP_PORT = 1935


def take(stack: Stack, browser: Browser, card: Path) -> None:
    broadcaster = new_broadcaster(stack, "studio@example.com")
    context = browser.new_context(viewport=DESK, color_scheme="light", reduced_motion="reduce")
    studio = Studio(context, stack.http_url).open()
    picture(studio, "sign-in")
    studio.sign_in(broadcaster)
    expect(studio.part("recordings")).to_contain_text("appears here")
    picture(studio, "studio-offline")
    studio.part("account-link").click()
    expect(studio.part("display-name")).to_be_visible()
    expect(studio.part("mfa-state")).to_be_visible()
    picture(studio, "account")
    in_dark(studio, "account-dark")
    on_phone(studio, "account-phone")
    studio.page.goto(studio.address)
    studio.whole()
    studio.part("details-title").fill("An evening of piano")
    studio.part("details-description").fill("Preludes and nocturnes, from a living room.")
    studio.part("details-category").fill("Music")
    studio.part("details-tags").fill("piano, live")
    studio.part("details-save").click()
    expect(studio.part("details-saved")).to_contain_text("Saved")

    with on_air(stack, broadcaster, card) as encoder:
        studio.shows("LIVE")
        studio.page.wait_for_timeout(CHART_FULL_MS)
        picture(studio, "studio-live")
        in_dark(studio, "studio-live-dark")
        on_phone(studio, "studio-live-phone")
        studio.part("reset-key").click()
        picture(studio, "studio-reset-key", full_page=False)
        studio.part("cancel").click()
        second = Publisher(RTMP_PORT, broadcaster.stream_key())
        second.publish()
        second.drop()
        expect(studio.part("refusal")).to_be_visible()
        picture(studio, "studio-refused")
        studio.part("refusal-dismiss").click()
        encoder.interrupt()
        studio.shows("OFFLINE")
    expect(studio.part("recording")).to_have_attribute("data-status", "available")
    picture(studio, "studio-ended")
    past_broadcast(studio)

    with on_air(stack, broadcaster, card) as encoder:
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        studio.page.wait_for_timeout(SOME_CHART_MS)
        encoder.kill()
    studio.shows("RECONNECTING")
    picture(studio, "studio-reconnecting")
    context.close()


def past_broadcast(studio: Studio) -> None:
    studio.part("to-streams").click()
    expect(studio.part("stream-row")).to_have_count(1)
    picture(studio, "broadcasts")
    studio.part("stream-row").get_by_role("link").first.click()
    expect(studio.part("plot-viewers").locator("canvas")).to_be_visible()
    picture(studio, "broadcast")
    in_dark(studio, "broadcast-dark")
    on_phone(studio, "broadcast-phone")
    studio.open().whole()


def picture(studio: Studio, name: str, *, full_page: bool = True) -> None:
    studio.page.mouse.move(0, 0)
    if full_page:
        studio.page.evaluate("scrollTo(0, 0)")
        expect(studio.part("status-bar")).to_have_count(0)  # it would lie across the middle
    studio.page.screenshot(path=IMAGES / f"{name}.png", full_page=full_page)


def in_dark(studio: Studio, name: str) -> None:
    studio.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    picture(studio, name)
    studio.page.emulate_media(color_scheme="light", reduced_motion="reduce")


def on_phone(studio: Studio, name: str) -> None:
    studio.page.set_viewport_size(PHONE)
    picture(studio, name)
    studio.page.set_viewport_size(DESK)


def encode(card: Path) -> None:
    made = [0.0]
    broadcast = Broadcast(str(card))
    broadcast.run(lambda: made[-1] >= CARD_S, made.append)
    broadcast.close()


def on_air(stack: Stack, broadcaster: Broadcaster, card: Path) -> Program:
    """Sends the card again and again, until it is told to end."""
    key = broadcaster.stream_key()
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", str(card)]
    return Program("ffmpeg", [*command, "-c", "copy", "-f", "flv", f"{stack.rtmp_url}/{key}"], hide={key: "<key>"})


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        stack = start_stack(settings_in(Path(folder)).model_copy(update={"rtmp_port": RTMP_PORT}))
        try:
            encode(card := Path(folder) / "card.flv")
            take(stack, browser, card)
        finally:
            stack.stop()
            browser.close()


if __name__ == "__main__":
    main()
