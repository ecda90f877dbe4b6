"""An administrator's pages on the running system, with a real encoder: who is live, who they are, and a block."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Browser, expect

from local.loopback import open_url
from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.admin import AdminPages, administrator
from tests.e2e.browser.conftest import GoLive, OpenStudio
from tests.support.encoders import Clip, ffmpeg
from tests.support.nodes import Node
from tests.support.stack import Stack
from tests.support.waiting import until

PICTURE_S = 120.0  # no promise: the worker that makes it has the lowest priority

pytestmark = pytest.mark.requirement("FX-18")


@pytest.fixture
def admin(browser: Browser, stack: Stack) -> Iterator[AdminPages]:
    """Whatever the test is about: no script may fail, no policy may be broken, and no secret leaves the machine."""
    pages = AdminPages(browser.new_context(viewport={"width": 1280, "height": 900}), stack)
    yield pages
    pages.context.close()
    assert pages.traffic.errors == []
    assert [url for url in pages.traffic.urls if stack.admin_secret in url] == []


def has_picture(administrator: Broadcaster, broadcaster: Broadcaster) -> bool:
    """Of the stream, which may be private."""
    streams = administrator.call("/api/admin/streams")["streams"]
    channel = broadcaster.channel()["channel_id"]
    (url,) = [stream["playback"]["thumbnail_url"] for stream in streams if stream["channel_id"] == channel]
    try:
        with open_url(urllib.request.Request(url), timeout=20):
            return True
    except HTTPError:  # 404: none yet
        return False


@pytest.mark.needs("ffmpeg")
@pytest.mark.requirement("FX-25")
def test_who_is_live_is_found_on_the_wall_and_blocked(
    admin: AdminPages,
    stack: Stack,
    broadcaster: Broadcaster,
    go_live: GoLive,
    open_studio: OpenStudio,
    clip: Clip,
    pictures: Path,
) -> None:
    broadcaster.edit(title="A copied match", visibility="private")
    key = broadcaster.stream_key()
    studio = open_studio().sign_in(broadcaster)
    encoder = go_live()
    until(lambda: has_picture(administrator(stack), broadcaster), "a picture", PICTURE_S)

    admin.sign_in(administrator(stack))
    tile = admin.part("wall-stream").filter(has_text="A copied match")
    expect(tile).to_contain_text("local-1")
    expect(tile).to_contain_text("kbit/s")
    expect(tile.locator("img")).to_have_js_property("naturalWidth", 640)
    assert barriers(admin.page, "admin-wall", pictures) == []
    tile.get_by_test_id("wall-person").click()
    expect(admin.part("person")).to_contain_text(broadcaster.email)
    expect(admin.part("person-stream")).to_have_attribute("data-state", "LIVE")

    admin.part("block").click()
    admin.confirm("rebroadcasts a match")
    expect(admin.part("blocked")).to_contain_text("rebroadcasts a match")
    assert encoder.exit_code(60) != 0
    expect(studio.part("link-closed")).to_contain_text("This broadcaster is blocked.")
    expect(admin.part("person-stream")).to_have_attribute("data-state", "ENDED")
    with pytest.raises(HTTPError) as refused:
        broadcaster.channel()
    assert refused.value.code == 403

    with ffmpeg(clip, stack.rtmp_url, key) as again:
        assert again.exit_code(60) != 0
    admin.page.reload()
    expect(admin.part("refusal-row").first).to_have_attribute("data-reason", "broadcaster_blocked")
    expect(admin.part("refusal-row").first).to_contain_text("on local-1")
    assert barriers(admin.page, "admin-person", pictures) == []

    admin.search("127.0.0.1")
    expect(admin.part("found-stream").first).to_be_visible()
    assert barriers(admin.page, "admin-address", pictures) == []

    admin.visit("Audit")
    action = admin.part("action").first
    expect(action).to_contain_text("Blocked a person: rebroadcasts a match")
    expect(action).to_contain_text("by admin@example.com")
    action.get_by_role("link").click()
    admin.part("unblock").click()
    admin.confirm("")
    expect(admin.part("person")).to_have_attribute("data-blocked", "false")


def test_the_other_pages_are_accessible_and_drain_a_node(
    admin: AdminPages, stack: Stack, broadcaster: Broadcaster, second_node: Node, pictures: Path
) -> None:
    broadcaster.channel()
    admin.sign_in(administrator(stack))
    for name, part in {"Refusals": "refusals", "Webhooks": "webhooks", "Audit": "audit"}.items():
        admin.visit(name)
        expect(admin.part(part)).to_be_visible()
        assert barriers(admin.page, f"admin-{part}", pictures) == []

    admin.visit("Nodes")
    node = admin.page.locator(f'[data-node="{second_node.node_id}"]')
    expect(node).to_have_attribute("data-status", "serving")
    node.get_by_test_id("drain").click()
    admin.part("confirm").click()
    expect(node).to_have_attribute("data-status", "draining")
    node.get_by_test_id("undrain").click()
    expect(node).to_have_attribute("data-status", "serving")
    assert barriers(admin.page, "admin-nodes", pictures) == []

    admin.search(broadcaster.email)
    expect(admin.part("found-person")).to_contain_text(broadcaster.email)
    assert barriers(admin.page, "admin-search", pictures) == []


def test_a_broadcasters_account_is_told_that_it_has_not_the_role(admin: AdminPages, broadcaster: Broadcaster) -> None:
    admin.sign_in(broadcaster)
    expect(admin.part("not-an-administrator")).to_be_visible()
    expect(admin.part("wall")).to_have_count(0)


def test_an_administrator_reads_the_pages_in_german(browser: Browser, stack: Stack, pictures: Path) -> None:
    admin = AdminPages(browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE"), stack)
    admin.open()
    heading = admin.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Anmelden für die Verwaltung")
    admin.sign_in(administrator(stack))
    titles = {
        "Live": "Jetzt live",
        "Ablehnungen": "Abgelehnte Publisher",
        "Knoten": "Knoten",
        "Webhooks": "Webhooks",
        "Protokoll": "Was die Verwaltung getan hat",
    }
    for name, title in titles.items():
        admin.visit(name)
        expect(heading).to_have_text(title)
        expect(admin.page).to_have_title(f"{title} · Verwaltung · stream-sync")
    assert barriers(admin.page, "admin-german", pictures) == []
    admin.context.close()
    assert admin.traffic.errors == []
