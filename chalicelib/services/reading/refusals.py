"""Why publishers were refused: what administrators look up when somebody asks. Kept as long as audit records."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.contract import Refusal, RefusalPage
from chalicelib.domain import cursors
from chalicelib.domain.refusals import PublishRefused
from chalicelib.domain.timeline import Entry, day_of
from chalicelib.domain.times import iso
from chalicelib.store import refusals

DAY = 86_400_000  # ms
LONGEST = 90 * DAY  # how far back records go
MOST_LOOKED_AT = 1_000  # rows a page: one that finds little ends early and answers a cursor
ROWS_A_REQUEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. Times in ms, both included."""

    since: int
    until: int
    channel_id: str | None = None
    reason: str | None = None
    key_id: str | None = None
    client_ip: str | None = None

    def matches(self, facts: dict[str, Any]) -> bool:
        wanted = {"reason": self.reason, "key_id": self.key_id, "client_ip": self.client_ip}
        return all(value is None or facts.get(name) == value for name, value in wanted.items())


def page(asked: Asked, limit: int, cursor: str | None) -> RefusalPage:
    """Up to `limit`. Raises InvalidInput for a bad cursor."""
    found: list[Refusal] = []
    for looked_at, entry in enumerate(_entries(asked, _position(cursor)), 1):
        if asked.matches(entry.facts):
            found.append(_refusal(entry))
        if len(found) == limit or looked_at == MOST_LOOKED_AT:
            at, stream_id, seq = refusals.position_of(entry)
            return RefusalPage(refusals=found, next_cursor=cursors.encode(str(at), stream_id, str(seq)))
    return RefusalPage(refusals=found, next_cursor=None)


def _entries(asked: Asked, after: refusals.Position | None) -> Iterator[Entry]:
    """Of one channel by one query, of all by one a day."""
    until = asked.until if after is None else min(asked.until, after[0])
    if until < asked.since:
        return
    if asked.channel_id is not None:
        yield from refusals.of_channel(asked.channel_id, asked.since, until, after, ROWS_A_REQUEST)
        return
    for number in range(until // DAY, asked.since // DAY - 1, -1):
        day = day_of(number * DAY)
        here = after if after is not None and day_of(after[0]) == day else None
        yield from refusals.of_day(day, asked.since, until, here, ROWS_A_REQUEST)


def _position(cursor: str | None) -> refusals.Position | None:
    if cursor is None:
        return None
    at, stream_id, seq = cursors.decode(cursor, 3)
    if not stream_id or not all(text.isascii() and text.isdigit() and len(text) < 17 for text in (at, seq)):
        raise cursors.bad_cursor()
    return int(at), stream_id, int(seq)


def _refusal(entry: Entry) -> Refusal:
    facts = entry.facts
    reason = str(facts.get("reason") or "unknown")
    error = _BY_CODE.get(reason)
    return Refusal(
        at=iso(entry.at),
        reason=reason,
        title=facts.get("detail") or (error.title if error is not None else None),
        action=error.action if error is not None else None,
        broadcaster_id=facts.get("channel_id"),
        key_id=facts.get("key_id"),
        key_label=facts.get("key_label"),
        node_id=facts.get("node_id"),
        client_ip=facts.get("client_ip"),
    )


def _kinds(kind: type[PublishRefused]) -> Iterator[type[PublishRefused]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)


_BY_CODE = {kind.code: kind for kind in reversed([*_kinds(PublishRefused)])}
