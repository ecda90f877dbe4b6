"""`python -m benchmarks.health [clean|faults] [--minutes 30]`: what the health rules say of real encoders.

    clean   30 minutes of OBS and of ffmpeg that are set as we advise: there must be no finding
    faults  each fault by ffmpeg: how many seconds until its finding is raised, and cleared once the stream is good

A node on a local AWS emulator; loopback only. Results: benchmarks/results/health.json, printed as a table, too.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.health import clean, faults
from benchmarks.ingest import report
from local.settings import ROOT
from tests.support.nodes import Node
from tests.support.stack import in_environment, running_emulator

PARTS = ("clean", "faults")
RESULTS = ROOT / "benchmarks" / "results" / "health.json"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.health")
    arguments.add_argument("part", nargs="?", choices=PARTS, help="this part alone")
    arguments.add_argument("--minutes", type=float, default=30, help="of the clean streams")
    arguments.add_argument("--nice", type=int, default=0, help="their priority where other work goes on (-10: as root)")
    arguments.add_argument(
        "--only", nargs="*", default=[], metavar="FINDING", help="the faults that have these findings"
    )
    arguments.add_argument("--write", action="store_true", help="write the results")
    chosen = arguments.parse_args()
    for part in [chosen.part] if chosen.part else PARTS:
        found = _run(part, chosen)
        if chosen.write:
            results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
            measured = {_name(row) for row in found}
            kept = [row for row in results.get(part, {}).get("rows", []) if _name(row) not in measured]
            results[part] = {"machine": report.machine(), "rows": kept + found}
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return 0


def _name(row: dict[str, Any]) -> str:
    return str(row.get("by") or row["encoder"])


def _run(part: str, chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """On a node of its own; the rows, which it prints."""
    with (
        tempfile.TemporaryDirectory(prefix="stream-sync-health-") as name,
        running_emulator(Path(name) / "cloud") as cloud,
    ):
        folder = Path(name)
        node = Node(cloud.env, folder / "node.log").listening()
        try:
            with in_environment(cloud):
                if part == "clean":
                    found = clean.run(node, folder, chosen.minutes, chosen.nice)
                else:
                    found = faults.run(node, folder, chosen.only)
        finally:
            node.end()
    print(clean.table(found) if part == "clean" else faults.table(found), flush=True)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
