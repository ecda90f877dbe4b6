"""Refused publishers, newest first, of one channel or of one day: rows of the timeline, by two sparse indexes."""

from collections.abc import Iterator

from chalicelib.domain.timeline import Entry
from chalicelib.store import timeline_models
from chalicelib.store.guard import store_errors

Position = tuple[int, str, int]  # in an index: at, and the row's own key


def position_of(entry: Entry) -> Position:
    return entry.at, entry.stream_id, entry.seq


def of_channel(channel_id: str, since: int, until: int, after: Position | None, page_size: int) -> Iterator[Entry]:
    """Those whose key was one of the channel's. Eventually consistent; read `page_size` rows a request."""
    return _of(timeline_models.Timeline.refusals_by_channel, "channel_id", channel_id, since, until, after, page_size)


def of_day(day: str, since: int, until: int, after: Position | None, page_size: int) -> Iterator[Entry]:
    """Those of one day (`domain.timeline.day_of`). Eventually consistent; read `page_size` rows a request."""
    return _of(timeline_models.Timeline.refusals_by_day, "day", day, since, until, after, page_size)


def _of(
    index: timeline_models.RefusalsByChannel | timeline_models.RefusalsByDay,
    name: str,
    value: str,
    since: int,
    until: int,
    after: Position | None,
    page_size: int,
) -> Iterator[Entry]:
    start = None
    if after is not None:
        at, stream_id, seq = after
        start = {name: {"S": value}, "at": {"N": str(at)}, "stream_id": {"S": stream_id}, "seq": {"N": str(seq)}}
    with store_errors():
        for row in index.query(
            value,
            range_key_condition=timeline_models.Timeline.at.between(since, until),
            scan_index_forward=False,
            last_evaluated_key=start,
            page_size=page_size,
        ):
            yield Entry(row.stream_id, int(row.seq), int(row.at), row.kind, dict(row.facts))
