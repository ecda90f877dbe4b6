"""A channel's planned broadcasts as an iCalendar feed (RFC 5545, with the properties of RFC 7986 for feeds).

Times are in UTC, so that no time zone has to be described: a calendar shows them in its reader's.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from chalicelib.domain.schedule import Broadcast

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//stream-sync//schedule//EN"
REFRESH = "PT1H"
MAX_OCTETS = 75  # of a line, without its end (3.1)

_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def calendar(name: str, url: str, broadcasts: Iterable[Broadcast]) -> str:
    """`url` is the channel's page. The same for the same broadcasts, whenever it is asked for."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
    ]
    for broadcast in broadcasts:
        lines += _event(broadcast, url)
    lines.append("END:VCALENDAR")
    return "".join(part for line in lines for part in _folded(line))


def _event(broadcast: Broadcast, url: str) -> Iterator[str]:
    """`DTSTAMP` is when it was changed last: there is no METHOD, so that is what it stands for (3.8.7.2)."""
    yield "BEGIN:VEVENT"
    yield f"UID:{broadcast.broadcast_id}@stream-sync"
    yield f"DTSTAMP:{_utc(broadcast.changed_at)}"
    yield f"LAST-MODIFIED:{_utc(broadcast.changed_at)}"
    yield f"SEQUENCE:{broadcast.sequence}"
    yield f"DTSTART:{_utc(broadcast.starts_at)}"
    yield f"DTEND:{_utc(broadcast.ends_at)}"
    yield f"SUMMARY:{_text(broadcast.title)}"
    yield f"URL:{url}"
    yield "END:VEVENT"


def _utc(ms: int) -> str:
    """Whole seconds: the format has no parts of them."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """Lines of at most `MAX_OCTETS`; a character's octets stay together."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > MAX_OCTETS:
            yield part + "\r\n"
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part + "\r\n"
