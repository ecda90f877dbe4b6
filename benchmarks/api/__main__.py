"""`python -m benchmarks.api [--quick]`: prints a table, writes `benchmarks/results/api.json`.

Own emulator and own gateway, on free ports. Three times are shown beside each other, because all of it shares this
machine: what the caller waited, how much of that was the wait for the emulator (which is one Python process), and the
CPU that our own code took for the call. In the cloud a call has a process of its own, and DynamoDB is no emulator.
"""

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.api import meter
from benchmarks.api.callers import Pace, Run, percentile, run, settle
from local.children import die_with
from local.loopback import answers
from local.private_files import load_or_make_secrets
from local.settings import ROOT
from tests.support.stack import Emulator, running_emulator

RESULTS = ROOT / "benchmarks" / "results" / "api.json"
KEYS, LIVE = 10_000, 1_000
PACES = (Pace(1), Pace(10), Pace(100), Pace(100, pause=1.0))
MOST = 2_000  # calls a row; each authentication needs a broadcaster who is not live yet
GOAL_MS = 50.0
GOAL_ROUND_TRIPS = 2
GATEWAY_STARTS_WITHIN_S = 30

Row = dict[str, Any]

COLD, WARM, LIST = "authentication, key not cached", "authentication, key cached", "list of live streams"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description="Latency and cost of the API.")
    parser.add_argument("--quick", action="store_true", help="two seconds a row instead of ten: a first look")
    seconds = 2.0 if parser.parse_args().quick else 10.0
    meter.install()
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as emulator:
        os.environ.update(emulator.env | {"STREAM_SYNC_LOG_LEVEL": "ERROR"})
        with gateway(emulator):
            rows = measure(emulator, seconds)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document(rows, seconds), indent=2) + "\n")
    print(f"\nWritten to {RESULTS.relative_to(ROOT)}")
    return 1 if any(row["failures"] for row in rows) else 0


@contextlib.contextmanager
def gateway(emulator: Emulator) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.api.gateway"], cwd=ROOT, env=os.environ, preexec_fn=die_with(os.getpid())
    )
    try:
        deadline = time.monotonic() + GATEWAY_STARTS_WITHIN_S
        while not answers(f"{emulator.settings.http_url}/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The gateway did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def measure(emulator: Emulator, seconds: float) -> list[Row]:
    # Not before the environment is set: the tables' names are read at import.
    from benchmarks.api import house, targets

    began = time.monotonic()
    lodgers = house.seed(KEYS, LIVE, house.now_ms())
    print(f"{KEYS:,} keys and {LIVE:,} live streams put there in {time.monotonic() - began:.0f} s\n")
    http = targets.Http(emulator.settings.http_port, load_or_make_secrets(emulator.state_dir).hook_secret)
    rows: list[Row] = []

    def done(where: str, what: str, pace: Pace, result: Run) -> int:
        rows.append(row(where, what, pace, result))
        print(line(rows[-1]), flush=True)
        return len(result.costs) + len(result.failures)

    print(HEAD)
    for where, target in (("in process", targets.Services()), ("over HTTP", http)):
        for number, pace in enumerate(PACES):
            settle()
            newcomers = lodgers[number * MOST : (number + 1) * MOST]  # others each time: their keys are in no cache
            used = done(where, COLD, pace, run(target.authenticate(newcomers), pace, len(newcomers), seconds))
            house.free(newcomers[:used], house.now_ms())
            settle()
            done(where, WARM, pace, run(target.authenticate(newcomers), pace, used, seconds))
            house.free(newcomers[:used], house.now_ms())
            settle()
            done(where, LIST, pace, run(target.list_live(), pace, MOST, seconds))
    return rows


def row(where: str, what: str, pace: Pace, result: Run) -> Row:
    costs = result.costs
    return {
        "where": where,
        "what": what,
        "callers": pace.callers,
        "pause_s": pace.pause,
        "calls": len(costs),
        "failures": len(result.failures),
        "failure": result.failures[0] if result.failures else None,
        "calls_per_s": round(len(costs) / result.seconds, 1),
        "latency_ms": _percentiles([cost.total for cost in costs]),
        "database_ms": _percentiles([cost.database for cost in costs]),
        "own_cpu_ms": _percentiles([cost.cpu for cost in costs]),
        "round_trips": _mean([cost.round_trips for cost in costs]),
        "most_round_trips": max((cost.round_trips for cost in costs), default=0),
        "read_units": _mean([cost.read_units for cost in costs if cost.read_units is not None]),
        "write_units": _mean([cost.write_units for cost in costs]),
        "scans": sum(cost.scans for cost in costs),
    }


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {}
    return {name: round(percentile(seconds, share) * 1000, 2) for name, share in SHARES.items()}


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 2) if values else 0.0


def goals(rows: list[Row]) -> Row:
    """What was asked for, and whether it was reached."""
    hundred = [row for row in rows if row["callers"] == 100]
    warm = [row for row in rows if row["what"] == WARM]
    return {
        "p95_below_ms": GOAL_MS,
        "p95_at_100_callers_once_a_second": all(_p95(row) < GOAL_MS for row in hundred if row["pause_s"]),
        "p95_at_100_callers_without_pause": all(_p95(row) < GOAL_MS for row in hundred if not row["pause_s"]),
        "own_cpu_p95_at_100_callers": all(row["own_cpu_ms"].get("p95", 0) < GOAL_MS for row in hundred),
        "round_trips_of_a_warm_authentication": all(row["most_round_trips"] <= GOAL_ROUND_TRIPS for row in warm),
        "no_scans": all(row["scans"] == 0 for row in rows),
    }


def _p95(row: Row) -> float:
    return float(row["latency_ms"].get("p95", float("inf")))


def document(rows: list[Row], seconds: float) -> Row:
    return {
        "about": "python -m benchmarks.api: " + " ".join((__doc__ or "").partition(": ")[2].split()),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()},
        "keys": KEYS,
        "live_streams": LIVE,
        "seconds_a_row": seconds,
        "goals": goals(rows),
        "rows": rows,
    }


SHARES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
HEAD = (
    f"{'':<11}{'':<31}{'callers':<23}{'calls/s':>8}{'p50':>8}{'p95':>8}{'p99':>8}"
    f"{'database p95':>14}{'own CPU p95':>13}{'trips':>7}{'RCU':>6}{'WCU':>6}   (ms)"
)


def line(row: Row) -> str:
    pace = Pace(row["callers"], row["pause_s"]).label
    latency = "".join(f"{row['latency_ms'].get(name, float('nan')):>8.1f}" for name in SHARES)
    p95 = {name: row[name].get("p95", float("nan")) for name in ("database_ms", "own_cpu_ms")}
    text = (
        f"{row['where']:<11}{row['what']:<31}{pace:<23}{row['calls_per_s']:>8.0f}{latency}"
        f"{p95['database_ms']:>14.1f}{p95['own_cpu_ms']:>13.1f}"
        f"{row['round_trips']:>7.2f}{row['read_units']:>6.1f}{row['write_units']:>6.1f}"
    )
    return f"{text}   {row['failures']} FAILED: {row['failure']}" if row["failures"] else text


if __name__ == "__main__":
    raise SystemExit(main())
