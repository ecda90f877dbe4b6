"""Streams: read, list, and the holder's writes between claim and end (each conditioned on its fence)."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from chalicelib.domain.errors import LeaseLost
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.metadata import Visibility
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.store import models, rows
from chalicelib.store.guard import ConditionFailed, store_errors

LOOKED_AT = 100  # rows a request where most are wanted by nobody
NEAREST = 20  # streams of which the next one is looked for that was LIVE


def find(stream_id: str) -> Stream | None:
    """The stream, read consistently."""
    try:
        with store_errors():
            return rows.stream(models.Stream.get(stream_id, consistent_read=True))
    except models.Stream.DoesNotExist:
        return None


def get(stream_id: str) -> Stream:
    """The stream; raises StreamNotFound."""
    stream = find(stream_id)
    if stream is None:
        raise StreamNotFound()
    return stream


def mark_live(stream_id: str, fence: int, seq: int, started_at: int, facts: StreamFacts) -> None:
    """LIVE, with what is known of picture and sound. Raises LeaseLost."""
    _write(
        stream_id,
        fence,
        [
            models.Stream.state.set(StreamState.LIVE.value),
            models.Stream.started_at.set(models.Stream.started_at | started_at),
            models.Stream.seq.set(seq),
            models.Stream.ttl.remove(),
            _facts(facts),
        ],
    )


def set_facts(stream_id: str, fence: int, facts: StreamFacts) -> None:
    """Picture or sound became known, or changed. Raises LeaseLost."""
    _write(stream_id, fence, [_facts(facts)])


def set_measures(stream_id: str, fence: int, facts: StreamFacts, bytes_in: int) -> int:
    """What another media server knows of a stream that it carries; how many bytes it knew of before.

    Raises LeaseLost.
    """
    known = [_facts(facts)] if facts != StreamFacts() else []  # it may not have looked yet: what is known stays
    before = _write(stream_id, fence, [models.Stream.bytes_in.set(bytes_in), *known])
    return int(before["bytes_in"]["N"]) if "bytes_in" in before else 0


def _facts(facts: StreamFacts) -> Any:
    """What is not known, or not any more, is not kept either."""
    return models.Stream.facts.set(facts.model_dump(mode="json", exclude_none=True))


def _write(stream_id: str, fence: int, actions: list[Any]) -> dict[str, Any]:
    """What the changed attributes were before."""
    try:
        with store_errors():
            # Not `Model.update`, which asks for the whole row back and makes a model of it.
            answer = models.Stream._get_connection().update_item(
                stream_id,
                actions=actions,
                condition=(models.Stream.fence == fence) & (models.Stream.state != StreamState.ENDED.value),
                return_values="UPDATED_OLD",
            )
    except ConditionFailed:
        raise LeaseLost() from None
    before: dict[str, Any] = answer.get("Attributes", {})
    return before


def anonymise(stream_id: str) -> None:
    """Forgets who broadcast a stream that has ended, and from where."""
    row = models.Stream
    with store_errors(), suppress(ConditionFailed):
        row(stream_id).update(
            [
                row.metadata.set({"visibility": Visibility.PRIVATE.value}),
                row.client_ip.remove(),
                row.flash_version.remove(),
                row.key_hash.remove(),
            ],
            condition=row.state == StreamState.ENDED.value,
        )


def many(stream_ids: Iterable[str]) -> dict[str, Stream]:
    """Those that there are, by id; 100 a request, read consistently."""
    wanted = sorted(set(stream_ids))
    with store_errors():
        found = models.Stream.batch_get(wanted, consistent_read=True) if wanted else []
        return {row.stream_id: rows.stream(row) for row in found}


def of_key(channel_id: str, key_id: str, limit: int, before: str | None = None) -> tuple[list[Stream], str | None]:
    """A channel's streams that ran on one key, newest first, and the last stream id looked at if there are more.

    A page may hold fewer than `limit`: the channel's other streams are passed over.
    """
    condition: Any = models.Stream.stream_id < before if before else None
    with store_errors():
        page = models.Stream.by_channel.query(
            channel_id,
            range_key_condition=condition,
            filter_condition=models.Stream.key_id == key_id,
            scan_index_forward=False,
            limit=limit,
            page_size=LOOKED_AT,
        )
        found = [rows.stream(row) for row in page]
        last = page.last_evaluated_key
    return found, last["stream_id"]["S"] if last else None


def of_channel(channel_id: str, limit: int, before: str | None = None) -> list[Stream]:
    """Streams of a channel, newest first; `before` is the last stream id of the page before."""
    condition: Any = models.Stream.stream_id < before if before else None
    with store_errors():
        page = models.Stream.by_channel.query(
            channel_id, range_key_condition=condition, scan_index_forward=False, limit=limit
        )
        return [rows.stream(row) for row in page]


def next_to(stream: Stream, *, later: bool) -> str | None:
    """The id of the channel's stream before it, or after it, that was LIVE and no test, among the nearest few."""
    position: Any = models.Stream.stream_id > stream.stream_id if later else models.Stream.stream_id < stream.stream_id
    with store_errors():
        page = models.Stream.by_channel.query(
            stream.channel_id, range_key_condition=position, scan_index_forward=later, limit=NEAREST
        )
        return next((row.stream_id for row in page if row.started_at is not None and not row.test), None)


def from_address(client_ip: str, limit: int) -> list[Stream]:
    """Streams whose encoder last came from `client_ip`, newest first; which they are is eventually consistent."""
    with store_errors():
        page = models.Stream.by_address.query(client_ip, scan_index_forward=False, limit=limit)
        ids = [row.stream_id for row in page]
    return sorted(many(ids).values(), key=lambda stream: stream.stream_id, reverse=True)
