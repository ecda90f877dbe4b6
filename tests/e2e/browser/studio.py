"""The studio as a person has it before them, and as a watcher of the browser's insides sees it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from local.settings import HOST
from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.traffic import listen

CLOCK_AHEAD_S = 10
# No promise: twice the longest pause of a page that has lost its connection, 30 s.
SOON_MS = 60_000
expect.set_options(timeout=SOON_MS)

# Every status on the page since it was whole, with the moment at which it came: no waiting of ours can blur it.
STATUS_HISTORY = """
window.statusHistory = [];
const look = () => {
  const status = document.querySelector('[data-testid="status"]')?.dataset.status;
  if (status && window.statusHistory.at(-1)?.status !== status)
    window.statusHistory.push({ status, at: Date.now() / 1000 });
};
new MutationObserver(look).observe(document, {
  subtree: true, childList: true, attributes: true, attributeFilter: ["data-status"],
});
"""

# While it connects for the first time a page may say UNKNOWN: it gives a server that starts ten seconds only.
FORGET_BEGINNING = "window.statusHistory.splice(0, window.statusHistory.length - 1)"

# What a person, an extension or a saved page could find: markup, attributes, what fields hold, and what is stored.
EVERYTHING = """() => {
  const found = [document.documentElement.outerHTML, document.title, location.href];
  for (const element of document.querySelectorAll("*")) {
    if ("value" in element) found.push(String(element.value));
    for (const attribute of element.attributes) found.push(attribute.value);
    if (element.shadowRoot) found.push(element.shadowRoot.innerHTML);
  }
  found.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie);
  return found.join("\\n");
}"""


class Studio:
    """One browser context with one page. `url` is where the pages are served."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.address = f"{url}/studio"
        self.page: Page = context.new_page()
        self.traffic = listen(self.page)
        self.page.set_default_timeout(SOON_MS)
        self.page.add_init_script(STATUS_HISTORY)
        self.is_plain_http = False

    def stop_clock(self) -> None:
        """The page's installed `clock` stands still from now on; somewhat ahead, for it cannot go back."""
        self.page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=CLOCK_AHEAD_S))

    # --- going about -------------------------------------------------------------------------------------------

    def open(self) -> Self:
        self.page.goto(self.address)
        return self

    def sign_in(self, broadcaster: Broadcaster) -> Self:
        """Open, sign in, and wait until the page is whole and kept up to date."""
        if self.is_plain_http:  # signing in takes a secure context: the session is there already
            self.page.add_init_script(f"localStorage.setItem('stream-sync.session', '{broadcaster.session()}')")
            return self.open().whole()
        self.open()
        self.part("email").fill(broadcaster.email)
        self.part("password").fill(broadcaster.password)
        self.part("signin-submit").click()
        return self.whole()

    def whole(self) -> Self:
        """Wait until the channel is there and kept up to date: from here on the statuses are history."""
        expect(self.part("link")).to_have_attribute("data-link", "open", timeout=SOON_MS)
        expect(self.part("status")).to_be_visible()
        self.page.evaluate(FORGET_BEGINNING)
        return self

    def part(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def reset_key(self) -> None:
        """Ask for another key, and say yes."""
        self.part("reset-key").click()
        self.part("confirm").click()
        expect(self.part("key-reset-notice")).to_be_visible(timeout=SOON_MS)

    def over_plain_http(self) -> Self:
        """Serve the same from an address that is no secure context: there, browsers have no clipboard at all.

        The gateway answers to this machine's own names only, so the browser's requests are relayed here.
        """
        stranger = self.url.replace(HOST, "studio.test")

        def relay(route: Route) -> None:
            answer = route.fetch(url=route.request.url.replace(stranger, self.url))
            route.fulfill(response=answer, body=answer.body().replace(self.url.encode(), stranger.encode()))

        self.is_plain_http = True
        self.page.route(f"{stranger}/**", relay)
        self.address = f"{stranger}/studio"
        return self

    def deny_clipboard(self) -> None:
        """As a person or a policy does it. It lasts as long as the debugging session, so that is not detached."""
        session = self.context.browser.new_browser_cdp_session() if self.context.browser else None
        assert session is not None
        target = self.context.new_cdp_session(self.page).send("Target.getTargetInfo")
        session.send(
            "Browser.setPermission",
            {
                "permission": {"name": "clipboard-write"},
                "setting": "denied",
                "origin": self.url,
                "browserContextId": target["targetInfo"]["browserContextId"],
            },
        )

    def clipboard(self) -> str:
        """What somebody who pastes now would get."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    # --- status ------------------------------------------------------------------------------------------------

    def shows(self, status: str, within: float = SOON_MS / 1000) -> None:
        expect(self.part("status")).to_have_attribute("data-status", status, timeout=within * 1000)

    def shows_within(self, status: str, seconds: float, since: float) -> None:
        """The status comes no later than `seconds` after the moment `since`, by the page's own record."""
        left = since + seconds - time.time()
        # The wait is longer than the promise, so that a broken promise is told with its time.
        self.shows(status, within=left + 5)
        took = max(each["at"] for each in self.history() if each["status"] == status) - since
        assert took <= seconds, f"{status} was on the page after {took:.2f} s, {seconds} s were promised"

    def history(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.page.evaluate("window.statusHistory")
        return found

    def statuses(self) -> list[str]:
        return [each["status"] for each in self.history()]

    # --- insides -----------------------------------------------------------------------------------------------

    def everything(self) -> str:
        """All text the page holds: DOM with attributes and field values, and the storages."""
        return str(self.page.evaluate(EVERYTHING))
