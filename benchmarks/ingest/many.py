"""Many streams on one node in real time: a thousand of them for a minute, and how many one core holds."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ingest.load import Outcome
from benchmarks.ingest.scenarios import MOST_BEHIND_MS, NGINX, OURS, Row, Scenario, load
from benchmarks.ingest.servers import Servers
from ingest_container.net.receive_mark import COUNTED_SECONDS

THOUSAND = Scenario(True, 4096, 1000, 60, (OURS,), burst_ms=33)
LATE_MS = 1000.0  # what none of the thousand may be late by

STEPS = (500, 1000, 1250, 1500, 2000, 2500, 3000)
STEP_SECONDS = 10.0
STEP_LATE_MS = 1000 * COUNTED_SECONDS + 100.0  # 100 ms after the node would read it anyway
SERVER_NICENESS = -10  # the generator needs more than the other core: the server goes first


def thousand(servers: Servers, flv: Path) -> Row:
    """A thousand publishers at once on one node, for a minute."""
    with servers.starters()[OURS](THOUSAND.connections) as running:
        outcome = load(running, THOUSAND, flv)
    return Row(THOUSAND.name, THOUSAND.paced, THOUSAND.chunk_size, OURS, outcome)


def passes(outcome: Outcome) -> bool:
    """None refused, none lost, none late."""
    return not outcome.refused and not outcome.broken and outcome.read_delay_max_ms <= LATE_MS


def capacity(servers: Servers, flv: Path) -> Iterator[tuple[Row, str]]:
    """More and more streams on one server, until it is late, or the generator is; with what was found at each step."""
    for server in (NGINX, OURS):
        for connections in STEPS:
            scenario = Scenario(True, 4096, connections, STEP_SECONDS, (server,), burst_ms=THOUSAND.burst_ms)
            with servers.starters()[server](connections) as running:
                with contextlib.suppress(PermissionError):
                    os.setpriority(os.PRIO_PROCESS, running.pid, SERVER_NICENESS)
                outcome = load(running, scenario, flv)
            verdict = judge(outcome)
            yield Row(scenario.name, True, scenario.chunk_size, server, outcome), verdict
            if verdict != "in time":
                break


def judge(outcome: Outcome) -> str:
    """Check the generator first: data that was sent late cannot be read in time."""
    if outcome.behind_ms > MOST_BEHIND_MS:
        return "more than the generator can send"
    if outcome.refused or outcome.broken:
        return "connections lost"
    return "late" if outcome.read_delay_p99_ms > STEP_LATE_MS else "in time"
