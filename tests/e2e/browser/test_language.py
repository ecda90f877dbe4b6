"""The pages speak the reader's language, and load no other."""

from playwright.sync_api import expect

from tests.e2e.browser.conftest import OpenStudio


def test_a_chosen_language_is_remembered_and_loaded_by_those_alone_who_read_it(open_studio: OpenStudio) -> None:
    studio = open_studio().open()
    expect(studio.part("signin-submit")).to_have_text("Sign in")
    assert not [url for url in studio.traffic.urls if ".de-" in url]
    studio.part("language").select_option("de")
    expect(studio.part("signin-submit")).to_have_text("Anmelden")
    expect(studio.page.locator("html")).to_have_attribute("lang", "de")
    studio.page.goto(studio.url)
    expect(studio.page.get_by_role("heading", level=1)).to_have_text("Jetzt live")


def test_a_german_browser_is_answered_in_german(open_studio: OpenStudio) -> None:
    studio = open_studio(locale="de-AT").open()
    expect(studio.part("signin-submit")).to_have_text("Anmelden")
