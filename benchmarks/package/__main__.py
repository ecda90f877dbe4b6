"""`python -m benchmarks.package [--quick] [--part PART]`: what packaging and viewers cost a node.

    streams  50 streams in real time: CPU and memory of nginx-rtmp, and of a node that packages, records or neither;
             beside a program that only reads, and one that writes what it reads to files
    viewers  the node on one core: 1,000 clients that wait for the next part, 100 that fetch each, and the ingest beside

Loopback only. Nothing else should run on the machine meanwhile. Results: benchmarks/results/package.json.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.ingest import report
from benchmarks.ingest.load import Outcome
from benchmarks.ingest.material import make_flv
from benchmarks.ingest.scenarios import (
    FLOOR_RECORDING,
    GATHERING,
    NGINX,
    NGINX_HLS,
    OURS,
    PACKAGING,
    RECORDING,
    Row,
    Scenario,
    load,
    measure,
)
from benchmarks.ingest.servers import CannotMeasure, Running, Servers, all_servers
from benchmarks.package.viewers import Answers, Plan
from local.settings import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "package.json"
STREAMS = 50
WINDOW_S = 20.0  # until a stream's window is full, so that its memory can be weighed
WAITERS, PLAYERS = 1_000, 100
NOBODY = 0

MOST_OF_NGINX = 0.25
MOST_MB_A_STREAM = 12.0
MOST_LATE_MS = 200.0
MOST_DELAY_MS = 100.0  # that viewers may add to the ingest's reading


def main() -> int:
    """0 if all was measured, 1 if this machine cannot."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.package")
    arguments.add_argument("--quick", action="store_true", help="a first look; writes no results")
    arguments.add_argument("--part", choices=("streams", "viewers"), help="this part alone")
    chosen = arguments.parse_args()
    parts: dict[str, Callable[[Servers, Path, bool], dict[str, Any]]] = {"streams": _streams, "viewers": _viewers}
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory(prefix="stream-sync-bench-") as name:
        flv = Path(name) / "media.flv"
        make_flv(flv)
        try:
            with all_servers(Path(name)) as servers:
                for part in [chosen.part] if chosen.part else list(parts):
                    found[part] = {"machine": report.machine()} | parts[part](servers, flv, chosen.quick)
        except CannotMeasure as reason:
            print(reason, file=sys.stderr)
            return 1
    if not chosen.quick:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n")
        print(f"Written to {RESULTS.relative_to(ROOT)}")
    return 0


def _streams(servers: Servers, flv: Path, quick: bool) -> dict[str, Any]:
    names = (GATHERING, FLOOR_RECORDING, NGINX, NGINX_HLS, OURS, PACKAGING, RECORDING)
    scenario = Scenario(True, 4096, STREAMS, 10, names, repeats=1 if quick else 3, warm_s=WINDOW_S)
    rows = list(measure(scenario, servers, flv))
    print(f"{scenario.name}\n{report.table(rows, scenario.seconds)}")
    by_name = {row.server: row for row in rows}
    # What nginx-rtmp does is both: it packages, and writes the segments to a folder.
    ratio = by_name[RECORDING].cpu_per_gb / by_name[NGINX_HLS].cpu_per_gb
    of_floor = by_name[RECORDING].cpu_per_gb / by_name[FLOOR_RECORDING].cpu_per_gb
    memory = _memory_mb(by_name[PACKAGING])
    print(f"packaging and recording: {ratio:.2f} x nginx-rtmp's HLS (at most {MOST_OF_NGINX:g})")
    print(f"    {of_floor:.1f} x the floor that writes what it reads to files")
    print(f"memory: {memory:.1f} MB a stream (at most {MOST_MB_A_STREAM:g})\n", flush=True)
    return {
        "rows": [report.as_json(row) for row in rows],
        "recording_x_nginx_hls": round(ratio, 3),
        "recording_x_floor": round(of_floor, 2),
        "memory_mb_a_stream": round(memory, 2),
    }


def _memory_mb(row: Row) -> float:
    return (row.outcome.memory_live_kb - row.outcome.memory_before_kb) / 1024 / row.outcome.connections


def _viewers(servers: Servers, flv: Path, quick: bool) -> dict[str, Any]:
    seconds = 10.0 if quick else 30.0
    found: dict[str, Any] = {}
    for waiters, players in ((NOBODY, NOBODY), (WAITERS, NOBODY), (WAITERS, PLAYERS)):
        with _node_on_a_core(servers) as running:
            ingest, answers = _watched(running, flv, waiters, players, seconds)
        name = f"{waiters:,} waiting, {players} playing"
        cores = ingest.cpu_s / seconds
        print(
            f"{name}: {cores:.0%} of the core, stream read {ingest.read_delay_p95_ms:.0f} ms late at p95, "
            f"{ingest.read_delay_max_ms:.0f} ms at most"
        )
        if answers is not None:
            print(
                f"    {answers.playlists:,} playlists: {answers.playlist_p50_ms:.0f} ms after the first answer at p50, "
                f"{answers.playlist_p95_ms:.0f} at p95, {answers.playlist_max_ms:.0f} at most; "
                f"{answers.parts:,} parts: {answers.part_p95_ms:.0f} ms at p95, {answers.part_max_ms:.0f} at most; "
                f"{answers.refused} refused, {answers.lost} lost"
            )
        found[name] = {"cores": round(cores, 3), "ingest": asdict(ingest)} | (
            {"answers": asdict(answers)} if answers else {}
        )
    print(f"goals: answers {MOST_LATE_MS:g} ms, ingest {MOST_DELAY_MS:g} ms more than alone\n", flush=True)
    return found


@contextlib.contextmanager
def _node_on_a_core(servers: Servers) -> Iterator[Running]:
    """The node has the first core for itself, all of its threads; what we start after it has the others."""
    cores = os.sched_getaffinity(0)
    first = {min(cores)}
    os.sched_setaffinity(0, first)
    try:
        with servers.starters()[PACKAGING](1) as running:
            os.sched_setaffinity(0, cores - first or cores)
            yield running
    finally:
        os.sched_setaffinity(0, cores)


def _watched(running: Running, flv: Path, waiters: int, players: int, seconds: float) -> tuple[Outcome, Answers | None]:
    """One stream and its viewers; both are measured over the same seconds, about."""
    scenario = Scenario(True, 4096, 1, seconds, (PACKAGING,), warm_s=WINDOW_S)
    plan = Plan(running.playback_port, running.channels[0], waiters, players, seconds)
    with ThreadPoolExecutor(1) as pool:
        streaming = pool.submit(load, running, scenario, flv)
        answers = _watch(plan, WINDOW_S - 10.0) if waiters or players else None
        return streaming.result(), answers


def _watch(plan: Plan, after_s: float) -> Answers:
    """The clients' own process, begun so many seconds after the stream."""
    time.sleep(after_s)
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.package.viewers"],
        cwd=ROOT,
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        timeout=plan.seconds + 120,
        check=False,
    )
    if run.returncode != 0:
        raise CannotMeasure(run.stderr[-1000:])
    return Answers(**json.loads(run.stdout))


if __name__ == "__main__":
    sys.exit(main())
