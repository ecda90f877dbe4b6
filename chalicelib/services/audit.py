"""What administrators do, written down before it is done, and again with the status of its answer.

A request whose record cannot be written is not carried out. Kept as long as the other audit records: 90 days.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.contract import AdminAction, AdminActionPage
from chalicelib.domain import cursors
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.timeline import Entry, actions_on, day_of
from chalicelib.domain.times import iso
from chalicelib.observability import logger
from chalicelib.store import timeline

DAY = 86_400_000  # ms
LONGEST = 90 * DAY  # how far back records go
MOST_LOOKED_AT = 1_000  # rows a page: one that finds little ends early and answers a cursor
ROWS_A_REQUEST = 100
_RANDOM_BITS = 12  # below an action's millisecond; the number stays under 2**53
_KIND = "action"


@dataclass(frozen=True, slots=True)
class Action:
    """`operation` is the route's name; `by` is whom a caller with the shared secret named."""

    operator: str
    email: str | None
    operation: str
    target: dict[str, str]
    address: str
    why: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for. Times in ms, both included."""

    since: int
    until: int
    operator: str | None = None
    action: str | None = None
    target: str | None = None

    def matches(self, facts: dict[str, Any]) -> bool:
        return (
            self.operator in (None, facts.get("operator"))
            and self.action in (None, facts.get("action"))
            and (self.target is None or self.target in facts.get("target", {}).values())
        )


def begun(action: Action, now: int) -> Entry:
    """Raises StoreUnavailable."""
    facts = {
        "operator": action.operator,
        "email": action.email,
        "by": action.by,
        "action": action.operation,
        "target": action.target,
        "why": action.why,
        "address": action.address,
    }
    logger("audit").info(
        "Administrator's request",
        event="admin_action",
        operator=action.operator,
        action=action.operation,
        target=action.target,
    )
    entry = Entry(actions_on(day_of(now)), (now << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS), now, _KIND, facts)
    timeline.add(entry)
    return entry


def ended(entry: Entry, status: int) -> None:
    """How it was answered. It has been done by now, so an unreachable database does not change the answer."""
    try:
        timeline.add(replace(entry, facts=entry.facts | {"status": status}))
    except StoreUnavailable:
        logger("control").warning("An audit record was lost: the database is unreachable", event="audit_record_lost")


def page(asked: Asked, limit: int, cursor: str | None) -> AdminActionPage:
    """Up to `limit`, newest first. Raises InvalidInput for a bad cursor."""
    found: list[AdminAction] = []
    for looked_at, entry in enumerate(_entries(asked, _position(cursor)), 1):
        if asked.matches(entry.facts):
            found.append(_action(entry))
        if len(found) == limit or looked_at == MOST_LOOKED_AT:
            return AdminActionPage(actions=found, next_cursor=cursors.encode(str(entry.seq)))
    return AdminActionPage(actions=found, next_cursor=None)


def _entries(asked: Asked, after: int | None) -> Iterator[Entry]:
    """One query a day."""
    last = (asked.until << _RANDOM_BITS) | ((1 << _RANDOM_BITS) - 1)
    last = last if after is None else min(last, after - 1)
    first = asked.since << _RANDOM_BITS
    for number in range((last >> _RANDOM_BITS) // DAY, asked.since // DAY - 1, -1):
        if first <= last:
            yield from timeline.newest_first(actions_on(day_of(number * DAY)), first, last, ROWS_A_REQUEST)


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    (seq,) = cursors.decode(cursor, 1)
    if not (seq.isascii() and seq.isdigit() and len(seq) < 17):
        raise cursors.bad_cursor()
    return int(seq)


def _action(entry: Entry) -> AdminAction:
    facts = entry.facts
    return AdminAction(
        at=iso(entry.at),
        operator=facts["operator"],
        email=facts.get("email"),
        by=facts.get("by"),
        action=facts["action"],
        target=facts.get("target", {}),
        why=facts.get("why"),
        address=facts["address"],
        status=facts.get("status"),
    )
