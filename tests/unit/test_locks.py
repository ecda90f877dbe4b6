"""Each `requirements.txt` is what `make lock` makes of its `requirements.in`."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INPUTS = sorted(path for path in ROOT.glob("**/*requirements*.in") if ".venv" not in str(path.relative_to(ROOT)))
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Versions by normalised name (PEP 503)."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def wanted(path: Path) -> dict[str, str]:
    """What an input pins, with those that it includes."""
    text = path.read_text()
    found = pins(text)
    for included in re.findall(r"^-r (\S+)", text, re.MULTILINE):
        found |= wanted((path.parent / included).resolve())
    return found


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_lock_has_every_pin_of_its_input(path: Path) -> None:
    assert wanted(path).items() <= pins(path.with_suffix(".txt").read_text()).items()


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_locked_package_has_a_hash_and_no_host_is_named(path: Path) -> None:
    lock = path.with_suffix(".txt").read_text()
    assert len(re.findall(r"\\\n    --hash=sha256:[0-9a-f]{64}", lock)) >= len(pins(lock)) > 0
    assert "://" not in lock


def test_what_the_tests_run_is_what_runs() -> None:
    """The development environment is the laptop's and more: no package in another version."""
    deployed = [ROOT / "requirements.txt", ROOT / "ingest_container/requirements.txt", ROOT / "local/requirements.txt"]
    tested = pins((ROOT / "requirements-dev.txt").read_text())
    for lock in deployed:
        assert pins(lock.read_text()).items() <= tested.items(), lock
