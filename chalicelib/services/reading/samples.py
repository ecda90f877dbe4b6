"""What was measured over a whole stream: the stored rows, and of a running stream what its last pulse has."""

from chalicelib.contract import SampleSpread, StreamSample, StreamSamples
from chalicelib.domain import cursors
from chalicelib.domain.samples import SERIES, Sample, merged
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.domain.times import iso, iso_or_none
from chalicelib.store import pulses, samples

MOST = 720  # samples of a page: two hours at the finest resolution
MOST_ROWS = 1_500  # that are read for a page: a day


def page(stream: Stream, resolution: int, since: int | None, cursor: str | None) -> StreamSamples:
    """From `since` (ms) or `cursor` on; `resolution` in seconds. Raises InvalidInput for a bad cursor."""
    begins = _begin(cursor) if cursor is not None else since or 0
    length = resolution * 1000
    found, is_last = read(stream, begins // length * length, resolution, MOST, MOST_ROWS)
    return StreamSamples(
        stream_id=stream.stream_id,
        bucket_s=resolution,
        started_at=iso_or_none(stream.started_at),
        samples=[sample(one) for one in found],
        next_cursor=None if is_last else cursors.encode(str(found[-1].at + length)),
    )


def read(stream: Stream, begins: int, resolution: int, most: int, most_rows: int) -> tuple[list[Sample], bool]:
    """Up to `most` samples of so many seconds each that begin at `begins` (ms) or later, and whether these are all."""
    length = resolution * 1000
    found: list[Sample] = []
    groups: set[int] = set()
    is_last = True
    for number, row in enumerate(samples.of_stream(stream.stream_id, begins), 1):
        found += [one for one in row.samples if one.at >= begins]
        groups |= {one.at // length for one in row.samples if one.at >= begins}
        if len(groups) > most or number == most_rows:
            is_last = False
            break
    if is_last and stream.state is not StreamState.ENDED:
        stored = {one.at for one in found}
        found += [one for one in _recent(stream.stream_id) if one.at >= begins and one.at not in stored]
    ordered = list(merged(sorted(found, key=lambda one: one.at), resolution))
    if is_last and len(ordered) <= most:
        return ordered, True
    return ordered[: max(1, min(most, len(ordered) - 1))], False  # more of the last one may be in the next row


def _recent(stream_id: str) -> tuple[Sample, ...]:
    """What its node has measured and not stored yet, a few seconds ago."""
    pulse = pulses.find(stream_id)
    return pulse.recent if pulse is not None else ()


def sample(one: Sample) -> StreamSample:
    spreads = {name: SampleSpread(**spread._asdict()) for name, spread in one.spreads.items()}
    return StreamSample(at=iso(one.at), **(dict.fromkeys(SERIES) | spreads))


def _begin(cursor: str) -> int:
    (text,) = cursors.decode(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 14:
        raise cursors.bad_cursor()
    return int(text)
