"""Counters, pauses, budgets and places, one row each."""

from collections.abc import Iterable

from pynamodb.expressions.condition import size

from chalicelib.store import runtime_models
from chalicelib.store.guard import ConditionFailed, store_errors

KEPT = 3_600  # seconds behind its time


def count(bucket: str, most: int, ends: int) -> bool:
    """One more hit in `bucket`; False, and nothing counted, if there were `most` already. `ends` in ms, for tidying."""
    row = runtime_models.Limit
    try:
        with store_errors():
            row(bucket).update(
                [row.hits.add(1), row.ttl.set(ends // 1000 + KEPT)],
                condition=row.hits.does_not_exist() | (row.hits < most),
            )
    except ConditionFailed:
        return False
    return True


def begin_pause(bucket: str, length: int, now: int) -> bool:
    """Begins a pause of `length` ms; False if one runs."""
    row, until = runtime_models.Limit, now + length
    try:
        with store_errors():
            row(bucket).update(
                [row.until.set(until), row.ttl.set(until // 1000 + KEPT)],
                condition=row.until.does_not_exist() | (row.until <= now),
            )
    except ConditionFailed:
        return False
    return True


def spend(bucket: str, interval: int, most: int, now: int) -> int | None:
    """Takes one of `most` tokens, of which one comes back each `interval` ms; answers how many are out, None if all.

    The generic cell rate algorithm: `until` is when the last token is back. One write where none is out, two otherwise.
    """
    row = runtime_models.Limit
    idle = row(bucket)
    try:
        with store_errors():
            until = now + interval
            idle.update(
                [row.until.set(until), row.ttl.set(until // 1000 + KEPT)],
                condition=row.until.does_not_exist() | (row.until <= now),
            )
        return 1
    except ConditionFailed:
        pass
    try:
        with store_errors():
            idle.update(
                [row.until.set(row.until + interval), row.ttl.set((now + most * interval) // 1000 + KEPT)],
                condition=row.until <= now + (most - 1) * interval,
            )
    except ConditionFailed:
        return None
    return -(-(int(idle.until or 0) - now) // interval)


def enter(bucket: str, member: str, most: int, ends: int) -> bool:
    """`member` takes one of `most` places in `bucket`; False if there is none. `ends` in ms, for tidying."""
    row = runtime_models.Limit
    try:
        with store_errors():
            row(bucket).update(
                [row.members.add({member}), row.ttl.set(ends // 1000 + KEPT)],
                condition=row.members.does_not_exist() | (size("members") < most),
            )
    except ConditionFailed:
        return False
    return True


def leave(bucket: str, members: Iterable[str]) -> None:
    gone = set(members)
    if gone:
        with store_errors():
            runtime_models.Limit(bucket).update([runtime_models.Limit.members.delete(gone)])


def members(bucket: str) -> frozenset[str]:
    try:
        with store_errors():
            return frozenset(runtime_models.Limit.get(bucket, consistent_read=True).members or ())
    except runtime_models.Limit.DoesNotExist:
        return frozenset()
