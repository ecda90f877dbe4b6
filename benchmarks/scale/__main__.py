"""`python -m benchmarks.scale`: writes `benchmarks/results/scale.json` and the tables of `docs/scale.md`, and that of
costs in `docs/operations.md`.

Measures each action of the fleet on a sample, with the real services over the emulator (`sample`), and reckons from
that what 1,000, 10,000 and 100,000 streams ask of AWS, and cost (`fleet`).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local.children import die_with
from local.settings import ROOT
from tests.support.stack import running_emulator

if TYPE_CHECKING:
    from infra.actions import Measured

RESULTS = ROOT / "benchmarks" / "results" / "scale.json"
DOCUMENT = ROOT / "docs" / "scale.md"
OPERATIONS = ROOT / "docs" / "operations.md"
STOCK = 6 * 50 + 250  # channels: of each round of broadcasts, and of those that stay live


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--compute", action="store_true", help="measure nothing: after a change of prices")
    measured = None if parser.parse_args().compute else measure()
    # Not before the environment is set: the tables' names are read at import.
    from benchmarks.scale import report
    from infra import costs
    from infra.actions import Measured
    from infra.stages import STAGES

    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    if measured is None:
        found = json.loads(RESULTS.read_text())
        measured, machine = {name: Measured(**row) for name, row in found["measured"].items()}, found["machine"]
    document = report.document(measured, machine)
    RESULTS.write_text(json.dumps(document, indent=2) + "\n")
    DOCUMENT.write_text(report.fill_in(DOCUMENT.read_text(), document))
    bill = costs.table(STAGES["prod"], [costs.Load(streams) for streams in costs.LOADS])  # reads the results again
    OPERATIONS.write_text(report.filled(OPERATIONS.read_text(), "costs", bill))
    print(f"\n{report.fleet_table(document)}\n\nWritten to {RESULTS.relative_to(ROOT)}, {DOCUMENT.relative_to(ROOT)}")
    return 0


def measure() -> "dict[str, Measured]":
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as emulator, listener() as port:
        os.environ.update(emulator.env | {"STREAM_SYNC_LOG_LEVEL": "ERROR"})
        os.environ["STREAM_SYNC_WS_MANAGEMENT_URL"] = f"http://127.0.0.1:{port}"
        from benchmarks.scale.ledger import Ledger
        from benchmarks.scale.sample import Sample
        from chalicelib.config import settings

        ledger = Ledger(settings().table_prefix)
        ledger.install()
        sample = Sample(ledger)
        sample.stock(STOCK)
        measured = {}
        for name, row in sample.rows():
            measured[name] = row
            print(
                f"{name:26} {row.calls:6.2f} calls {row.read_units:7.2f} RRU {row.write_units:6.2f} WRU"
                f" {1_000 * row.cpu_s:7.2f} ms CPU",
                flush=True,
            )
    return measured


@contextmanager
def listener() -> Iterator[int]:
    """The port of a server that takes messages for WebSockets."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.scale.listener"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with(os.getpid()),
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
