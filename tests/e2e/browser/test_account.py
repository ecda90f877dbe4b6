"""An account from its first to its last day, as a person has it before them, in a browser that restarts."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import qr
from tests.e2e.browser.accessibility import barriers
from tests.e2e.browser.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.browser.studio import SOON_MS
from tests.e2e.browser.traffic import listen
from tests.support import totp
from tests.support.stack import Stack

WRONG = "Wrong-password-1"


class Person:
    """Somebody with an address, a browser, and later a phone with an authenticator app."""

    def __init__(self, stack: Stack) -> None:
        self.url = stack.http_url
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.password = f"{secrets.token_hex(6)}-aA1"
        self.secret = ""

    def sign_in(self, page: Page) -> None:
        page.get_by_test_id("email").fill(self.email)
        page.get_by_test_id("password").fill(self.password)
        page.get_by_test_id("signin-submit").click()
        if self.secret:
            page.get_by_test_id("code").fill(totp.code(self.secret))
            page.get_by_test_id("mfa-submit").click()


@contextmanager
def started(browser: Browser, profile: Path) -> Iterator[tuple[BrowserContext, Page]]:
    """A browser with what it stored when it ran last. No script may fail in it, no policy may be broken."""
    context = browser.browser_type.launch_persistent_context(profile, executable_path=CHROMIUM, args=ARGUMENTS)
    page = context.new_page()
    page.set_default_timeout(SOON_MS)
    traffic = listen(page)
    try:
        yield context, page
        assert traffic.errors == []
        assert [url for url in traffic.urls if "eyJ" in url] == []
    finally:
        context.close()


@pytest.mark.requirement("FX-18")
def test_account_is_made_secured_kept_and_deleted(
    browser: Browser, stack: Stack, tmp_path: Path, pictures: Path
) -> None:
    person = Person(stack)
    with started(browser, tmp_path) as (_, page):
        sign_up(page, person, pictures)
        turn_on_mfa(page, person, pictures)
        page.get_by_test_id("sign-out").click()
        person.sign_in(page)
        expect(page.get_by_test_id("mfa-state")).to_have_text("It is on.")
    with started(browser, tmp_path) as (context, page):
        page.goto(f"{person.url}/account")
        expect(page.get_by_test_id("account-email")).to_have_text(person.email)
        expect(page.get_by_test_id("display-name")).to_have_value("Ada")
        expect(page.get_by_test_id("time-zone")).to_have_value("Europe/Berlin")
        change_password(page, person)
        sign_out_in_another_tab(context, page)
        person.sign_in(page)
        export(page)
        delete(page, person)


def sign_up(page: Page, person: Person, pictures: Path) -> None:
    page.goto(f"{person.url}/account")
    page.get_by_test_id("to-sign-up").click()
    page.get_by_test_id("email").fill(person.email)
    page.get_by_test_id("new-password").fill("too-short")
    page.get_by_test_id("sign-up-submit").click()
    expect(page.get_by_test_id("sign-up-error")).to_contain_text("requirements")
    assert barriers(page, "sign-up", pictures) == []
    page.get_by_test_id("new-password").fill(person.password)
    page.get_by_test_id("sign-up-submit").click()

    expect(page.get_by_test_id("confirm-form")).to_contain_text(person.email)
    page.get_by_test_id("code").fill("000000")
    page.get_by_test_id("confirm-submit").click()
    expect(page.get_by_test_id("confirm-error")).to_contain_text("not correct")
    page.get_by_test_id("resend").click()
    expect(page.get_by_test_id("resent")).to_contain_text("Sent")
    page.get_by_test_id("code").fill("123456")
    page.get_by_test_id("confirm-submit").click()

    page.get_by_test_id("display-name").fill("Ada")
    page.get_by_test_id("time-zone").select_option("Europe/Berlin")
    page.get_by_test_id("profile-save").click()
    expect(page.get_by_test_id("profile-done")).to_contain_text("Saved")


def turn_on_mfa(page: Page, person: Person, pictures: Path) -> None:
    page.get_by_test_id("mfa-begin").click()
    person.secret = page.get_by_test_id("mfa-secret").inner_text().replace(" ", "")
    address = page.get_by_test_id("mfa-link").get_attribute("href") or ""
    assert person.secret in address
    page.emulate_media(color_scheme="dark")
    assert qr.text_of(page.get_by_test_id("mfa-qr")) == address
    assert barriers(page, "account", pictures) == []
    page.get_by_test_id("code").fill("000000")
    page.get_by_test_id("mfa-on").click()
    expect(page.get_by_test_id("mfa-error")).to_contain_text("not correct")
    page.get_by_test_id("code").fill(totp.code(person.secret))
    page.get_by_test_id("mfa-on").click()
    expect(page.get_by_test_id("mfa-state")).to_have_text("It is on.")


def change_password(page: Page, person: Person) -> None:
    chosen = f"{secrets.token_hex(6)}-aA1"
    page.get_by_test_id("new-password").fill(chosen)
    page.get_by_test_id("current-password").fill(WRONG)
    page.get_by_test_id("password-save").click()
    expect(page.get_by_test_id("password-error")).to_have_text("The current password is incorrect.")
    page.get_by_test_id("current-password").fill(person.password)
    page.get_by_test_id("password-save").click()
    expect(page.get_by_test_id("password-done")).to_contain_text("is changed")
    person.password = chosen


def sign_out_in_another_tab(context: BrowserContext, page: Page) -> None:
    other = context.new_page()
    other.goto(page.url.replace("/account", "/studio"))
    other.get_by_test_id("sign-out").click()
    expect(other.get_by_test_id("signin-form")).to_be_visible()
    expect(page.get_by_test_id("signin-notice")).to_contain_text("in another tab")
    other.close()


def export(page: Page) -> None:
    with page.expect_download() as saved:
        page.get_by_test_id("export").click()
    document = json.loads(Path(saved.value.path()).read_text())
    assert document["channel"]["display_name"] == "Ada"
    assert document["account"]["time_zone"] == "Europe/Berlin"
    assert [set(key) & {"stream_key", "ciphertext"} for key in document["keys"]] == [set()]
    assert (document["schedule"], document["incomplete"]) == ([], False)


def delete(page: Page, person: Person) -> None:
    page.get_by_test_id("delete").click()
    page.get_by_test_id("delete-password").fill(WRONG)
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("dialog-error")).to_contain_text("Incorrect")
    page.get_by_test_id("delete-password").fill(person.password)
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("signin-notice")).to_have_text("Your account and your data are deleted.")
    person.secret = ""
    person.sign_in(page)
    expect(page.get_by_test_id("signin-error")).to_contain_text("Incorrect email or password")
