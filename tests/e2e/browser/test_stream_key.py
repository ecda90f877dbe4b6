"""Server URL and stream key: what is shown, what is not, and what a reset does."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.publisher import Publisher
from tests.e2e.browser.studio import Studio
from tests.support.encoders import Clip, ffmpeg
from tests.support.stack import Stack


@pytest.mark.requirement("SS-1.1")
def test_the_server_url_is_shown(studio: Studio, broadcaster: Broadcaster) -> None:
    expect(studio.part("ingest-url")).to_have_value(broadcaster.channel()["ingest_url"])


@pytest.mark.requirement("SS-1.4")
@pytest.mark.requirement("SS-6.8")
def test_the_key_is_nowhere_until_asked_for_and_goes_away_again(studio: Studio, broadcaster: Broadcaster) -> None:
    key = broadcaster.stream_key()
    masked = studio.part("stream-key")
    expect(masked).to_contain_text(key[-4:])
    assert key not in studio.everything()
    assert studio.traffic.answers_holding(key) == []

    studio.part("reveal-key").click()
    expect(masked).to_have_text(key)
    assert key in studio.everything()
    assert studio.traffic.answers_holding(key) == ["/api/channel/credentials"]

    studio.part("hide-key").click()
    expect(studio.part("reveal-key")).to_be_visible()
    assert key not in studio.everything()
    assert [url for url in studio.traffic.urls if key in url] == []


@pytest.mark.requirement("SS-1.4")
@pytest.mark.parametrize("leaving", ["half a minute passes", "the window loses the focus", "the page is reloaded"])
def test_a_revealed_key_hides_itself(open_studio: OpenStudio, broadcaster: Broadcaster, leaving: str) -> None:
    key = broadcaster.stream_key()
    studio = open_studio()
    studio.page.clock.install()
    studio.sign_in(broadcaster)
    studio.part("reveal-key").click()
    expect(studio.part("stream-key")).to_have_text(key)
    expect(studio.part("reveal-countdown")).to_be_visible()

    if leaving == "half a minute passes":
        studio.page.clock.fast_forward(30_000)
    elif leaving == "the window loses the focus":
        studio.page.evaluate("window.dispatchEvent(new Event('blur'))")
    else:
        studio.page.reload()
    expect(studio.part("reveal-key")).to_be_visible()
    assert key not in studio.everything()


@pytest.mark.requirement("SS-1.2")
@pytest.mark.requirement("SS-1.3")
def test_reset_is_confirmed_first_and_gives_another_key_at_once(studio: Studio, broadcaster: Broadcaster) -> None:
    old = broadcaster.stream_key()
    studio.part("reset-key").click()
    expect(studio.part("dialog")).to_be_visible()
    studio.part("cancel").click()
    expect(studio.part("dialog")).to_have_count(0)
    assert broadcaster.stream_key() == old

    studio.reset_key()
    new = broadcaster.stream_key()
    assert new != old
    assert re.fullmatch(r"[A-Za-z0-9]{40}", new)
    expect(studio.part("stream-key")).to_contain_text(new[-4:])
    assert new not in studio.everything()
    studio.part("copy-new-key").click()
    expect(studio.part("copy-new-key")).to_contain_text("Copied")
    assert studio.clipboard() == new


@pytest.mark.requirement("SS-1.3")
@pytest.mark.needs("ffmpeg")
def test_reset_ends_the_broadcast_and_only_the_new_key_is_let_in(
    stack: Stack, studio: Studio, broadcaster: Broadcaster, clip: Clip
) -> None:
    old = broadcaster.stream_key()
    with ffmpeg(clip, stack.rtmp_url, old) as encoder:
        studio.shows("LIVE")
        studio.part("reset-key").click()
        expect(studio.part("dialog")).to_contain_text("your stream ends")
        studio.part("confirm").click()
        studio.shows("OFFLINE")
        expect(studio.part("end-reason")).to_have_text("The stream key was reset.")
        encoder.exit_code(within=60)

    port = stack.settings.rtmp_port
    with Publisher(port, old) as refused:
        assert refused.status == "NetStream.Publish.Denied"
        assert refused.description.startswith("Unauthorized")
    expect(studio.part("refusal")).to_have_attribute("data-code", "key_revoked")

    with Publisher(port, broadcaster.stream_key()) as accepted:
        accepted.go()
        studio.shows("LIVE")
    assert studio.traffic.page_loads == 1


@pytest.mark.requirement("SS-1.3")
def test_a_window_that_is_turned_to_again_shows_the_key_that_another_one_made(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio()
    studio.page.clock.install()
    studio.sign_in(broadcaster)
    # From here on the page does nothing by itself, as a window that nothing is told of.
    studio.stop_clock()
    broadcaster.call("/api/channel/credentials/reset", method="POST")
    studio.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(studio.part("stream-key")).to_contain_text(broadcaster.stream_key()[-4:])
