"""Shapes of a stream's timeline."""

from typing import Any

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime


class TimelineEntry(BaseModel):
    """`kind` is the name of a state change, or `connection` for the audit record of a connection; `facts` has its
    details.

    Sort entries by `seq`, not by time: a connection is recorded when it ends, with the `seq` it was given when it was
    accepted.
    """

    seq: int
    at: IsoTime
    kind: str
    facts: dict[str, Any]


class TimelinePage(BaseModel):
    """Entries in the order of `seq`."""

    stream_id: str
    entries: list[TimelineEntry]
    next_cursor: str | None
