"""One clip, a broadcaster for each test, and what everybody said wherever a test fails."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e.encoders.promises import P, Start, StartObs
from tests.support import tools
from tests.support.broadcaster import Broadcaster
from tests.support.encoders import Program
from tests.support.obs import Obs, XServer
from tests.support.obs_profile import Profile
from tests.support.ports import free_ports
from tests.support.stack import Stack

LOG_TAIL = 6_000  # characters of the stack's logs that a failure shows


@dataclass
class Evidence:
    """What a failing test shows: title -> text, asked for only then."""

    sections: list[tuple[str, Callable[[], str]]] = field(default_factory=list)

    def add(self, title: str, text: Callable[[], str]) -> None:
        self.sections.append((title, text))


EVIDENCE = pytest.StashKey[Evidence]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and EVIDENCE in item.stash:
        report.sections += [(title, text()) for title, text in item.stash[EVIDENCE].sections]
    return report


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    return request.node.stash.setdefault(EVIDENCE, Evidence())  # type: ignore[no-any-return]


@pytest.fixture
def broadcaster(stack: Stack, request: pytest.FixtureRequest, evidence: Evidence) -> Iterator[Broadcaster]:
    """A user with a channel, whose dashboard is open. No log may hold the key in the end."""
    user = Broadcaster(stack, request.node.name)
    evidence.add("dashboard", user.dashboard.timeline)
    evidence.add("logs of the stack", lambda: stack.logs().replace(stack.demo["password"], "<password>")[-LOG_TAIL:])
    yield user
    user.close()
    logs = stack.logs()
    leaked = sum(key in logs for key in user.keys)
    assert leaked == 0, "a stream key is in a log of the stack"


@pytest.fixture
def start(evidence: Evidence) -> Iterator[Start]:
    """Looks after a program: shown where the test fails, gone when it is over."""
    programs: list[Program] = []

    def look_after(program: P) -> P:
        programs.append(program)
        evidence.add(program.name, program.tail)
        return program

    yield look_after
    for program in reversed(programs):
        program.end()


@pytest.fixture(scope="session")
def screen(request: pytest.FixtureRequest) -> Iterator[XServer]:
    tools.need(request.node.nodeid or "tests that run OBS", "Xvfb")
    with XServer() as server:
        yield server


@pytest.fixture
def start_obs(start: Start, screen: XServer, tmp_path: Path) -> StartObs:
    """OBS Studio that begins to stream by itself, each with a home of its own."""

    def start_one(ingest_url: str, key: str, *inside: str, profile: Profile | None = None) -> Obs:
        (port,) = free_ports(1)
        home = tmp_path / f"obs-{port}"
        return start(Obs(home, screen, ingest_url, key, control_port=port, inside=inside, profile=profile))

    return start_one
