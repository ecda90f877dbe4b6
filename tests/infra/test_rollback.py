"""A release that is deployed again runs with its own tools, and with ours where they are the same."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import destroy, releases
from infra.deploy.run import CannotDeploy, Run
from infra.stages import STAGES

pytestmark = pytest.mark.requirement("FX-20")

LOCKS = [lock for locks in releases.TOOLS.values() for lock in locks]


class Parameters:
    """Systems Manager, with the releases in its one parameter."""

    region_name = "us-east-1"

    def __init__(self, revisions: list[str]) -> None:
        self.value = json.dumps(
            [{"revision": revision, "image": f"image@{revision}", "at": "2026"} for revision in revisions]
        )

    def client(self, _service: str) -> "Parameters":
        return self

    def get_parameter(self, **_given: Any) -> dict[str, Any]:
        return {"Parameter": {"Value": self.value}}


class Commands(Run):
    """Notes commands but git's."""

    def command(self, *command: str, **given: Any) -> None:
        if command[0] == "git":
            super().command(*command)
        else:
            ran.append((command, given))
            if command[0] == "make" and failing:
                raise CannotDeploy("failed")


ran: list[tuple[tuple[str, ...], dict[str, Any]]] = []
failing: list[bool] = []


@pytest.fixture(autouse=True)
def _fresh() -> None:
    ran.clear()
    failing.clear()


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    return subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two releases; the second one has other packages for the dashboard."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("build\n.venv\nnode_modules\n")
    for lock in LOCKS:
        (tmp_path / lock).parent.mkdir(exist_ok=True)
        (tmp_path / lock).write_text("first")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    (tmp_path / "dashboard" / "package-lock.json").write_text("second")
    git(tmp_path, "commit", "--quiet", "-a", "-m", "second")
    (tmp_path / ".venv").mkdir()
    (tmp_path / "dashboard" / "node_modules").mkdir()
    return tmp_path


def a_run(repository: Path) -> Run:
    revisions = git(repository, "log", "--format=%H").split()
    return Commands(STAGES["dev"], session=Parameters(revisions), root=repository, say=lambda _line: None)


def test_the_release_before_is_deployed_from_its_own_source_with_its_image(repository: Path) -> None:
    run = a_run(repository)
    releases.roll_back(run, None)
    first = releases.known(run)[1]
    folder = repository / "build" / "rollback" / first.revision[:12]
    ((command, given),) = ran
    assert command == (
        *("make", "-C", str(folder), "deploy", "STAGE=dev"),
        f"ARGS=--from ingest --image image@{first.revision}",
    )
    assert not set(given["env"]) & releases.OF_MAKE, "the arguments of `make rollback` are not the deployment's"
    assert (folder / "dashboard" / "package-lock.json").read_text() == "first"


def test_its_steps_can_be_left_out_and_its_stacks_given_parameters(repository: Path) -> None:
    run = a_run(repository)
    run.settings = {"ingest:Packaging": "off", "observability:AlarmEmail": "a b@example.com"}
    releases.roll_back(run, None, ["smoke"])
    ((command, _),) = ran
    assert command[-1].endswith(
        "--set ingest:Packaging=off --set 'observability:AlarmEmail=a b@example.com' --skip smoke"
    )


def test_tools_are_shared_only_where_both_releases_have_the_same(repository: Path) -> None:
    run = a_run(repository)
    releases.roll_back(run, None)
    folder = repository / "build" / "rollback" / releases.known(run)[1].revision[:12]
    assert (folder / ".venv").resolve() == repository / ".venv"
    lock = "local/requirements.txt"
    assert (folder / lock).stat().st_mtime_ns == (repository / lock).stat().st_mtime_ns, "or make installs again"
    assert not (folder / "dashboard" / "node_modules").exists(), "npm would replace those of this folder"


def test_it_can_be_repeated_also_after_its_folder_was_deleted(repository: Path) -> None:
    run = a_run(repository)
    releases.roll_back(run, None)
    releases.roll_back(run, None)
    subprocess.run(["rm", "-rf", repository / "build"], check=True)
    releases.roll_back(run, None)
    assert len(ran) == 3


def test_a_rollback_that_stops_says_where_to_go_on(repository: Path) -> None:
    failing.append(True)
    with pytest.raises(CannotDeploy, match=r"Run the same command again, or go on in .*build/rollback/"):
        releases.roll_back(a_run(repository), None)


def test_an_unknown_release_is_refused_with_those_that_are_known(repository: Path) -> None:
    run = a_run(repository)
    with pytest.raises(CannotDeploy, match=f"known: {releases.known(run)[1].revision[:12]}"):
        releases.roll_back(run, "0" * 8)


def test_a_protected_stage_is_not_deleted_half() -> None:
    def ask(_question: str) -> str:
        raise AssertionError("nobody is asked")

    with pytest.raises(CannotDeploy, match="set keep=False"):
        destroy.destroy(Run(STAGES["prod"], session=Parameters([])), with_data=False, ask=ask)
