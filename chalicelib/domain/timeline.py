"""What happened to a stream, entry by entry: audit record and black box."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is a short name (`connection`, `Stream Start` ...); `facts` is JSON without secrets. `at` in ms."""

    stream_id: str
    seq: int
    at: int
    kind: str
    facts: dict[str, Any]


def refused_at(node_id: str) -> str:
    """Where the audit records of refused publishers go: they have no stream."""
    return f"refused#{node_id}"


def refusals_of(channel_id: str) -> str:
    """Where a channel's refusals go, for its owner."""
    return f"refused#{channel_id}"
