"""Streams that have not ended: lists of all of them, and those of one node. Sparse indexes, eventually consistent."""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any, TypeVar

from chalicelib.domain.live_index import shards_of
from chalicelib.domain.streams import Stream
from chalicelib.store import models, rows, streams
from chalicelib.store.guard import store_errors

QUERIES_AT_ONCE = 16
_CARRIED = ["stream_id", "node_id", "incarnation"]

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Carried:
    """A stream that has not ended, and the run of the node that carries it."""

    stream_id: str
    node_id: str
    incarnation: str


def unended(regions: Iterable[str], after: str | None, page_size: int) -> Iterator[Stream]:
    """Streams of these regions that have not ended, in the order of their ids, which is that of their starts.

    `page_size` is how many the caller will look at first. The first page of each shard is read now, in parallel, and
    further ones when they are needed.
    """
    shards = shards_of(regions)
    mean = page_size / len(shards)
    share = math.ceil(mean + 2 * math.sqrt(mean)) + 2  # of a shard: seldom does one need a second page
    return heapq.merge(*_each(lambda shard: _begun(shard, after, share), shards), key=lambda s: s.stream_id)


def _begun(shard: str, after: str | None, page_size: int) -> Iterator[Stream]:
    found = _unended(shard, after, page_size)
    first = next(found, None)
    return chain([first], found) if first is not None else found


def _unended(shard: str, after: str | None, page_size: int) -> Iterator[Stream]:
    condition: Any = models.Stream.stream_id > after if after else None
    with store_errors():
        for row in models.Stream.live_streams.query(shard, range_key_condition=condition, page_size=page_size):
            yield rows.stream(row)


def carried(regions: Iterable[str]) -> list[Carried]:
    """All streams of these regions that have not ended, without what the look at dead nodes does not need."""
    return list(chain.from_iterable(_each(_carried, shards_of(regions))))


def _carried(shard: str) -> list[Carried]:
    """Without a model for each row, which takes ten times as long."""
    table = models.Stream._get_connection()
    found: list[Carried] = []
    after: Any = None
    with store_errors():
        while True:
            page = table.query(shard, index_name="live", attributes_to_get=_CARRIED, exclusive_start_key=after)
            found += [Carried(*(row[name]["S"] for name in _CARRIED)) for row in page["Items"]]
            after = page.get("LastEvaluatedKey")
            if after is None:
                return found


def left_on(node_id: str) -> list[Stream]:
    """Streams that a node carried last and that have not ended; the rows are read consistently."""
    with store_errors():
        found = [row.stream_id for row in models.Stream.by_node.query(node_id)]
    return list(streams.many(found).values())


def _each(call: Callable[[T], R], many: Sequence[T]) -> list[R]:
    models.Stream._get_connection().connection.client  # noqa: B018  # made once, and not by each thread
    return list(_pool().map(call, many))


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(QUERIES_AT_ONCE, thread_name_prefix="live")
