"""Milliseconds since the epoch <-> ISO 8601 UTC, the form of every time in an answer or event."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

IsoTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


# What moments are called in events and audit records.
TIMES = ("at", "started_at", "starts_at", "until")


def iso(ms: int) -> str:
    """`2026-11-20T09:10:50.123Z`"""
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_times(facts: dict[str, Any]) -> dict[str, Any]:
    """The same with every time of an event or audit record (ms, by name) as ISO 8601."""
    return facts | {name: iso(facts[name]) for name in TIMES if facts.get(name) is not None}


def iso_or_none(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)
