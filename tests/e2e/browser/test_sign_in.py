"""Signing in and out."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio
from tests.e2e.browser.studio import Studio


@pytest.mark.parametrize("email", ["known", "unknown"])
def test_wrong_password_is_said_without_telling_who_has_an_account(
    open_studio: OpenStudio, broadcaster: Broadcaster, email: str
) -> None:
    studio = open_studio().open()
    studio.part("email").fill(broadcaster.email if email == "known" else "nobody@example.com")
    studio.part("password").fill("Not-the-password-1")
    studio.part("signin-submit").click()
    expect(studio.part("signin-error")).to_have_text("Incorrect email or password. Check both and try again.")
    expect(studio.part("studio")).to_have_count(0)

    studio.part("email").fill(broadcaster.email)
    studio.part("password").fill(broadcaster.password)
    studio.part("signin-submit").click()
    studio.whole()


def test_reload_keeps_the_session_and_sign_out_ends_it(studio: Studio) -> None:
    studio.page.reload()
    studio.whole()

    studio.part("sign-out").click()
    expect(studio.part("signin-form")).to_be_visible()
    assert studio.page.evaluate("sessionStorage.length + localStorage.length") == 0
    studio.page.reload()
    expect(studio.part("signin-form")).to_be_visible()


def test_a_session_that_the_server_no_longer_accepts_leads_back_to_sign_in(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio().sign_in(broadcaster)
    studio.page.evaluate(
        """() => {
          const session = JSON.parse(localStorage.getItem("stream-sync.session"));
          const worn = { ...session, idToken: "worn.out.token", refreshToken: "worn out" };
          localStorage.setItem("stream-sync.session", JSON.stringify(worn));
        }"""
    )
    studio.page.reload()
    expect(studio.part("signin-notice")).to_have_text("Your session has ended. Please sign in again.")


def test_a_forgotten_password_is_replaced_with_the_code_that_was_sent(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio().open()
    studio.part("email").fill(broadcaster.email)
    studio.part("to-forgot").click()
    studio.part("forgot-submit").click()
    expect(studio.part("reset-form")).to_contain_text(broadcaster.email)
    studio.part("code").fill("654 321")
    studio.part("new-password").fill("Another-password-1")
    studio.part("reset-submit").click()
    expect(studio.part("signin-notice")).to_have_text("Your password is changed. Sign in with the new one.")
    studio.part("password").fill("Another-password-1")
    studio.part("signin-submit").click()
    expect(studio.part("studio")).to_be_visible()


def test_the_demo_account_is_offered_and_works(open_studio: OpenStudio) -> None:
    studio = open_studio().open()
    studio.part("demo-fill").click()
    studio.part("signin-submit").click()
    studio.whole()


def test_what_viewers_read_is_saved(studio: Studio) -> None:
    studio.part("details-title").fill("An evening of piano")
    studio.part("details-tags").fill("piano, live")
    studio.part("details-save").click()
    expect(studio.part("details-saved")).to_contain_text("Saved")
    studio.page.reload()
    studio.whole()
    expect(studio.part("details-title")).to_have_value("An evening of piano")
    expect(studio.part("details-tags")).to_have_value("piano, live")
