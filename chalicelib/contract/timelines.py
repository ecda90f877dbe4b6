"""Shapes of a stream's timeline."""

from typing import Any

from pydantic import BaseModel

from chalicelib.domain.times import IsoTime


class TimelineEntry(BaseModel):
    """`kind` is a state change's name, or `connection` for the audit record of one; `facts` are what is known of it.

    A connection has its `seq` when it is let in and is recorded when it ends, so only `seq` tells the order.
    """

    seq: int
    at: IsoTime
    kind: str
    facts: dict[str, Any]


class TimelinePage(BaseModel):
    """Entries in the order of `seq`; the last page has no `next_cursor`."""

    stream_id: str
    entries: list[TimelineEntry]
    next_cursor: str | None
