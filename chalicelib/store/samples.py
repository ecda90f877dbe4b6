"""The samples of streams, a row a minute."""

from collections.abc import Iterable, Iterator

from chalicelib.domain.packing import packed, unpacked
from chalicelib.domain.samples import SampleRow, as_lists, from_lists
from chalicelib.store import timeline_models
from chalicelib.store.guard import store_errors

KEPT = 90 * 86_400  # seconds, as long as the timeline
ROWS_A_REQUEST = 200


def put(rows: Iterable[SampleRow]) -> None:
    """25 rows a request. May be repeated as a whole."""
    with store_errors(), timeline_models.Samples.batch_write() as batch:
        for one in rows:
            batch.save(row(one))


def row(one: SampleRow) -> timeline_models.Samples:
    samples = packed(as_lists(one.samples))
    return timeline_models.Samples(one.stream_id, one.at, samples=samples, ttl=one.at // 1000 + KEPT)


def of_stream(stream_id: str, after: int) -> Iterator[SampleRow]:
    """Rows that were finished after that time (ms), in that order; read when they are needed."""
    condition = timeline_models.Samples.at > after
    with store_errors():
        for row in timeline_models.Samples.query(stream_id, condition, page_size=ROWS_A_REQUEST):
            yield SampleRow(row.stream_id, int(row.at), tuple(from_lists(unpacked(row.samples))))
