"""A stream's black box, as its owner reads it: what happened, in order, until the end and after."""

from chalicelib.contract import TimelineEntry, TimelinePage
from chalicelib.domain import cursors
from chalicelib.domain.channels import Channel
from chalicelib.domain.times import iso
from chalicelib.services.reading import discovery
from chalicelib.store import timeline


def page(channel: Channel, stream_id: str, limit: int, cursor: str | None) -> TimelinePage:
    """Of a stream of `channel`. Raises StreamNotFound for anybody else's too, InvalidInput."""
    after = _seq(cursor) if cursor is not None else None
    discovery.stream_of(channel, stream_id)
    entries = timeline.of_stream(stream_id, limit, after)
    return TimelinePage(
        stream_id=stream_id,
        entries=[TimelineEntry(seq=one.seq, at=iso(one.at), kind=one.kind, facts=one.facts) for one in entries],
        next_cursor=cursors.encode(str(entries[-1].seq)) if len(entries) == limit else None,
    )


def _seq(cursor: str) -> int:
    (text,) = cursors.decode(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise cursors.bad_cursor()
    return int(text)
