"""The results as JSON, and as the tables of `docs/scale.md`: from the same numbers, and a test compares them."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from benchmarks.scale.fleet import Assumed, Hour, hour
from infra import prices
from infra.actions import Actions, Measured

SIZES = (1_000, 10_000, 100_000)
COMMAND = "make bench-scale"
DECIMALS = 6

Document = dict[str, Any]


def document(measured: Actions, machine: str) -> Document:
    assumed = Assumed()
    rounded = {name: _rounded(asdict(row)) for name, row in measured.items()}
    rows = {name: Measured(**row) for name, row in rounded.items()}
    return {
        "command": COMMAND,
        "machine": machine,
        "prices_of": prices.OF,
        "assumed": asdict(assumed),
        "measured": rounded,
        "computed": [_hour(hour(streams, rows, assumed)) for streams in SIZES],
    }


def _hour(one: Hour) -> Document:
    found: Document = _rounded(asdict(one) | {"total": one.total})
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, DECIMALS) if isinstance(value, float) else value


def measured_table(found: Document) -> str:
    """A row for each action: measured on the sample."""
    lines = ["| action | calls | read units | write units | events | CPU, ms |", "|---|--:|--:|--:|--:|--:|"]
    for name, row in found["measured"].items():
        cells = [f"{row[key]:.2f}" for key in ("calls", "read_units", "write_units", "events")]
        lines.append(f"| {name} | {' | '.join(cells)} | {1_000 * row['cpu_s']:.2f} |")
    return "\n".join(lines)


def fleet_table(found: Document) -> str:
    """A column for each size of the fleet: computed."""
    hours = found["computed"]
    rows = [
        ("ingest nodes", [f"{one['nodes']:,}" for one in hours]),
        ("viewers", [f"{one['viewers']:,}" for one in hours]),
        ("calls of AWS, a second", [_number(one["calls"]) for one in hours]),
        ("write units, a second", [_number(one["write_units"]) for one in hours]),
        ("read units, a second", [_number(one["read_units"]) for one in hours]),
        ("events, a second", [_number(one["events"]) for one in hours]),
        ("functions at once", [_number(one["lambda_seconds"]) for one in hours]),
        ("sweep, seconds of 50", [_number(one["sweep_seconds"]) for one in hours]),
        ("hottest partition, writes (of 1,000)", [_hot(one["hottest_write"]) for one in hours]),
        ("hottest partition, reads (of 3,000)", [_hot(one["hottest_read"]) for one in hours]),
        (
            "hottest partition, writes, while a tenth of the streams begin in a minute",
            [_number(one["storm_write"]) for one in hours],
        ),
        ("viewers of one channel that get measures", [_number(one["heard_of_one"]) for one in hours]),
        *((f"{name}, $ an hour", [_dollars(one["dollars"][name]) for one in hours]) for name in hours[0]["dollars"]),
        ("**together, $ an hour**", [f"**{_dollars(one['total'])}**" for one in hours]),
        ("a stream and hour, $", [f"{one['total'] / one['streams']:.4f}" for one in hours]),
    ]
    head = ["| streams | " + " | ".join(f"{one['streams']:,}" for one in hours) + " |", "|---|" + "--:|" * len(hours)]
    return "\n".join([*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)])


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2f}"


def _hot(found: Iterable[Any]) -> str:
    place, units = found
    return f"{_number(units)} (`{place}`)"


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:,.2f}"


TABLES = {"measured": measured_table, "fleet": fleet_table}


def fill_in(text: str, found: Document) -> str:
    """The document with its tables, each between its marks. Raises ValueError if one of them is not there."""
    for name, table in TABLES.items():
        text = filled(text, name, table(found))
    return text


def filled(text: str, name: str, table: str) -> str:
    """With `table` between the marks of `name`. Raises ValueError if they are not there."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    start = text.index(begin) + len(begin)
    return f"{text[:start]}\n{table}\n{text[text.index(end, start) :]}"
