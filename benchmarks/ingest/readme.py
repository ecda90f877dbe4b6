"""`python -m benchmarks.ingest.readme`: the README's section on speed, from the results that are committed.

Nobody types these figures: a test compares the section with what this renders.
"""

import json
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ingest.__main__ import RESULTS
from benchmarks.ingest.scenarios import FLOOR, NGINX, OURS, PLAIN
from local.settings import ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- speed: made by `python -m benchmarks.ingest.readme` -->", "<!-- /speed -->"
WIDTH = 120
HEADING = "## Find your way"  # the section stands before it


@dataclass(frozen=True)
class Goal:
    """What `server` may cost at most, as a multiple of what `beside` costs in the same scenario."""

    text: str
    server: str
    beside: str
    most: float
    paced: bool
    chunk_size: int
    connections: int


GOALS = (
    Goal("as fast as it is read, 4 connections", OURS, NGINX, 0.6, False, 4096, 4),
    Goal("the same, beside a C loop that only reads", OURS, FLOOR, 1.3, False, 4096, 4),
    Goal("200 streams in real time", OURS, NGINX, 0.55, True, 4096, 200),
    Goal("the same, without a C compiler", PLAIN, NGINX, 0.75, True, 4096, 200),
)


def section(document: dict[str, Any]) -> str:
    """The whole section between its marks."""
    comparison, thousand = document["comparison"], document["thousand"]["rows"][0]
    rows, machine = comparison["rows"], comparison["machine"]
    live = _find(rows, OURS, True, 4096, 200)
    where = (
        f"{machine['cores']} cores, {machine['cpu']}, Linux {machine['kernel'].split('-')[0]}, "
        f"Python {machine['python']}, {machine['nginx']}"
    )
    runs = f"the median of {live['runs']} runs (and their range)" if live.get("runs", 1) > 1 else "median runs"
    sent = (
        f"CPU seconds of the server for each gigabyte of 1080p60 H.264 and AAC at "
        f"{comparison['mbit_per_connection']:.1f} Mbit/s a stream, chunk size 4,096: {runs}, all servers in turn on "
        f"one machine ({where})."
    )
    depends = (
        "Ratios to nginx-rtmp depend on the machine, because system calls cost it more on some: the same code measured "
        "0.17 of nginx's cost on one and 0.73 on another. Compare on yours: `make bench-ingest`."
    )
    many = (
        f"A thousand publishers at once on one node for a minute: {thousand['refused']} refused, "
        f"{thousand['broken']} lost, {thousand['cpu_s'] / 60:.0%} of one core. A live stream takes "
        f"{_each(live, 'memory_live_kb'):.0f} KB of memory. All rows: "
        "[benchmarks/results/ingest.json](benchmarks/results/ingest.json); why: decisions "
        "[14](docs/decisions/0014-one-source-compiled-or-not.md) and "
        "[70](docs/decisions/0070-what-a-live-stream-costs-beyond-its-bytes.md)."
    )
    table = ["| | ours | beside | ratio | goal |", "|---|---|---|---|---|", *(_line(goal, rows) for goal in GOALS)]
    wrapped = [
        textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False) for text in (sent, depends, many)
    ]
    return "\n".join([BEGIN, "## Speed", "", wrapped[0], "", *table, "", wrapped[1], "", wrapped[2], END])


def _line(goal: Goal, rows: list[dict[str, Any]]) -> str:
    ours, other = (
        _find(rows, server, goal.paced, goal.chunk_size, goal.connections) for server in (goal.server, goal.beside)
    )
    ratio = ours["cpu_s_per_gb"] / other["cpu_s_per_gb"]
    return f"| {goal.text} | {_cost(ours)} | {goal.beside} {_cost(other)} | {ratio:.2f} | {goal.most:g} |"


def _cost(row: dict[str, Any]) -> str:
    """The median and, where there were several runs, the range."""
    lowest, highest = row.get("cpu_s_per_gb_range", (0, 0))
    spread = f" ({lowest:.2f}-{highest:.2f})" if row.get("runs", 1) > 1 else ""
    return f"{row['cpu_s_per_gb']:.3f}{spread}"


def _find(rows: list[dict[str, Any]], server: str, paced: bool, chunk_size: int, connections: int) -> dict[str, Any]:
    wanted = (server, paced, chunk_size, connections)
    return next(r for r in rows if (r["server"], r["paced"], r["chunk_size"], r["connections"]) == wanted)


def _each(row: dict[str, Any], name: str) -> float:
    """Memory a connection beyond the process, KB."""
    return float((row[name] - row["memory_before_kb"]) / row["connections"])


def replaced(readme: str, text: str) -> str:
    """The README with this section, in place of the one it has or before `HEADING`."""
    if BEGIN in readme:
        before, _, rest = readme.partition(BEGIN)
        return before + text + rest.partition(END)[2]
    return readme.replace(HEADING, f"{text}\n\n{HEADING}")


def results(path: Path = RESULTS) -> dict[str, Any] | None:
    """What was measured; None while a part is missing."""
    document: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return document if {"comparison", "thousand"} <= document.keys() else None


def main() -> int:
    """0, or 1 while there are no results."""
    document = results()
    if document is None:
        sys.stderr.write("There are no results yet: run `make bench-ingest`.\n")
        return 1
    README.write_text(replaced(README.read_text(), section(document)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
