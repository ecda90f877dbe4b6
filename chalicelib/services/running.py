"""The streams that run, from their own rows: the lists that must stay quick with a thousand of them.

A page is a query of the sparse index, one batch of sessions and one of measures. What a row says is believed as far
as its node lives, so a ghost is in no list.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from chalicelib.config import settings
from chalicelib.domain.cards import Card
from chalicelib.domain.events import Pulse, StreamFacts
from chalicelib.domain.streams import OFFLINE, ChannelStatus, StatusReading, Stream, stream_reading
from chalicelib.store import nodes, pulses
from chalicelib.store import streams as rows

MOST_LOOKED_AT = 1_000  # rows a page: a search that finds little ends early and answers a cursor
CHUNK = 500  # rows a request where few are wanted


@dataclass(frozen=True, slots=True)
class RunningStream:
    """A stream that is LIVE or RECONNECTING, and its latest measures."""

    stream: Stream
    reading: StatusReading
    pulse: Pulse | None = None

    @property
    def facts(self) -> StreamFacts:
        return facts_of(self.stream, self.pulse)


def facts_of(stream: Stream, pulse: Pulse | None) -> StreamFacts:
    """Of picture and sound: the newest measure, else what the stream began with."""
    if pulse is not None:
        return pulse.facts
    return StreamFacts(**{name: getattr(stream, name) for name in StreamFacts.model_fields})


def everything(_card: Card) -> bool:
    return True


def streams(
    now: int, limit: int, after: str | None, wanted: Callable[[Card], bool] = everything, *, few: bool = False
) -> tuple[list[RunningStream], str | None]:
    """Up to `limit` running streams whose card is wanted, oldest first, and the id to go on after if there are more.

    `few`: most will not be wanted, so larger pieces are read at once.
    """
    chunk_size = max(limit + 1, CHUNK if few else 0)
    unended = _unended(after, chunk_size)
    found: list[RunningStream] = []
    last: str | None = None
    for _ in range(0, MOST_LOOKED_AT, chunk_size):
        chunk = list(islice(unended, chunk_size))
        readings = _readings([stream for stream in chunk if wanted(stream.card)], now)
        for stream in chunk:
            if len(found) == limit:
                return found, last
            last = stream.stream_id
            reading = readings.get(stream.stream_id, OFFLINE)
            if reading.status is not ChannelStatus.OFFLINE:
                found.append(RunningStream(stream, reading))
        if len(chunk) < chunk_size:
            return found, None
    return found, last


def _readings(candidates: list[Stream], now: int) -> dict[str, StatusReading]:
    sessions = nodes.sessions_of(stream.node_id for stream in candidates)
    return {s.stream_id: stream_reading(s, sessions.get(s.node_id), now) for s in candidates}


def measured(found: list[RunningStream]) -> list[RunningStream]:
    """The same with their latest measures."""
    latest = pulses.many(one.stream.stream_id for one in found)
    return [RunningStream(one.stream, one.reading, latest.get(one.stream.stream_id)) for one in found]


def _unended(after: str | None, page_size: int) -> Iterator[Stream]:
    """Of all regions, in the order of their ids, which is that of their starts."""
    regions = sorted(settings().ingest_urls)
    return heapq.merge(*(rows.unended(region, after, page_size) for region in regions), key=lambda s: s.stream_id)
