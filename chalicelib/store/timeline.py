"""What happened to a stream, entry by entry: audit record and black box."""

from dataclasses import dataclass
from typing import Any

from chalicelib.store import models
from chalicelib.store.guard import store_errors

KEPT = 90 * 86_400  # seconds an audit record is kept


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is a short name (`connection`, `Stream Start` ...); `facts` is JSON without secrets."""

    stream_id: str
    seq: int
    at: int
    kind: str
    facts: dict[str, Any]


def refused_at(node_id: str) -> str:
    """Where the audit records of refused publishers go: they have no stream."""
    return f"refused#{node_id}"


def add(entry: Entry) -> None:
    with store_errors():
        models.Timeline(
            entry.stream_id,
            entry.seq,
            at=entry.at,
            kind=entry.kind,
            facts=entry.facts,
            ttl=entry.at // 1000 + KEPT,
        ).save()


def of_stream(stream_id: str, limit: int = 500) -> list[Entry]:
    """In the order of `seq`."""
    with store_errors():
        return [
            Entry(row.stream_id, int(row.seq), int(row.at), row.kind, dict(row.facts))
            for row in models.Timeline.query(stream_id, limit=limit)
        ]
