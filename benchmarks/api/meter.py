"""What one call costs, told apart: the wait for the database, its own CPU, round trips, consumed capacity.

Every HTTP request of botocore is counted where it is sent, so retries count too. A call belongs to the thread that
makes it.

Write units are those that the emulator reports, indexes included. Read units are counted here by DynamoDB's own rules
from the rows that came back: the emulator says the same for one row as for fifty.
"""

import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.httpsession import URLLib3Session
from botocore.session import Session

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
READ_UNIT = 4_096  # bytes, read consistently; half a unit otherwise

Item = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Cost:
    """Times in seconds; capacity in DynamoDB's units. `total` is what the caller waited, all in all."""

    total: float = 0.0
    database: float = 0.0
    cpu: float = 0.0
    round_trips: int = 0
    scans: int = 0
    write_units: float = 0.0
    read_units: float | None = None  # of some calls only: counting takes time


_here = threading.local()


@contextmanager
def measured(*, reads: bool = True) -> Iterator[Cost]:
    """What is done inside by this thread; `reads`: count read units as well."""
    cost = _here.cost = Cost(read_units=0.0 if reads else None)
    began, cpu_began = time.perf_counter(), time.thread_time()
    try:
        yield cost
    finally:
        cost.total, cost.cpu = time.perf_counter() - began, time.thread_time() - cpu_began
        _here.cost = None


def install() -> None:
    """Before the first client is made."""
    create_client, send = Session.create_client, URLLib3Session.send

    def metered_client(session: Session, *args: Any, **kwargs: Any) -> Any:
        client = create_client(session, *args, **kwargs)
        if client.meta.service_model.service_name == "dynamodb":
            client.meta.events.register("provide-client-params.dynamodb", _ask_for_capacity)
            client.meta.events.register("after-call.dynamodb", _note_capacity)
        return client

    def metered_send(session: URLLib3Session, request: Any) -> Any:
        began = time.perf_counter()
        try:
            return send(session, request)
        finally:
            cost = getattr(_here, "cost", None)
            if cost is not None:
                cost.round_trips += 1
                cost.database += time.perf_counter() - began

    Session.create_client = metered_client  # type: ignore[assignment, method-assign]
    URLLib3Session.send = metered_send  # type: ignore[assignment, method-assign]


def _ask_for_capacity(params: dict[str, Any], model: Any, **_: Any) -> None:
    _here.params = params
    if model.name in WRITES:
        params["ReturnConsumedCapacity"] = "TOTAL"


def _note_capacity(parsed: dict[str, Any], model: Any, **_: Any) -> None:
    cost: Cost | None = getattr(_here, "cost", None)
    if cost is None:
        return
    cost.scans += model.name == "Scan"
    if model.name in WRITES:
        consumed = parsed.get("ConsumedCapacity", [])
        cost.write_units += sum(
            one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed])
        )
    elif cost.read_units is not None:
        cost.read_units += read_units(model.name, _here.params, parsed)


def read_units(operation: str, params: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """A query is rounded up as a whole, other rows each by itself; one that is not there counts as a small one."""
    if operation in ("Query", "Scan"):
        size = sum(size_of(item) for item in answer["Items"])
        return _units(size, consistent=params.get("ConsistentRead", False))
    if operation == "GetItem":
        return _units(size_of(answer.get("Item", {})), consistent=params.get("ConsistentRead", False))
    total = 0.0
    for table, wanted in params.get("RequestItems", {}).items():
        found = answer["Responses"].get(table, [])
        sizes = [size_of(item) for item in found] + [0] * (len(wanted["Keys"]) - len(found))
        total += sum(_units(size, consistent=wanted.get("ConsistentRead", False)) for size in sizes)
    return total


def _units(size: int, *, consistent: bool) -> float:
    return max(1, math.ceil(size / READ_UNIT)) * (1.0 if consistent else 0.5)


def size_of(item: Item) -> int:
    """A row's bytes as DynamoDB counts them, to within a few: names, texts and bytes as they are, numbers by digits."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 1
        case "B":
            return len(content)
        case "SS":
            return sum(len(one.encode()) for one in content)
        case "L":
            return 3 + sum(_size(one) for one in content)
        case "M":
            return 3 + size_of(content)
        case _:
            return 1
