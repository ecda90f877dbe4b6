"""Counters, pauses, budgets and places, one row each."""

from collections.abc import Iterable

from pynamodb.expressions.condition import size

from chalicelib.domain.rates import Rate
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


def spend(bucket: str, rate: Rate, now: int) -> int | None:
    """Whether something may happen once more (`domain.rates`): answers how many times are out, None if too many are.

    `until` is when the bucket is full again. One write where it is full, two otherwise.
    """
    row = runtime_models.Limit
    idle = row(bucket)
    try:
        with store_errors():
            until = rate.full_at(None, now)
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
                [row.until.set(row.until + rate.every), row.ttl.set((now + rate.burst * rate.every) // 1000 + KEPT)],
                condition=row.until <= now + (rate.burst - 1) * rate.every,
            )
    except ConditionFailed:
        return None
    return -(-(int(idle.until or 0) - now) // rate.every)


def add(bucket: str, ends: int) -> None:
    """One more hit in `bucket`, however many there are. `ends` in ms, for tidying."""
    row = runtime_models.Limit
    with store_errors():
        row(bucket).update([row.hits.add(1), row.ttl.set(ends // 1000 + KEPT)])


def hits(bucket: str) -> int:
    try:
        with store_errors():
            return int(runtime_models.Limit.get(bucket, consistent_read=True).hits)
    except runtime_models.Limit.DoesNotExist:
        return 0


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
