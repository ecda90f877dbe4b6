"""`python -m benchmarks.hostile [--quick] [--write FILE]`: what hostile input costs, and what a stream notices of it.

Exits with 1 where a bound is passed: see `BOUNDS`. The results of the last full run are in
`benchmarks/results/hostile.json`; docs/reliability.md shows them.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.hostile.beside import watch
from benchmarks.hostile.search import STATES, Cost, dearest
from tests.support.stack import in_environment, running_emulator
from tests.support.storm import FLOODS, TLS_FLOODS

RESULTS = Path(__file__).parents[1] / "results" / "hostile.json"

# CPU time until a connection is ended, milliseconds, on a machine of 2020's kind; a publisher begins with two seconds'
# worth of work.
BOUNDS = {"publishing": 100.0}
BOUND_BEFORE_PUBLISH = 40.0
WORST_HANDSHAKE_MS = 500.0


def _described(cost: Cost) -> dict[str, Any]:
    return {
        "pieces": sorted({piece.kind for piece in cost.pieces}),
        "seconds_per_gb": round(cost.per_byte * 1e9, 1),
        "milliseconds": round(cost.seconds * 1000, 1),
        "bytes": cost.taken,
        "ended": cost.reason,
    }


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks.hostile")
    options.add_argument("--quick", action="store_true", help="a first look")
    options.add_argument("--write", type=Path, default=None, help=f"where to keep the results, {RESULTS} for good")
    chosen = options.parse_args()
    search_seconds, storm_seconds = (2.0, 4.0) if chosen.quick else (10.0, 8.0)
    passed: list[str] = []
    costs: dict[str, Any] = {}
    for state in STATES:
        per_byte = dearest(state, search_seconds, lambda cost: cost.per_byte)
        longest = dearest(state, search_seconds, lambda cost: cost.seconds)
        costs[state] = {"per_byte": _described(per_byte), "longest": _described(longest)}
        print(f"{state:16} {per_byte.per_byte * 1e9:8.0f} s/GB {longest.seconds * 1000:8.1f} ms", flush=True)
        if longest.seconds * 1000 > BOUNDS.get(state, BOUND_BEFORE_PUBLISH):
            passed.append(f"{state}: {longest.seconds * 1000:.1f} ms until the end")
    beside = []
    with (
        tempfile.TemporaryDirectory(prefix="hostile-") as folder,
        running_emulator(Path(folder) / "aws") as emulator,
        in_environment(emulator),
    ):
        for kind in (*FLOODS, *TLS_FLOODS):
            noticed = watch(emulator, kind, storm_seconds, Path(folder))
            beside.append({name: getattr(noticed, name) for name in noticed.__slots__})
            print(noticed, flush=True)
            if noticed.status != "LIVE" or (noticed.handshake_worst_ms or 1e9) > WORST_HANDSHAKE_MS:
                passed.append(f"{kind}: {noticed}")
    if chosen.write is not None:
        chosen.write.write_text(json.dumps({"costs": costs, "beside": beside}, indent=1) + "\n")
    for line in passed:
        print("past its bound:", line, file=sys.stderr)
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
