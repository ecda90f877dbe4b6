"""`python -m benchmarks.health {clean,faults} [--minutes 30]`: what the health rules say of real encoders.

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

RESULTS = ROOT / "benchmarks" / "results" / "health.json"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.health")
    arguments.add_argument("part", choices=("clean", "faults"))
    arguments.add_argument("--minutes", type=float, default=30, help="of the clean streams")
    arguments.add_argument("--nice", type=int, default=0, help="their priority where other work goes on (-10: as root)")
    arguments.add_argument("--write", action="store_true", help="write the results")
    chosen = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="stream-sync-health-") as name,
        running_emulator(Path(name) / "cloud") as cloud,
    ):
        folder = Path(name)
        node = Node(cloud.env, folder / "node.log").listening()
        try:
            with in_environment(cloud):
                if chosen.part == "clean":
                    found: list[dict[str, Any]] = clean.run(node, folder, chosen.minutes, chosen.nice)
                    print(clean.table(found))
                else:
                    found = faults.run(node, folder)
                    print(faults.table(found))
        finally:
            node.end()
    if chosen.write:
        results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        results[chosen.part] = {"machine": report.machine(), "rows": found}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
