"""The schedule: planned in the studio, seen by a viewer of the offline channel, removed again."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.viewer import Viewer

SETTLED_MS = 2_000  # the page reads keys once more after 1.5 s, because the index may be late

pytestmark = [pytest.mark.needs("ministack", "chromium", "dashboard"), pytest.mark.requirement("FX-5")]


def test_a_broadcast_is_planned_by_its_owners_clock_and_shown_by_the_viewers(
    open_studio: OpenStudio, broadcaster: Broadcaster, viewer: Viewer, channel: str, pictures: Path
) -> None:
    studio = open_studio(timezone_id="America/New_York", locale="en-GB").sign_in(broadcaster)
    panel = studio.part("schedule")
    panel.locator("summary").click()
    studio.part("schedule-plan").click()
    start = studio.page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)") + "T20:00"
    panel.get_by_label("Title").fill("Friday night speedrun")
    panel.get_by_label("Start").fill(start)
    panel.get_by_label("Time zone").select_option("Europe/Berlin")
    assert barriers(studio.page, "schedule-form", pictures) == []
    studio.part("schedule-save").click()
    row = studio.part("schedule-row")
    expect(row).to_contain_text("Friday night speedrun")
    expect(row).to_contain_text("20:00 in Europe/Berlin")
    # 15:00 in the weeks in which only one of the two has daylight saving time.
    expect(row.locator("time")).to_contain_text(re.compile("1[45]:00"))

    viewer.open(f"/watch/{channel}")
    expect(viewer.part("next-broadcast")).to_contain_text("Friday night speedrun")
    assert barriers(viewer.page, "next-broadcast", pictures) == []

    studio.part("schedule-create-key").click()
    expect(studio.part("issued-key")).to_contain_text('The key "Friday night speedrun" is ready')
    key = row.get_by_test_id("schedule-key")
    expect(key).to_contain_text(re.compile(r"Key ••••\w{4}: works from .* 1[34]:45 .* until"))
    assert barriers(studio.page, "schedule", pictures) == []
    studio.part("dismiss-issued").click()

    row.get_by_role("button", name="Edit Friday night speedrun").click()
    expect(panel.get_by_label("Start")).to_have_value(start)
    panel.get_by_label("Title").fill("Moved")
    studio.part("schedule-save").click()
    expect(row).to_contain_text("Moved")
    studio.part("schedule-remove").click()
    expect(studio.part("dialog")).to_contain_text("Its key stops working immediately")
    studio.part("confirm").click()
    expect(row).to_have_count(0)
    viewer.page.reload()
    expect(viewer.part("offline")).to_be_visible()
    expect(viewer.part("next-broadcast")).to_have_count(0)


def test_schedule_and_keys_show_the_same_keys_while_both_are_open(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio()
    studio.page.clock.install()
    studio.sign_in(broadcaster)
    panel = studio.part("schedule")
    panel.locator("summary").click()
    studio.part("keys").locator("summary").first.click()
    key = studio.part("key-list").get_by_test_id("key-row").filter(has_text="Rehearsal")
    studio.part("schedule-plan").click()
    start = studio.page.evaluate("new Date(Date.now() + 864e5).toISOString().slice(0, 10)") + "T20:00"
    panel.get_by_label("Title").fill("Rehearsal")
    panel.get_by_label("Start").fill(start)
    studio.part("schedule-save").click()
    expect(studio.part("schedule-row")).to_be_visible()
    expect(studio.part("key-row")).to_have_count(1)
    # No reading is due any more: what the panels show from here on follows from what is done.
    studio.page.clock.fast_forward(SETTLED_MS)

    studio.part("schedule-create-key").click()
    expect(key).to_be_visible()
    expect(studio.part("schedule-key")).to_be_visible()
    studio.page.clock.fast_forward(SETTLED_MS)

    key.get_by_test_id("revoke-key").click()
    studio.part("confirm").click()
    expect(key).to_have_count(0)
    expect(studio.part("schedule-key")).to_have_count(0)
    expect(studio.part("schedule-create-key")).to_be_visible()
