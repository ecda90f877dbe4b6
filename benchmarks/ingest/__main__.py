"""`python -m benchmarks.ingest`: every server in every scenario; the table on the terminal and as a file.

Loopback only. Nothing else should run on the machine meanwhile: other load shows in every row.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.ingest import report, scenarios
from benchmarks.ingest.material import make_flv, prepare, read_flv
from benchmarks.ingest.scenarios import Row
from benchmarks.ingest.servers import CannotMeasure, all_servers
from local.settings import ROOT

RESULTS = ROOT / "benchmarks" / "results"


def main() -> int:
    """0 if all was measured, 1 if this machine cannot, 2 for a wrong argument."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a first look, about a minute; writes no results")
    arguments.add_argument("--only", default="", help="scenarios whose name contains this")
    arguments.add_argument("--servers", default="", help="servers whose name contains this")
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
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="stream-sync-bench-") as name:
        folder = Path(name)
        flv = folder / "media.flv"
        make_flv(flv)
        rate = prepare(read_flv(flv.read_bytes()), 4096).bytes_per_second * 8 / 1e6
        print(f"1080p60 H.264 and AAC at {rate:.2f} Mbit/s a connection\n", flush=True)
        try:
            with all_servers(folder) as servers:
                for scenario in wanted:
                    found = list(scenarios.measure(scenario, servers, flv))
                    print(f"{scenario.name}\n{report.table(found, scenario.seconds)}\n", flush=True)
                    rows += found
        except CannotMeasure as reason:
            print(reason, file=sys.stderr)
            return 1
    if not (chosen.quick or chosen.only or chosen.servers):
        document = {"machine": report.machine(), "mbit_per_connection": round(rate, 3), "rows": report.as_json(rows)}
        report.write(RESULTS / "ingest.json", document)
        print(f"Written to {(RESULTS / 'ingest.json').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
