"""The admin pages as an administrator has them before them."""

from typing import Self

from playwright.sync_api import BrowserContext, Locator, Page, expect

from local.settings import ADMIN_EMAIL
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.studio import SOON_MS
from tests.e2e.browser.traffic import listen
from tests.support.stack import Stack


class AdminPages:
    """One browser context with one page."""

    def __init__(self, context: BrowserContext, stack: Stack) -> None:
        self.context = context
        self._stack = stack
        self.page: Page = context.new_page()
        self.traffic = listen(self.page)
        self.page.set_default_timeout(SOON_MS)

    def open(self, path: str = "") -> Self:
        self.page.goto(f"{self._stack.http_url}/admin{path}")
        return self

    def sign_in(self, account: Broadcaster) -> Self:
        self.open()
        self.part("email").fill(account.email)
        self.part("password").fill(account.password)
        self.part("signin-submit").click()
        expect(self.part("admin")).to_be_visible()
        return self

    def part(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def visit(self, name: str) -> Self:
        """By the navigation."""
        self.part("admin-nav").get_by_role("link", name=name).click()
        return self

    def search(self, text: str) -> Self:
        self.part("admin-search").fill(text)
        self.part("admin-search").press("Enter")
        return self

    def confirm(self, why: str) -> None:
        self.part("reason").fill(why)
        self.part("confirm").click()
        expect(self.part("dialog")).to_have_count(0)


def administrator(stack: Stack) -> Broadcaster:
    """The account that `make run` makes."""
    return Broadcaster(stack, ADMIN_EMAIL, stack.demo["password"])
