"""Counters and pauses, one row each."""

from chalicelib.store import models
from chalicelib.store.guard import ConditionFailed, store_errors

KEPT = 3_600  # seconds behind its time


def count(bucket: str, most: int, ends: int) -> bool:
    """One more hit in `bucket`; False, and nothing counted, if there were `most` already. `ends` in ms, for tidying."""
    row = models.Limit
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
    row, until = models.Limit, now + length
    try:
        with store_errors():
            row(bucket).update(
                [row.until.set(until), row.ttl.set(until // 1000 + KEPT)],
                condition=row.until.does_not_exist() | (row.until <= now),
            )
    except ConditionFailed:
        return False
    return True
