"""Two windows of one broadcaster agree, though nobody turns to the second one.

Which would not ask by itself, however long one waits: a page asks about a channel that is off air when it is turned to.
"""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.accounts import Broadcaster
from tests.e2e.browser.conftest import OpenStudio


@pytest.mark.requirement("SS-1.3")
def test_a_reset_in_one_window_shows_in_the_other(open_studio: OpenStudio, broadcaster: Broadcaster) -> None:
    first, second = open_studio().sign_in(broadcaster), open_studio().sign_in(broadcaster)
    second.part("reveal-key").click()
    expect(second.part("hide-key")).to_be_visible()
    first.reset_key()
    key = broadcaster.stream_key()
    expect(second.part("stream-key")).to_contain_text(f"hidden, ends in {key[-4:]}")
    assert key not in second.everything()
    second.part("copy-key").click()
    expect(second.part("copy-key")).to_contain_text("Copied")
    assert second.clipboard() == key


def test_an_edit_in_one_window_shows_in_the_other_and_spares_what_is_being_typed_there(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    first, second = open_studio().sign_in(broadcaster), open_studio().sign_in(broadcaster)
    second.part("details-description").fill("Preludes and nocturnes")
    first.part("details-title").fill("An evening of piano")
    first.part("details-save").click()
    expect(second.part("details-title")).to_have_value("An evening of piano")
    expect(second.part("details-description")).to_have_value("Preludes and nocturnes")


def test_what_is_copied_is_the_key_whose_end_is_shown_also_where_nobody_told_of_a_reset(
    open_studio: OpenStudio, broadcaster: Broadcaster
) -> None:
    studio = open_studio()
    # As if every message about changes were lost.
    studio.page.route_web_socket(
        "**/*",
        lambda socket: socket.connect_to_server().on_message(
            lambda message: None if '"type":"channel"' in str(message) else socket.send(message)
        ),
    )
    studio.sign_in(broadcaster)
    old = broadcaster.stream_key()
    expect(studio.part("stream-key")).to_contain_text(old[-4:])
    broadcaster.call("/api/channel/credentials/reset", method="POST")
    studio.part("copy-key").click()
    expect(studio.part("copy-key")).to_contain_text("Copied")
    key = studio.clipboard()
    assert key != old
    expect(studio.part("stream-key")).to_contain_text(key[-4:])
    studio.part("reveal-key").click()
    expect(studio.part("stream-key")).to_have_text(key)
