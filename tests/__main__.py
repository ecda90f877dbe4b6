"""`python -m tests`: every suite in two phases, and a count that shows none was lost between them.

Parallel workers first, each with a stack of its own; then, one at a time, the tests marked `serial`: they measure what
we promise in seconds, or need the machine to themselves. Arguments go to both runs of pytest.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
# Tests mostly wait, for a grace period to end or a process to start: more workers than cores keep the cores busy.
WORKERS = os.environ.get("STREAM_SYNC_TEST_WORKERS", str(2 * min(os.cpu_count() or 1, 4)))


def pytest(report: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def collected(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", *arguments]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sum(int(line.rsplit(": ", 1)[1]) for line in said.splitlines() if line.rpartition(": ")[2].isdigit())


def ran(report: Path) -> int:
    return sum(int(suite.get("tests", "0")) for suite in ElementTree.parse(report).iter("testsuite"))  # noqa: S314


def main(arguments: list[str]) -> int:
    with TemporaryDirectory() as folder:
        reports = [Path(folder) / "parallel.xml", Path(folder) / "serial.xml"]
        appending = ["--cov-append"] if "--cov" in arguments else []
        codes = [
            pytest(reports[0], "-n", WORKERS, "-m", "not serial", *arguments),
            pytest(reports[1], "-m", "serial", *arguments, *appending),
        ]
        if not any(codes):
            expected, seen = collected(), sum(ran(report) for report in reports)
            if expected != seen:
                print(f"{expected} tests were collected, but {seen} ran", file=sys.stderr)
                return 1
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
