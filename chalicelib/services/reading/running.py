"""Running streams, from their own rows: the lists that must stay fast with a thousand of them.

A page is a query of each shard of the sparse index, one batch of sessions and one of measurements. A row counts as
running only while its node lives, so a ghost is in no list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from chalicelib.config import settings
from chalicelib.domain.leases import NodeSession
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.streams import (
    ChannelStatus,
    StatusReading,
    Stream,
    StreamState,
    is_doubtful,
    stream_reading,
)
from chalicelib.store import live, nodes, pulses
from chalicelib.store import streams as rows

MOST_LOOKED_AT = 1_000  # rows a page: a search that finds little ends early and answers a cursor
CHUNK = 500  # rows a request where few are wanted
MOST_LOOKS = 4  # at one row that changes hands meanwhile, each time to a node that is dead


@dataclass(frozen=True, slots=True)
class RunningStream:
    """A stream that is LIVE or RECONNECTING, and its latest measures."""

    stream: Stream
    reading: StatusReading
    pulse: Pulse | None = None

    @property
    def facts(self) -> StreamFacts:
        return self.stream.facts


def everything(_stream: Stream) -> bool:
    return True


def streams(
    now: int, limit: int, after: str | None, wanted: Callable[[Stream], bool] = everything, *, few: bool = False
) -> tuple[list[RunningStream], str | None]:
    """Up to `limit` running streams that are wanted, oldest first, and the id to go on after if there are more.

    `few`: most will not be wanted, so larger pieces are read at once.
    """
    chunk_size = max(limit + 1, CHUNK if few else 0)
    unended = live.unended(settings().ingest_urls, after, chunk_size)
    found: list[RunningStream] = []
    last: str | None = None
    for _ in range(0, MOST_LOOKED_AT, chunk_size):
        chunk = list(islice(unended, chunk_size))
        seen = {s.stream_id: (s, session) for s, session in as_stored([s for s in chunk if wanted(s)], now)}
        for stream_id in (stream.stream_id for stream in chunk):
            if len(found) == limit:
                return found, last
            last = stream_id
            if stream_id not in seen:
                continue
            stream, session = seen[stream_id]
            reading = stream_reading(stream, session, now)
            if reading.status is not ChannelStatus.OFFLINE:
                found.append(RunningStream(stream, reading))
        if len(chunk) < chunk_size:
            return found, None
    return found, last


def as_stored(found: Iterable[Stream], now: int) -> list[tuple[Stream, NodeSession | None]]:
    """Each stream with its node's session, both of one moment. Streams that have ended come without.

    A row is read before its session. If the session makes a difference to the row, the row is read again, and the pair
    is used only if the row has not changed: otherwise a stream that another node has just taken over would be judged by
    the death of its previous node.
    """
    rows_by_id = {stream.stream_id: stream for stream in found}
    sessions: dict[str, NodeSession] = {}
    unsure = [stream for stream in rows_by_id.values() if stream.state is not StreamState.ENDED]
    for _ in range(MOST_LOOKS):
        sessions |= nodes.sessions_of(stream.node_id for stream in unsure)
        doubtful = [stream for stream in unsure if is_doubtful(stream, sessions.get(stream.node_id), now)]
        again = rows.many(stream.stream_id for stream in doubtful)
        unsure = [again[s.stream_id] for s in doubtful if s.stream_id in again and again[s.stream_id] != s]
        rows_by_id |= {stream.stream_id: stream for stream in unsure}
        if not unsure:
            break
    return [(stream, sessions.get(stream.node_id)) for stream in rows_by_id.values()]


def measured(found: list[RunningStream]) -> list[RunningStream]:
    """The same with their latest measures."""
    latest = pulses.many(one.stream.stream_id for one in found)
    return [RunningStream(one.stream, one.reading, latest.get(one.stream.stream_id)) for one in found]
