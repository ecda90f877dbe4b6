"""Copying, with and without a clipboard."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.studio import Studio

SELECTED = "() => getSelection().toString()"


@pytest.mark.requirement("SS-4.1")
@pytest.mark.requirement("SS-6.8")
def test_copy_beside_the_url_copies_the_url(studio: Studio, broadcaster: Broadcaster) -> None:
    studio.part("copy-ingest-url").click()
    expect(studio.part("copy-ingest-url")).to_contain_text("Copied")
    assert studio.clipboard() == broadcaster.channel()["ingest_url"]
    expect(studio.part("manual-copy")).to_have_count(0)


@pytest.mark.requirement("SS-4.2")
@pytest.mark.requirement("SS-6.8")
def test_copy_beside_the_key_copies_the_key_which_stays_masked(studio: Studio, broadcaster: Broadcaster) -> None:
    key = broadcaster.stream_key()
    studio.part("copy-key").click()
    expect(studio.part("copy-key")).to_contain_text("Copied")
    assert studio.clipboard() == key
    assert key not in studio.everything()
    expect(studio.part("reveal-key")).to_be_visible()


@pytest.mark.requirement("SS-4.3")
@pytest.mark.parametrize("obstacle", ["plain HTTP", "permission denied", "no clipboard in the browser"])
def test_without_a_clipboard_the_text_is_there_to_be_copied_by_hand(
    open_studio: OpenStudio, broadcaster: Broadcaster, obstacle: str
) -> None:
    key = broadcaster.stream_key()
    studio = open_studio(clipboard=False)
    if obstacle == "plain HTTP":
        studio.over_plain_http()
    elif obstacle == "permission denied":
        studio.deny_clipboard()
    else:
        studio.page.add_init_script("delete Navigator.prototype.clipboard")
    studio.sign_in(broadcaster)
    assert studio.page.evaluate("isSecureContext") == (obstacle != "plain HTTP")

    for button, text in (("copy-ingest-url", broadcaster.channel()["ingest_url"]), ("copy-key", key)):
        studio.part(button).click()
        notice = studio.part("manual-copy")
        expect(notice).to_contain_text("manually")
        expect(studio.part("manual-copy-text")).to_have_value(text)
        expect(studio.part("manual-copy-text")).to_be_focused()
        assert studio.page.evaluate(SELECTED) == text
        studio.part("manual-copy-dismiss").click()
        expect(notice).to_have_count(0)
        expect(studio.part(button)).to_be_focused()
    assert key not in studio.everything()
