"""What is measured, and one measurement: a server, so many connections, a chunk size, flooding or paced."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.ingest.load import Outcome, Plan
from benchmarks.ingest.servers import CannotMeasure, Running, Servers
from local.settings import ROOT

FLOOR, GATHERING, NGINX, OURS, PLAIN, PYRTMP = (
    "floor",
    "floor, gathering",
    "nginx-rtmp",
    "ours",
    "ours, plain Python",
    "pyrtmp",
)
NGINX_HLS, PACKAGING, RECORDING = "nginx-rtmp, HLS", "ours, packaging", "ours, recording"
FLOOR_RECORDING = "floor, recording"
# Seconds before anything is measured. In real time they let the starts of all streams be told and recorded, and the
# node learn what each of them brings.
WARM_FLOOD_S, WARM_PACED_S = 1.5, 5.0
# A generator that is later than this measures itself.
MOST_BEHIND_MS = 100.0
LOAD_TIMEOUT_S = 300.0


@dataclass(frozen=True)
class Scenario:
    """`seconds` are measured after `warm_s`, `repeats` times; the run with the median CPU time counts."""

    paced: bool
    chunk_size: int
    connections: int
    seconds: float
    servers: tuple[str, ...]
    repeats: int = 1
    burst_ms: int = 0
    warm_s: float | None = None  # None: WARM_FLOOD_S or WARM_PACED_S

    @property
    def name(self) -> str:
        how = "as fast as it is read"
        if self.paced:
            how = f"in real time, a burst each {self.burst_ms} ms" if self.burst_ms else "in real time"
        return f"{how}, {self.connections:,} connections, chunk size {self.chunk_size:,}"


@dataclass(frozen=True)
class Row:
    """One server in one scenario: the median run, and the CPU seconds per GB of the cheapest and the dearest."""

    scenario: str
    paced: bool
    chunk_size: int
    server: str
    outcome: Outcome
    runs: int = 1
    lowest: float = 0.0
    highest: float = 0.0

    @property
    def cpu_per_gb(self) -> float:
        return _cpu_per_gb(self.outcome)

    @property
    def is_sound(self) -> bool:
        """Whether all connections were served to the end by a generator that kept its own time."""
        outcome = self.outcome
        return not outcome.refused and not outcome.broken and outcome.behind_ms <= MOST_BEHIND_MS


def full() -> list[Scenario]:
    """About fifteen minutes."""
    all_but_gathering = (FLOOR, NGINX, OURS, PLAIN, PYRTMP)
    live = (FLOOR, GATHERING, NGINX, OURS, PLAIN)
    return [
        *(Scenario(False, chunk_size, 4, 4, all_but_gathering, repeats=3) for chunk_size in (128, 4096, 65536)),
        *(Scenario(False, 4096, connections, 4, (FLOOR, NGINX, OURS, PLAIN)) for connections in (50, 200)),
        Scenario(True, 4096, 4, 10, (*live, PYRTMP)),
        Scenario(True, 4096, 50, 10, live, repeats=3),
        Scenario(True, 4096, 200, 10, live, repeats=3),
        # One core cannot send a thousand streams frame by frame.
        Scenario(True, 4096, 1000, 10, live, burst_ms=33),
    ]


def quick() -> list[Scenario]:
    """A first look, about a minute."""
    return [
        Scenario(False, 4096, 4, 2, (FLOOR, NGINX, OURS, PLAIN, PYRTMP)),
        Scenario(True, 4096, 50, 6, (FLOOR, GATHERING, NGINX, OURS, PLAIN)),
    ]


def measure(scenario: Scenario, servers: Servers, flv: Path) -> Iterator[Row]:
    """One row a server, all servers one after another within each repeat. Raises CannotMeasure."""
    seen: dict[str, list[Outcome]] = {name: [] for name in scenario.servers}
    for _ in range(scenario.repeats):
        for name in scenario.servers:
            with servers.starters()[name](scenario.connections) as running:
                seen[name].append(load(running, scenario, flv))
    for name, outcomes in seen.items():
        costs = [_cpu_per_gb(outcome) for outcome in outcomes]
        middle = outcomes[costs.index(statistics.median_low(costs))]
        yield Row(scenario.name, scenario.paced, scenario.chunk_size, name, middle, len(costs), min(costs), max(costs))


def load(running: Running, scenario: Scenario, flv: Path) -> Outcome:
    """The generator's own process, against one running server."""
    usual = WARM_PACED_S if scenario.paced else WARM_FLOOD_S
    plan = Plan(
        port=running.port,
        pid=running.pid,
        keys=running.keys,
        flv=str(flv),
        chunk_size=scenario.chunk_size,
        paced=scenario.paced,
        warm_s=usual if scenario.warm_s is None else scenario.warm_s,
        seconds=scenario.seconds,
        speaks_rtmp=running.speaks_rtmp,
        burst_ms=scenario.burst_ms,
    )
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest.load"],
        cwd=ROOT,
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        timeout=LOAD_TIMEOUT_S,
        check=False,
    )
    if run.returncode != 0:
        raise CannotMeasure(f"{scenario.name}: {run.stderr[-1000:]}")
    found = json.loads(run.stdout)
    return Outcome(**{field.name: found[field.name] for field in fields(Outcome)})


def _cpu_per_gb(outcome: Outcome) -> float:
    return outcome.cpu_s / outcome.gigabytes if outcome.gigabytes else 0.0
