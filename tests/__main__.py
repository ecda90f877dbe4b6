"""`python -m tests`: every suite in three phases, and a check that no file was left out.

1. Most tests, on twice as many workers as there are cores. They compute, or wait for processes.
2. Tests of real encoders, players and browsers, and of nodes that die or fall silent, on fewer workers: they wait most
   of the time, and a busy machine would break the promises in seconds that they rely on.
3. One at a time, the tests marked `serial`: they measure these promises, judge an encoder's pace, or need CPU time that
   others leave.

Each worker has a stack of its own. A phase collects only the files it may run, for each of its workers imports them
all. Arguments go to every run of pytest.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
SERIAL_MARK = "pytest.mark.serial"
# Or every worker and every process that a test starts would compile our sources anew.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
CORES = min(os.cpu_count() or 1, 4)
WORKERS = os.environ.get("STREAM_SYNC_TEST_WORKERS", str(2 * CORES))
# These use a third of a core each.
WAITING_WORKERS = os.environ.get("STREAM_SYNC_TEST_WORKERS", str(CORES + 1))

WAITING_NODES = ("disturbed", "drain", "failures", "health", "liveness", "storage_away", "thumbnails")
WAITING = ("tests/e2e", *(f"tests/integration/node/test_{name}.py" for name in WAITING_NODES))
SERIAL = ("tests/contract/openapi/test_conformance.py",)
NOT_SERIAL = ("-m", "not serial")


def mixed(root: Path = ROOT) -> tuple[str, ...]:
    """Files where there are serial tests among others."""
    files = sorted((root / "tests").rglob("test_*.py"))
    return tuple(file.relative_to(root).as_posix() for file in files if SERIAL_MARK in file.read_text())


@dataclass(frozen=True)
class Phase:
    name: str
    arguments: tuple[str, ...]


PHASES = (
    Phase("parallel", ("-n", WORKERS, "tests", *(f"--ignore={path}" for path in (*WAITING, *SERIAL)), *NOT_SERIAL)),
    Phase("waiting", ("-n", WAITING_WORKERS, *WAITING, *NOT_SERIAL)),
    Phase("serial", (*SERIAL, *mixed(), "-m", "serial")),
)


def pytest(report: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=False).returncode


def classes_in(report: Path) -> set[str]:
    """Dotted names of the modules that ran, and of their classes."""
    return {case.get("classname", "") for case in ElementTree.parse(report).iter("testcase")}  # noqa: S314


def left_out(reports: list[Path]) -> list[str]:
    """Test files of which nothing is in a report."""
    ran = [f"{name}." for report in reports for name in classes_in(report)]
    files = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
    names = {".".join(file.with_suffix("").parts): file.as_posix() for file in files}
    return [file for name, file in names.items() if not any(one.startswith(f"{name}.") for one in ran)]


def main(arguments: list[str]) -> int:
    with TemporaryDirectory() as folder:
        reports = [Path(folder) / f"{phase.name}.xml" for phase in PHASES]
        codes: list[int] = []
        for phase, report in zip(PHASES, reports, strict=True):
            appending = ["--cov-append"] if "--cov" in arguments and codes else []
            codes.append(pytest(report, *phase.arguments, *arguments, *appending))
        if not any(codes) and (missing := left_out(reports)):
            print(f"No phase ran {', '.join(missing)}", file=sys.stderr)
            return 1
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
