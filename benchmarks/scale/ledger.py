"""Counts what our code asks of AWS, at the place where botocore sends it: calls, units, and of which partition.

The emulator keeps the rows; units are reckoned here by DynamoDB's rules (`units`), from each row as it was before the
write and as it is after it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.client import BaseClient

from benchmarks.api.meter import READS, Item, read_units
from benchmarks.scale import units
from infra.tables import TABLES, Table

Call = Callable[[Any, str, Any], Any]


@dataclass
class Costs:
    """Of some calls together. `heat`: units by place and partition, reads and writes."""

    calls: int = 0
    read_units: float = 0.0
    write_units: float = 0.0
    events: int = 0
    posts: int = 0
    written: Counter[tuple[str, str]] = field(default_factory=Counter)
    read: Counter[tuple[str, str]] = field(default_factory=Counter)


class Ledger:
    """`install` once, then count within `open`."""

    def __init__(self, prefix: str) -> None:
        self._tables = {prefix + table.name: table for table in TABLES}
        self._costs: Costs | None = None
        self._lock = Lock()
        self._call: Call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def install(self) -> None:
        ledger, call = self, self._call

        def counted(client: Any, operation: str, params: Any) -> Any:
            costs = ledger._costs
            if costs is None:
                return call(client, operation, params)
            if client.meta.service_model.service_name != "dynamodb":
                with ledger._lock:
                    costs.calls += 1
                    costs.events += len(params.get("Entries", ()))
                    costs.posts += operation == "PostToConnection"
                return call(client, operation, params)
            if operation in READS:
                answer = call(client, operation, params)
                ledger._note_read(costs, operation, params, answer)
                return answer
            written = list(ledger._written(operation, params))
            before = [ledger._row(client, table, key) for table, key in written]
            answer = call(client, operation, params)
            after = [ledger._row(client, table, key) for table, key in written]
            ledger._note_writes(costs, written, before, after, transactional=operation == "TransactWriteItems")
            return answer

        BaseClient._make_api_call = counted  # type: ignore[attr-defined]

    @contextmanager
    def open(self) -> Iterator[Costs]:
        self._costs = costs = Costs()
        try:
            yield costs
        finally:
            self._costs = None

    def _row(self, client: Any, table: str, key: Mapping[str, Any]) -> Item:
        found = self._call(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
        item: Item = found.get("Item", {})
        return item

    def _written(self, operation: str, params: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Table and key of each row that the request writes, or checks in a transaction."""
        if operation == "BatchWriteItem":
            for name, requests in params["RequestItems"].items():
                for request in requests:
                    put, delete = request.get("PutRequest"), request.get("DeleteRequest")
                    yield name, self._key(name, put["Item"]) if put else delete["Key"]
            return
        steps = [params]
        if operation == "TransactWriteItems":
            steps = [step for item in params["TransactItems"] for step in item.values()]
        for step in steps:
            yield step["TableName"], step.get("Key") or self._key(step["TableName"], step["Item"])

    def _key(self, name: str, item: Item) -> Mapping[str, Any]:
        table = self._tables[name]
        return {key: item[key] for key in (table.key, table.sort) if key}

    def _note_writes(
        self, costs: Costs, written: list[Any], before: list[Item], after: list[Item], *, transactional: bool
    ) -> None:
        with self._lock:
            costs.calls += 1
            for (name, _), old, new in zip(written, before, after, strict=True):
                if not old and not new:
                    continue
                for charge in units.write(self._tables[name], old, new, transactional=transactional):
                    costs.write_units += charge.units
                    costs.written[charge.place, charge.key] += charge.units  # type: ignore[assignment]

    def _note_read(self, costs: Costs, operation: str, params: Any, answer: Any) -> None:
        asked = read_units(operation, params, answer)
        with self._lock:
            costs.calls += 1
            costs.read_units += asked
            if operation == "Query":
                table: Table = self._tables[params["TableName"]]
                place = f"{table.name}/{params['IndexName']}" if "IndexName" in params else table.name
                key = next(iter(params["ExpressionAttributeValues"][":0"].values()))
                costs.read[place, key] += asked  # type: ignore[assignment]
