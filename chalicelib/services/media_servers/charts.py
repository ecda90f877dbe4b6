"""What is known over the length of a stream on a media server: its bitrate, by what was received each minute."""

from contextlib import suppress

from chalicelib.domain.measures import Counted
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.samples import SampleRow, even
from chalicelib.domain.streams import Stream
from chalicelib.domain.totals import StreamTotals
from chalicelib.store import samples

LONGEST = 300_000  # ms between two looks of which an average still says something


def received(stream_id: str, since: int, now: int, count: int) -> None:
    """So many bytes came between two looks (ms)."""
    if count < 0 or not 0 < now - since <= LONGEST:
        return
    row = SampleRow(stream_id, now, tuple(even(since, now, count * 8 / (now - since))))
    with suppress(StoreUnavailable):  # a chart is not worth the pass in which it is drawn
        samples.put([row])


def counted(stream: Stream, seen_at: int) -> Counted:
    """Until it was seen last (ms)."""
    if stream.started_at is None or not stream.bytes_in or seen_at <= stream.started_at:
        return Counted()
    seconds = round((seen_at - stream.started_at) / 1000)
    return Counted(totals=StreamTotals(measured_s=seconds, kilobits=stream.bytes_in * 8 / 1000))
