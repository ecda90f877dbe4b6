"""What DynamoDB charges for a write, from the row before it and after it: https://aws.amazon.com/dynamodb/pricing/.

A write to a table is charged by the larger of both rows, a transaction's twice. An index is charged where its entry
changes: once for an entry that comes, goes or changes, twice for one whose key changes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.api.meter import Item, size_of
from infra.tables import Index, Table

WRITE_UNIT = 1_024  # bytes


@dataclass(frozen=True, slots=True)
class Charge:
    """`place` is a table, or `table/index`; `key` the partition's key in it."""

    place: str
    key: str
    units: float


def write(table: Table, before: Item, after: Item, *, transactional: bool) -> Iterator[Charge]:
    """Either row may be empty: there was none, or there is none any more."""
    row = after or before
    units = _units(max(size_of(before), size_of(after)))
    yield Charge(table.name, _text(row[table.key]), units * (2 if transactional else 1))
    for index in table.indexes:
        yield from _entry(table, index, before, after)


def _entry(table: Table, index: Index, before: Item, after: Item) -> Iterator[Charge]:
    old, new = (_projected(table, index, row) for row in (before, after))
    if old == new:
        return
    place = f"{table.name}/{index.name}"
    keys = (index.key, index.sort)
    if old and new and all(old.get(name or "") == new.get(name or "") for name in keys):
        yield Charge(place, _text(new[index.key]), _units(max(size_of(old), size_of(new))))
        return
    for entry in (old, new):
        if entry:
            yield Charge(place, _text(entry[index.key]), _units(size_of(entry)))


def _projected(table: Table, index: Index, row: Item) -> Item:
    """The index's entry of a row; empty if it has none."""
    keys = {name for name in (index.key, index.sort) if name}
    if not keys <= row.keys():
        return {}
    if not index.keys_only:
        return row
    keys |= {name for name in (table.key, table.sort) if name}
    return {name: row[name] for name in keys}


def _units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT))


def _text(value: Any) -> str:
    return str(next(iter(value.values())))
