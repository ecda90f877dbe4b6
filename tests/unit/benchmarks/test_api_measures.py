"""The arithmetic of the API's benchmark."""

import threading
from typing import Any

import pytest

from benchmarks.api.callers import Pace, percentile, run
from benchmarks.api.meter import Cost, Item, measured, read_units, size_of

SMALL = {"id": {"S": "a"}}
LARGE = {"id": {"S": "x" * 5_000}}


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99)] == [50.0, 95.0, 99.0]
    assert percentile([7.0], 0.5) == percentile([7.0], 0.99) == 7.0


def test_a_rows_size_is_that_of_its_names_and_values() -> None:
    item: Item = {
        "name": {"S": "é"},
        "count": {"N": "1234"},
        "on": {"BOOL": True},
        "tags": {"L": [{"S": "ab"}]},
        "card": {"M": {"k": {"S": "v"}}},
    }
    assert size_of(item) == (4 + 2) + (5 + 3) + (2 + 1) + (4 + 3 + 2) + (4 + 3 + 1 + 1)


@pytest.mark.parametrize(
    ("operation", "params", "answer", "units"),
    [
        ("GetItem", {"ConsistentRead": True}, {"Item": SMALL}, 1.0),
        ("GetItem", {}, {"Item": LARGE}, 1.0),
        ("GetItem", {}, {}, 0.5),
        ("Query", {}, {"Items": [SMALL] * 50}, 0.5),
        ("Query", {"ConsistentRead": True}, {"Items": [LARGE] * 2}, 3.0),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [1, 2, 3], "ConsistentRead": True}}},
            {"Responses": {"t": [SMALL, LARGE]}},
            4.0,
        ),
    ],
)
def test_read_units(operation: str, params: dict[str, Any], answer: dict[str, Any], units: float) -> None:
    assert read_units(operation, params, answer) == units


def test_each_call_is_made_once_by_as_many_callers_as_asked_for() -> None:
    made: list[int] = []
    together = threading.Barrier(4, timeout=10)

    def call(number: int) -> Cost:
        made.append(number)
        if number < 4:
            together.wait()
        if number == 7:
            raise RuntimeError("refused")
        with measured() as cost:
            pass
        return cost

    result = run(call, Pace(4), most=20, seconds=30)
    assert sorted(made) == list(range(20))
    assert len(result.costs) == 19
    assert result.failures == ["RuntimeError: refused"]
