"""Stream keys on the page: one for a guest, what is said of it, and what becomes of it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.e2e.browser.viewer import Viewer
from tests.support.encoders import Clip, ffmpeg
from tests.support.stack import Stack
from tests.support.waiting import until


@pytest.mark.requirement("FX-17")
@pytest.mark.needs("ffmpeg")
def test_a_guest_gets_a_key_for_one_hour_uses_it_and_loses_it(
    stack: Stack, studio: Studio, clip: Clip, pictures: Path
) -> None:
    studio.part("keys").locator("summary").first.click()
    studio.part("new-key").click()
    studio.part("key-label").fill("Ann's laptop")
    studio.part("create-key").click()

    expect(studio.part("issued-key")).to_contain_text("Ann's laptop")
    studio.part("copy-issued").click()
    expect(studio.part("copy-issued")).to_contain_text("Copied")
    key = studio.clipboard()
    assert key not in studio.everything()
    studio.part("reveal-issued").click()
    expect(studio.part("issued-text")).to_have_text(key)
    studio.page.evaluate("window.dispatchEvent(new Event('blur'))")
    expect(studio.part("issued-text")).not_to_have_text(key)
    assert key not in studio.everything()
    assert [url for url in studio.traffic.urls if key in url] == []
    expect(studio.part("issued-server")).to_have_value(re.compile("^rtmp://"))
    studio.part("dismiss-issued").click()

    row = studio.part("key-row").filter(has_text="Ann's laptop")
    expect(row).to_have_attribute("data-status", "active")
    expect(row.get_by_test_id("key-expires")).to_contain_text(re.compile(r"Expires in 5\d min"))
    expect(row.get_by_test_id("key-last-used")).to_have_text("Never used")

    with ffmpeg(clip, stack.rtmp_url, key) as encoder:
        studio.shows("LIVE")
        expect(row).to_have_attribute("data-status", "in-use")
        expect(row.get_by_test_id("key-last-used")).to_contain_text("FFmpeg")
        expect(row.get_by_test_id("key-last-used")).to_contain_text("from 127.0.0.1")
        studio.part("edit-key").first.click()
        assert barriers(studio.page, "keys", pictures) == []
        studio.part("edit-key-form").get_by_text("Cancel").click()

        row.get_by_test_id("rotate-key").click()
        expect(studio.part("rotate-warning")).to_contain_text("ends when the old key stops working")
        studio.part("overlap").select_option("10")
        studio.part("confirm").click()
        expect(studio.part("issued-key")).to_contain_text("Ann's laptop")
        old = row.filter(has_text="Replaced by a new key")
        expect(old).to_have_attribute("data-status", "in-use")
        expect(old.get_by_test_id("key-expires")).to_contain_text(re.compile(r"Expires in [5-9] min"))

        old.get_by_test_id("revoke-key").click()
        expect(studio.part("dialog")).to_contain_text("The running stream uses this key: it ends.")
        studio.part("confirm").click()
        studio.shows("OFFLINE")
        expect(studio.part("end-reason")).to_have_text("The stream key was revoked.")
        encoder.exit_code(within=60)

    with Publisher(stack.settings.rtmp_port, key) as refused:
        assert refused.status == "NetStream.Publish.Denied"
    expect(studio.part("refusal")).to_contain_text("Ann's laptop")
    studio.part("old-keys").click()
    expect(studio.part("key-row").filter(has_text="Revoked")).to_contain_text("Ann's laptop")


@pytest.mark.requirement("FX-17")
@pytest.mark.requirement("FX-14")
@pytest.mark.needs("ffmpeg")
def test_an_owner_takes_over_from_a_guest_and_viewers_go_on(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, viewer: Viewer, channel: str, clip: Clip
) -> None:
    studio.part("keys").locator("summary").first.click()
    studio.part("second-publisher").select_option("takeover")
    until(lambda: broadcaster.channel()["second_publisher"] == "takeover", "it is saved")
    made = broadcaster.call("/api/channel/keys", method="POST", body={"label": "Ann", "role": "guest"})
    with ffmpeg(clip, stack.rtmp_url, made["stream_key"]) as guest:
        viewer.open(f"/watch/{channel}").plays()
        with ffmpeg(clip, stack.rtmp_url, broadcaster.stream_key()):
            guest.exit_code(within=60)
            studio.shows("LIVE")
            viewer.plays_past(viewer.time() + 5)
            expect(studio.part("key-row").filter(has_text="Main key")).to_have_attribute("data-status", "in-use")
            with Publisher(stack.settings.rtmp_port, made["stream_key"]) as again:
                assert again.status == "NetStream.Publish.BadName"
            expect(studio.part("refusal")).to_contain_text("already live with an owner's key")
            expect(studio.part("refusal")).to_contain_text('key "Ann"')
            assert "OFFLINE" not in studio.statuses()[studio.statuses().index("LIVE") :]
    assert viewer.traffic.page_loads == 1
