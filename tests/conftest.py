"""Fixtures that every suite may use, and the rule about missing tools."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.config import settings
from tests.support import disk, scheduling, tools
from tests.support.stack import Emulator, Stack, in_environment, running_emulator, running_stack

TESTS = Path(__file__).parent

# What one worker keeps to itself, because its session fixtures are dear: the synthesised templates, the whole stack.
# Elsewhere a file is what a worker takes.
PLAN = scheduling.Plan(
    together=("infra", "contract/admin", "contract/openapi", "contract/hooks", "integration/store", "integration/api"),
    first=(
        "infra/",
        "integration/store/",
        "integration/hooks/test_histories.py",
        "integration/rtmp/test_compiled.py",
        "integration/local/",
        "integration/node/",
        "integration/",
        "contract/",
        "unit/rtmp/",
        "e2e/playback/",
        "e2e/encoders/",
        "e2e/hooks/",
        "e2e/browser/test_reload.py",
        "e2e/browser/test_live_status.py",
        "e2e/browser/test_connection_lost.py",
    ),
)
# Its tests share one id each, which a scheduler by id would take for one test.
SERIAL = "contract/openapi/test_conformance.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path == TESTS / SERIAL:
            item.add_marker(pytest.mark.serial)
    items.sort(key=lambda item: PLAN.rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> scheduling.ByPlan:
    return scheduling.scheduler(config, log, PLAN)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        tools.need(item.nodeid, *marker.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if tools.MISSING:
        terminalreporter.section("not run here, for want of a tool")
        for tool, tests in sorted(tools.MISSING.items()):
            terminalreporter.write_line(f"{tool}: {len(tests)} test{'s' if len(tests) > 1 else ''}")
            for test in sorted(set(tests)):
                terminalreporter.write_line(f"    {test}")


@pytest.fixture(autouse=True)
def settings_of_the_next_test() -> Iterator[None]:
    """Are read from the environment anew: chalice's test client has that of the stage `dev` while it calls."""
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole local cloud, one for the session. Tests that kill parts of it start their own."""
    tools.need(request.node.nodeid or "tests that use the local cloud", "ministack")
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The AWS emulator alone with our tables, one for the session; give each test its own channel ids."""
    tools.need(request.node.nodeid or "tests that use the emulator", "ministack")
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def cloud(emulator: Emulator) -> Iterator[Emulator]:
    """The emulator as the environment of this very process: our stores and services talk to it."""
    with in_environment(emulator):
        yield emulator


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 2 MB."""
    tools.need(request.node.nodeid, "tmpfs")
    with disk.small_disk(tmp_path / "disk", 2) as place:
        yield place
