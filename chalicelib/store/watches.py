"""Which channels of a node somebody looks at: a row each, in the node's own partition.

Never in the node's session row: who looks is decided by anybody with a browser, and renewals must not share a partition
with what they write.
"""

from collections.abc import Iterable

from chalicelib.store import runtime_models
from chalicelib.store.guard import ConditionFailed, store_errors


def of_node(node_id: str, now: int) -> frozenset[str]:
    """Channel ids; one query, eventually consistent, that reads only what is watched."""
    table, found, after = runtime_models.Watch._get_connection(), set[str](), None
    wanted = runtime_models.Watch.until > now
    with store_errors():
        while True:  # without a model for each row: hundreds of them each second, of a node that is full
            page = table.query(
                node_id, filter_condition=wanted, attributes_to_get=["channel_id"], exclusive_start_key=after
            )
            found |= {row["channel_id"]["S"] for row in page["Items"]}
            after = page.get("LastEvaluatedKey")
            if after is None:
                return frozenset(found)


def until(node_id: str, channel_id: str) -> int:
    """Until when (ms) the channel counts as watched; 0 if it does not. Read consistently."""
    try:
        with store_errors():
            return int(runtime_models.Watch.get(node_id, channel_id, consistent_read=True).until)
    except runtime_models.Watch.DoesNotExist:
        return 0


def put(node_id: str, channel_id: str, asked_at: int, until: int) -> None:
    with store_errors():
        runtime_models.Watch(node_id, channel_id, asked_at=asked_at, until=until, ttl=until // 1000).save()


def remove(node_id: str, channel_ids: Iterable[str], asked_before: int) -> None:
    """Those that were not asked for again at or after `asked_before` (ms)."""
    watch = runtime_models.Watch
    for channel_id in channel_ids:
        try:
            with store_errors():
                watch(node_id, channel_id).delete(condition=watch.asked_at < asked_before)
        except ConditionFailed:
            continue
