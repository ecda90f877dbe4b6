"""`python -m benchmarks.ingest`: our node beside nginx-rtmp, pyrtmp and a floor, on the terminal and as a file.

Loopback only. Nothing else should run on the machine meanwhile: other load shows in every row.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.ingest import many, report, scenarios
from benchmarks.ingest.material import make_flv, prepare, read_flv
from benchmarks.ingest.scenarios import Row, Scenario
from benchmarks.ingest.servers import CannotMeasure, Servers, all_servers
from local.settings import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "ingest.json"

PARTS = ("comparison", "thousand", "capacity")

Part = Callable[[Servers, Path], Any]


def main() -> int:
    """0 if all was measured, 1 if this machine cannot."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a first look, about a minute; writes no results")
    arguments.add_argument("--part", choices=PARTS, help="this part alone")
    arguments.add_argument("--only", default="", help="scenarios whose name contains this; writes no results")
    arguments.add_argument("--servers", default="", help="servers whose name contains this; writes no results")
    arguments.add_argument("--repeats", type=int, help="runs of each scenario")
    chosen = arguments.parse_args()
    wanted = [
        replace(
            scenario,
            servers=tuple(name for name in scenario.servers if chosen.servers in name),
            repeats=chosen.repeats or scenario.repeats,
        )
        for scenario in (scenarios.quick() if chosen.quick else scenarios.full())
        if chosen.only in scenario.name
    ]
    look = chosen.quick or chosen.only or chosen.servers
    parts: dict[str, Part] = {
        "comparison": lambda servers, flv: _comparison(wanted, servers, flv),
        "thousand": _thousand,
        "capacity": _capacity,
    }
    names = ["comparison"] if look else [chosen.part] if chosen.part else list(parts)
    with tempfile.TemporaryDirectory(prefix="stream-sync-bench-") as name:
        folder = Path(name)
        flv = folder / "media.flv"
        make_flv(flv)
        rate = prepare(read_flv(flv.read_bytes()), 4096).bytes_per_second * 8 / 1e6
        print(f"1080p60 H.264 and AAC at {rate:.2f} Mbit/s a connection\n", flush=True)
        try:
            with all_servers(folder) as servers:
                for part in names:
                    found = parts[part](servers, flv)
                    if not look:
                        _keep(part, {"machine": report.machine(), "mbit_per_connection": round(rate, 3), "rows": found})
        except CannotMeasure as reason:
            print(reason, file=sys.stderr)
            return 1
    return 0


def _comparison(wanted: list[Scenario], servers: Servers, flv: Path) -> list[dict[str, Any]]:
    rows: list[Row] = []
    for scenario in wanted:
        found = list(scenarios.measure(scenario, servers, flv))
        print(f"{scenario.name}\n{report.table(found, scenario.seconds)}\n", flush=True)
        rows += found
    return [report.as_json(row) for row in rows]


def _thousand(servers: Servers, flv: Path) -> list[dict[str, Any]]:
    row = many.thousand(servers, flv)
    passed = many.passes(row.outcome)
    print(
        f"{row.scenario}\n{report.table([row], many.THOUSAND.seconds)}\n{'passed' if passed else 'FAILED'}\n",
        flush=True,
    )
    return [report.as_json(row) | {"passed": passed}]


def _capacity(servers: Servers, flv: Path) -> list[dict[str, Any]]:
    rows = []
    print("How many streams one core holds", flush=True)
    for row, verdict in many.capacity(servers, flv):
        cores = row.outcome.cpu_s / many.STEP_SECONDS
        delay = f"p99 {row.outcome.read_delay_p99_ms:.0f} ms"
        print(f"{row.server:<22}{row.outcome.connections:>6,}  {cores:.0%} of a core  {delay}  {verdict}", flush=True)
        rows.append(report.as_json(row) | {"cores": round(cores, 3), "verdict": verdict})
    return rows


def _keep(part: str, found: dict[str, Any]) -> None:
    document = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept = {name: document[name] for name in PARTS if name in document}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(kept | {part: found}, indent=1) + "\n")
    print(f"Written to {RESULTS.relative_to(ROOT)}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
