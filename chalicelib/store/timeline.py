"""The timeline's entries."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.timeline import Entry, day_of, is_refusal
from chalicelib.store import timeline_models
from chalicelib.store.guard import store_errors

KEPT = 90 * 86_400  # seconds an audit record is kept


def row(entry: Entry) -> timeline_models.Timeline:
    refused = is_refusal(entry)
    return timeline_models.Timeline(
        entry.stream_id,
        entry.seq,
        at=entry.at,
        kind=entry.kind,
        facts=entry.facts,
        channel_id=entry.facts.get("channel_id") if refused else None,
        day=day_of(entry.at) if refused else None,
        ttl=entry.at // 1000 + KEPT,
    )


def add(entry: Entry) -> None:
    with store_errors():
        row(entry).save()


def add_all(entries: Iterable[Entry]) -> None:
    """25 rows a request, in any order. May be repeated as a whole: an entry is the same row each time."""
    rows = {(entry.stream_id, entry.seq): row(entry) for entry in entries}  # a request names a row only once
    with store_errors(), timeline_models.Timeline.batch_write() as batch:
        for each in rows.values():
            batch.save(each)


def last(partition: str) -> Entry | None:
    """The newest entry, read consistently."""
    with store_errors():
        found = timeline_models.Timeline.query(partition, scan_index_forward=False, limit=1, consistent_read=True)
        return next((_entry(row) for row in found), None)


def of_stream(stream_id: str, limit: int = 500, after: int | None = None) -> list[Entry]:
    """In the order of `seq`; those that come after `after`."""
    later = timeline_models.Timeline.seq > after if after is not None else None
    with store_errors():
        return [_entry(row) for row in timeline_models.Timeline.query(stream_id, later, limit=limit)]


def newest_first(partition: str, since: int, until: int, page_size: int) -> Iterator[Entry]:
    """Those with a `seq` from `since` to `until`, both included; `page_size` rows a request."""
    with store_errors():
        for row in timeline_models.Timeline.query(
            partition,
            timeline_models.Timeline.seq.between(since, until),
            scan_index_forward=False,
            page_size=page_size,
        ):
            yield _entry(row)


def _entry(row: timeline_models.Timeline) -> Entry:
    return Entry(row.stream_id, int(row.seq), int(row.at), row.kind, dict(row.facts))
