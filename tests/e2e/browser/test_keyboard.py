"""The main path without a mouse."""

from playwright.sync_api import Locator, expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.studio import Studio

MOST_STOPS = 30
# What shows where the focus is.
FOCUS_MARK = "element => { const s = getComputedStyle(element); return s.outlineStyle + s.boxShadow; }"


def tab_to(studio: Studio, testid: str) -> Locator:
    """Press Tab until the part has the focus, and see that a person could see it."""
    target = studio.part(testid)
    unfocused = target.evaluate(FOCUS_MARK)
    for _ in range(MOST_STOPS):
        studio.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate(FOCUS_MARK) != unfocused, f"{testid} looks the same with the focus"
            return target
    raise AssertionError(f"{testid} cannot be reached with Tab")


def test_sign_in_reveal_and_reset_by_keyboard_alone(open_studio: OpenStudio, broadcaster: Broadcaster) -> None:
    key = broadcaster.stream_key()
    studio = open_studio().open()
    keyboard = studio.page.keyboard
    expect(studio.part("email")).to_be_focused()
    keyboard.type(broadcaster.email)
    tab_to(studio, "password")
    keyboard.type(broadcaster.password)
    keyboard.press("Enter")
    studio.whole()

    tab_to(studio, "reveal-key")
    keyboard.press("Enter")
    expect(studio.part("stream-key")).to_have_text(key)
    expect(studio.part("hide-key")).to_be_focused()
    keyboard.press("Space")
    expect(studio.part("reveal-key")).to_be_focused()

    reset = tab_to(studio, "reset-key")
    keyboard.press("Enter")
    expect(studio.part("cancel")).to_be_focused()
    keyboard.press("Escape")
    expect(studio.part("dialog")).to_have_count(0)
    expect(reset).to_be_focused()
    assert broadcaster.stream_key() == key

    keyboard.press("Enter")
    expect(studio.part("cancel")).to_be_focused()
    tab_to(studio, "confirm")
    keyboard.press("Enter")
    expect(studio.part("key-reset-notice")).to_be_visible()
    assert broadcaster.stream_key() != key
