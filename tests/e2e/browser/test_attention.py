"""What the studio does for a broadcaster who does not look at it all the time."""

import pytest
from playwright.sync_api import Dialog, expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import GoLive, OpenStudio
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.nodes import Node
from tests.support.waiting import until

# What the page asks of the browser, and shows through it; the window is not the one that is looked at.
RECORD = """
window.asked = 0;
window.shown = [];
window.rung = 0;
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { window.asked++; return (this.permission = 'granted'); }
  constructor(title, options) { window.shown.push(`${title}: ${options.body}`); }
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.rung++; start.apply(this, when); };
document.hasFocus = () => false;
"""


@pytest.mark.needs("ffmpeg")
def test_the_level_of_the_sound_is_shown_though_the_preview_is_muted(studio: Studio, go_live: GoLive) -> None:
    go_live()
    studio.part("toggle-preview").click()
    meter = studio.part("sound-meter")
    expect(meter).to_have_attribute("data-heard", "sound")
    assert studio.page.evaluate("document.querySelector('video').muted")

    def level() -> int:
        return int(meter.get_by_role("meter").get_attribute("aria-valuenow") or -60)

    until(lambda: -24 < level() < -12, "the level of the clip's tone, an eighth of full scale: -18 dB", 60)


@pytest.mark.requirement("FX-5")
def test_a_lost_stream_rings_and_notifies_those_who_asked_for_it(
    patient_node: Node, open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio()
    studio.page.add_init_script(RECORD)
    studio.sign_in(broadcaster)
    with Publisher(patient_node.port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        assert studio.page.evaluate("window.asked") == 0, "permission is asked for at a click only"
        studio.part("alerts").locator("summary").click()
        studio.part("alert-notification").check()
        studio.part("alert-sound").check()
        until(
            lambda: studio.page.evaluate("[window.asked, window.rung]") == [1, 2], "the sound is heard as it is chosen"
        )
        publisher.drop()
        studio.shows("RECONNECTING")
        # Playwright's own waiting evaluates strings, which the pages' policy forbids.
        until(lambda: studio.page.evaluate("[window.shown.length, window.rung]") == [1, 4], "it is told")
    (shown,) = studio.page.evaluate("window.shown")
    assert shown.startswith("Your stream is interrupted: The connection to your encoder was lost.")


@pytest.mark.requirement("FX-5")
def test_status_stays_in_sight_and_last_figures_are_called_so_after_a_reload(
    studio: Studio, broadcaster: Broadcaster, patient_node: Node
) -> None:
    with Publisher(patient_node.port, broadcaster.stream_key()) as publisher:
        publisher.go()
        studio.shows("LIVE")
        expect(studio.part("measures")).to_have_attribute("data-fresh", "true")
        expect(studio.part("status-bar")).to_have_count(0)
        studio.part("refusals").scroll_into_view_if_needed()
        expect(studio.part("status-bar")).to_contain_text("LIVE")
        publisher.drop()
        studio.shows("RECONNECTING")
        studio.page.reload()
        studio.whole()
        studio.shows("RECONNECTING")
        expect(studio.part("measures-note")).to_have_text("Last measured")


def test_details_that_are_not_saved_are_not_lost_unasked(studio: Studio) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    studio.page.on("dialog", leave)
    title = studio.part("details-title")
    title.press_sequentially("Piano")
    studio.page.reload()
    studio.whole()
    assert asked == ["beforeunload"]
    title.press_sequentially("Violin")
    studio.part("sign-out").click()
    expect(studio.part("dialog")).to_contain_text("without saving")
    studio.part("cancel").click()
    studio.part("details-save").click()
    expect(studio.part("details-saved")).to_contain_text("Saved")
    studio.part("sign-out").click()
    expect(studio.part("signin-form")).to_be_visible()
    assert asked == ["beforeunload"]
