"""The calendar feed, read by another implementation of RFC 5545."""

import re
from datetime import UTC, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.icalendar import MAX_OCTETS, calendar
from chalicelib.domain.schedule import Broadcast

pytestmark = pytest.mark.requirement("FX-5")

STARTS = 1_795_165_200_000
PAGE = "https://stream.example.com/watch/ch_1"
TITLES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=140)


def planned(title: str = "Speedrun", number: int = 1, **changes: int) -> Broadcast:
    times = {"starts_at": STARTS, "minutes": 90, "changed_at": STARTS - 1_000_000_500} | changes
    return Broadcast(f"sch_{number}", "ch_1", title, time_zone="Europe/Berlin", **times)


def utc(ms: int) -> datetime:
    return datetime.fromtimestamp(ms // 1000, UTC)


def text_of(raw: str) -> str:
    """A text value without its escapes (RFC 5545, 3.3.11); the parser leaves those of properties of RFC 7986."""
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] in "nN" else escape[1], raw)


def test_each_broadcast_is_an_event_with_what_a_calendar_needs() -> None:
    read = icalendar.Calendar.from_ical(calendar("My channel", PAGE, [planned(), planned(number=2, sequence=3)]))
    assert (str(read["VERSION"]), str(read["NAME"])) == ("2.0", "My channel")
    first, second = read.walk("VEVENT")
    assert (first.decoded("DTSTART"), first.decoded("DTEND")) == (utc(STARTS), utc(STARTS + 90 * 60_000))
    assert (first.decoded("DTSTAMP"), int(str(first["SEQUENCE"]))) == (utc(STARTS - 1_000_000_500), 0)
    assert (str(first["SUMMARY"]), str(first["URL"])) == ("Speedrun", PAGE)
    assert (str(first["UID"]), str(second["UID"])) == ("sch_1@stream-sync", "sch_2@stream-sync")
    assert int(str(second["SEQUENCE"])) == 3
    assert not read.errors
    assert not first.errors


def test_an_empty_schedule_is_a_calendar_as_well() -> None:
    assert icalendar.Calendar.from_ical(calendar("Nothing", PAGE, [])).walk("VEVENT") == []


@given(name=TITLES, title=TITLES)
def test_any_title_comes_back_as_it_was(name: str, title: str) -> None:
    text = calendar(name, PAGE, [planned(title)])
    read = icalendar.Calendar.from_ical(text)
    (event,) = read.walk("VEVENT")
    assert (text_of(str(read["NAME"])), str(event["SUMMARY"])) == (name, title)
    lines = text.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= MAX_OCTETS
    assert b"\n" not in text.encode().replace(b"\r\n", b"")


def test_a_title_cannot_add_properties_of_its_own() -> None:
    text = calendar("x", PAGE, [planned("a\r\nATTENDEE:mailto:x@example.com")])
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert "ATTENDEE" not in event


def test_it_is_the_same_for_the_same_broadcasts() -> None:
    assert calendar("x", PAGE, [planned()]) == calendar("x", PAGE, [planned()])
