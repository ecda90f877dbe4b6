"""Fixtures that every suite may use, and the rule about missing tools."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import scheduling, tools
from tests.support.stack import Emulator, Stack, in_environment, running_emulator, running_stack

TESTS = Path(__file__).parent

# What one worker keeps to itself, because its session fixtures are dear: the synthesised templates, the whole stack.
# Elsewhere a file is what a worker takes.
TOGETHER = ("infra", "contract/admin", "contract/openapi", "contract/hooks", "integration/store", "integration/api")
# Real encoders and browsers with promises in seconds; nodes whose loops are blocked for as long as they may be; and
# tests that share one id each, which a scheduler by id would take for one test.
SERIAL = ("e2e/", "integration/node/test_disturbed.py", "contract/openapi/test_conformance.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(SERIAL):
            item.add_marker(pytest.mark.serial)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> scheduling.ByFolder:
    return scheduling.scheduler(config, log, TOGETHER)


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
