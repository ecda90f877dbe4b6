"""What happened to a stream, entry by entry: audit record and black box."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is a short name (`connection`, `Stream Start` ...); `facts` is JSON without secrets. `at` in ms."""

    stream_id: str
    seq: int
    at: int
    kind: str
    facts: dict[str, Any]


_REFUSED = "refused#"


def refused_at(node_id: str) -> str:
    """Where the audit records of refused publishers go: they have no stream."""
    return _REFUSED + node_id


def refusals_of(channel_id: str) -> str:
    """Where a channel's refusals go, for its owner."""
    return _REFUSED + channel_id


def is_refusal(entry: Entry) -> bool:
    """Whether it is the audit record of a refused publisher; what its channel's owner is shown is written beside it."""
    return entry.kind == "connection" and entry.stream_id.startswith(_REFUSED)


def day_of(at: int) -> str:
    """The day in UTC, `2026-11-26`, that `at` (ms) lies in."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def about_broadcaster(channel_id: str) -> str:
    """Where it is written down who blocked a broadcaster, when, and why."""
    return f"broadcaster#{channel_id}"
