"""A full house: many keys, each of a channel of its own, and many of the channels live."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from pynamodb.models import Model
from ulid import ULID

from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import channel_id_of
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.measures import Pulse, StreamFacts
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.publications import Dialect, node_id_of
from chalicelib.domain.streams import StreamState, first_seq
from chalicelib.store import channels, models, nodes, pulses, rows, runtime_models

NODES = 4
WRITERS = 8
SLICE = 100  # rows one writer takes at a time
LASTS = 3_600_000  # ms: sessions outlast the benchmark
SERVER = "main"

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lodger:
    """One broadcaster with a key. `number` is also the connection's name when they publish."""

    number: int
    channel_id: str
    stream_key: str

    @property
    def connection_id(self) -> str:
        return f"bench-{self.number}"


def seed(keys: int, live: int, now: int) -> list[Lodger]:
    """Fills the tables; answers those who are not live."""
    choose = random.Random(1).choice
    lodgers = [Lodger(i, channel_id_of(f"bench-{i}"), rules.new_stream_key(choose)) for i in range(keys)]
    for number in range(NODES):
        info = NodeInfo(_node(number), "bench", "127.0.0.1", settings().home_region, live, now)
        nodes.register(info, now + LASTS)
    streams = {
        lodger.channel_id: str(ULID.from_timestamp((now - 1_000 - i) / 1000)) for i, lodger in enumerate(lodgers[:live])
    }
    _write(models.Key, [_key(lodger, now) for lodger in lodgers])
    _write(models.Channel, [_channel(lodger, now, streams.get(lodger.channel_id)) for lodger in lodgers])
    _write(models.Stream, [_stream(lodger, now, streams[lodger.channel_id]) for lodger in lodgers[:live]])
    pulses.put(_pulse(lodger, now, streams[lodger.channel_id]) for lodger in lodgers[:live])
    return lodgers[live:]


def free(lodgers: Sequence[Lodger], now: int) -> None:
    """Undoes their claims, so that they can claim again as if for the first time."""
    claimed = _each(lodgers, lambda part: list(models.Channel.batch_get([lodger.channel_id for lodger in part])))
    _delete(models.Stream, [row.stream_id for row in claimed if row.stream_id])
    _delete(runtime_models.Node, [node_id_of(Dialect.MEDIAMTX, SERVER, lodger.connection_id) for lodger in lodgers])
    _write(models.Channel, [_channel(lodger, now, None) for lodger in lodgers])
    _write(models.Key, [_key(lodger, now) for lodger in lodgers])


def _node(number: int) -> str:
    return f"bench-{number % NODES}"


def _key(lodger: Lodger, now: int) -> models.Key:
    return rows.key_row(
        StreamKey(
            key_hash=rules.hash_key(lodger.stream_key),
            key_id=f"key_bench{lodger.number:08d}",
            channel_id=lodger.channel_id,
            hint=rules.hint_of(lodger.stream_key),
            status=KeyStatus.ACTIVE,
            created_at=now,
        )
    )


def _channel(lodger: Lodger, now: int, stream_id: str | None) -> models.Channel:
    held: dict[str, Any] = (
        {} if stream_id is None else {"lease_node": _node(lodger.number), "lease_incarnation": "bench", "fence": 1}
    )
    return models.Channel(
        channel_id=lodger.channel_id,
        owner=f"bench-{lodger.number}",
        region=settings().home_region,
        created_at=now,
        title=f"Channel {lodger.number}",
        key_hash=rules.hash_key(lodger.stream_key),
        directory=channels.DIRECTORY,
        listing=f"{now:015d}#{lodger.channel_id}",
        stream_id=stream_id,
        **held,
    )


def _stream(lodger: Lodger, now: int, stream_id: str) -> models.Stream:
    facts = StreamFacts(width=1920, height=1080, fps=60.0, video_codec="H.264", audio_codec="AAC", encoder="bench")
    return models.Stream(
        stream_id=stream_id,
        channel_id=lodger.channel_id,
        key_id=f"key_bench{lodger.number:08d}",
        key_hash=rules.hash_key(lodger.stream_key),
        metadata={"title": f"Channel {lodger.number}", "category": "Games", "tags": ["bench"], "visibility": "public"},
        source="ingest",
        node_id=_node(lodger.number),
        incarnation="bench",
        client_ip="203.0.113.7",
        fence=1,
        seq=first_seq(1),
        state=StreamState.LIVE.value,
        connected_at=now,
        started_at=now,
        live=settings().home_region,
        **facts.model_dump(),
    )


def _pulse(lodger: Lodger, now: int, stream_id: str) -> Pulse:
    return Pulse(
        channel_id=lodger.channel_id, stream_id=stream_id, seq=first_seq(1), at=now, started_at=now, bitrate_kbps=6_000
    )


def _each(items: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]]) -> list[R]:
    parts = [items[i : i + SLICE] for i in range(0, len(items), SLICE)]
    with ThreadPoolExecutor(WRITERS) as pool:
        return [one for done in pool.map(work, parts) for one in done]


def _write(table: type[Model], made: Sequence[Model]) -> None:
    def put(part: Sequence[Model]) -> tuple[()]:
        with table.batch_write() as batch:
            for row in part:
                batch.save(row)
        return ()

    _each(made, put)


def _delete(table: type[Model], hash_keys: Sequence[str]) -> None:
    def delete(part: Sequence[str]) -> tuple[()]:
        with table.batch_write() as batch:
            for key in part:
                batch.delete(table(key))
        return ()

    _each(hash_keys, delete)


def now_ms() -> int:
    return time.time_ns() // 1_000_000
