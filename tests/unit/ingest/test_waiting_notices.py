"""What the owner's page is told of a publisher that waits for a place."""

import pytest

from chalicelib.domain.events import PublisherWaiting
from chalicelib.domain.keys import KeyStatus, StreamKey
from ingest_container.node.waiting_notices import REPEAT_AFTER, WaitingNotices

pytestmark = pytest.mark.requirement("SS-5.2")

KEY = StreamKey(key_hash="hash", key_id="key_1", channel_id="ch_1", hint="abcd", status=KeyStatus.ACTIVE, created_at=0)


class Page:
    """What it was told, and when."""

    def __init__(self) -> None:
        self.now = 1_000
        self.told: list[PublisherWaiting] = []
        self.notices = WaitingNotices(self.told.append, "node-1", KEY, "192.0.2.7", 60.0, lambda: self.now)

    @property
    def places(self) -> list[int | None]:
        return [event.place for event in self.told]


def test_a_place_is_told_once_and_again_when_it_changes() -> None:
    page = Page()
    for ahead in (2, 2, 1, 1, 0):
        page.notices.waits(ahead)
        page.now += 2_000
    assert page.places == [3, 2, 1]


def test_it_is_repeated_for_a_page_that_is_opened_meanwhile() -> None:
    page = Page()
    page.notices.waits(0)
    page.now += REPEAT_AFTER - 1
    page.notices.waits(0)
    assert page.places == [1]
    page.now += 1
    page.notices.waits(0)
    assert page.places == [1, 1]


def test_the_end_is_told_to_who_was_told_of_the_wait() -> None:
    page = Page()
    page.notices.ended()
    assert page.places == []
    page.notices.waits(0)
    page.notices.ended()
    assert page.places == [1, None]


def test_it_says_whose_publisher_it_is_and_until_when_it_waits() -> None:
    page = Page()
    page.now += 5_000
    page.notices.waits(3)
    (event,) = page.told
    assert (event.channel_id, event.key_id, event.node_id, event.client_ip) == ("ch_1", "key_1", "node-1", "192.0.2.7")
    assert (event.at, event.until) == (6_000, 61_000)
