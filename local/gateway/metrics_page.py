"""The page of metrics: a table for the node and one for the functions, with what each number means."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from prometheus_client.metrics_core import Metric as Family

from chalicelib.counters import Key
from chalicelib.domain.metrics import QUANTILES, Kind, Metric, Unit
from ingest_container.base.histogram import quantile

REFRESH_S = 5
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
NODE_SILENT = "The ingest node does not answer. It is restarted when it exits; its log is in the state folder."

# The dashboard's colours; both schemes.
STYLE = """
:root { color-scheme: light dark; --paper: #f5f6f8; --surface: #fff; --line: #e0e3e9; --ink: #14181f; --soft: #545d6b;
  --bad: #b81726; --link: #2563eb; }
@media (prefers-color-scheme: dark) { :root { --paper: #0e1116; --surface: #171b22; --line: #2b313b; --ink: #eceff4;
  --soft: #a3adbb; --bad: #ff8a8f; --link: #7aa5ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: 0; color: var(--soft); }
a { color: var(--link); }
.silent { color: var(--bad); }
table { width: 100%; border-collapse: collapse; background: var(--surface); border: 1px solid var(--line); }
th, td { padding: .45rem .75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; font-size: .8rem; color: var(--soft); }
tbody th { font-weight: 600; white-space: nowrap; }
td.value, thead th:nth-child(2) { text-align: right; }
td.value { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.value small { display: block; color: var(--soft); }
td.meaning { color: var(--soft); width: 60%; }
.zero { color: var(--soft); }
@media (max-width: 45rem) {
  thead { display: none; }
  tr { display: grid; grid-template-columns: 1fr auto; border-top: 1px solid var(--line); padding: .35rem 0; }
  th, td { border: 0; padding: .1rem .75rem; }
  td.meaning { grid-column: 1 / -1; width: auto; }
}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One metric: its value, and what it is split into, as text."""

    metric: Metric
    value: str
    parts: Sequence[str] = ()


def of_family(metric: Metric, family: Family) -> Row:
    """As scraped, in Prometheus' units."""
    if metric.kind is Kind.TIMES:
        return _of_times(metric, family)
    values = {str(each.labels.get(metric.label or "", "")): float(each.value) for each in family.samples}
    return _of_values(metric, values)


def of_counts(metrics: Iterable[Metric], counts: Mapping[Key, int]) -> list[Row]:
    """What functions counted, of each of their metrics."""
    return [
        _of_values(metric, {label: float(count) for (name, label), count in counts.items() if name == metric.name})
        for metric in metrics
    ]


def _of_values(metric: Metric, values: Mapping[str, float]) -> Row:
    split = Counter({label: value for label, value in values.items() if label and value})
    parts = [f"{label}: {_number(metric.unit, value)}" for label, value in split.most_common()]
    return Row(metric, _number(metric.unit, sum(values.values())), parts)


def _of_times(metric: Metric, family: Family) -> Row:
    """The buckets, which are cumulative, and so the quantiles since the node began."""
    sums = [int(each.value) for each in family.samples if each.name.endswith("_bucket")]
    counts = [later - earlier for later, earlier in zip(sums, [0, *sums], strict=False)]
    found = {name: quantile(counts, q) for name, q in QUANTILES.items()}
    parts = [f"{name.lower()}: {_number(Unit.MILLISECONDS, ms / 1000)}" for name, ms in found.items() if ms is not None]
    return Row(metric, _number(Unit.COUNT, sums[-1]), parts)


def _number(unit: Unit, value: float) -> str:
    """`value` is in Prometheus' units."""
    match unit:
        case Unit.BYTES:
            return _bytes(value)
        case Unit.MILLISECONDS:
            return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"
        case Unit.PERCENT:
            return f"{value * 100:.0f} %"
        case Unit.COUNT:
            return f"{value:,.0f}".replace(",", "\u202f")


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:,.1f} GB".replace(",", "\u202f")


def page(node: Sequence[Row] | None, functions: Sequence[Row], scrape_url: str) -> str:
    shown = f'<p class="silent">{NODE_SILENT}</p>' if node is None else _table(node)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{REFRESH_S}">
<title>Metrics - stream-sync</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Metrics</h1>
<p>Of this machine, since its processes began; refreshed every {REFRESH_S} s.
Prometheus scrapes the node at <a href="{escape(scrape_url)}">{escape(scrape_url)}</a>.</p>
<h2>Ingest node</h2>
{shown}
<h2>Control plane</h2>
{_table(functions)}
</main>
</body>
</html>
"""


def _table(rows: Iterable[Row]) -> str:
    return (
        "<table><thead><tr><th>Metric</th><th>Value</th><th>Meaning</th></tr></thead><tbody>"
        + "\n".join(_row(row) for row in rows)
        + "</tbody></table>"
    )


def _row(row: Row) -> str:
    parts = "".join(f"<small>{escape(part)}</small>" for part in row.parts)
    empty = " zero" if row.value in ("0", "0 B") else ""
    return (
        f'<tr><th scope="row">{escape(row.metric.name)}</th><td class="value{empty}">{escape(row.value)}{parts}</td>'
        f'<td class="meaning">{escape(row.metric.meaning)}</td></tr>'
    )
