"""What a deployment lacks is said before anything is changed."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deploy import preflight
from infra.deploy.run import CannotDeploy, Run
from infra.stages import STAGES

pytestmark = pytest.mark.requirement("FX-20")


@dataclass
class Account:
    """An account in which everything is there, but what the test takes away."""

    region_name: str = "eu-west-1"
    has_ecs_role: bool = True
    quotas: dict[tuple[str, str], float] = field(default_factory=dict)  # by region and service

    def client(self, service: str, region_name: str | None = None) -> "Client":
        return Client(self, region_name or self.region_name)


@dataclass
class Client:
    account: Account
    region: str

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def get_service_quota(self, *, ServiceCode: str, **_given: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Quota": {"Value": self.account.quotas.get((self.region, ServiceCode), 10_000.0)}}

    def get_role(self, **_given: str) -> None:
        if not self.account.has_ecs_role:
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, "GetRole")

    def describe_stacks(self, **_given: str) -> None:
        raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")


class Machine(Run):
    """Commands that answer with their version."""

    def answer(self, *command: str) -> str:
        return {"node": "v24.1.0", "aws": aws_version[-1], "docker": "v0.30"}[command[0]]


aws_version = ["aws-cli/2.31.0 Python/3.13"]


@pytest.fixture(autouse=True)
def _commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")


def lacks(account: Account, tmp_path: Path, remote: tuple[str, ...] = ()) -> list[str]:
    stage = replace(STAGES["dev"], remote=remote)
    try:
        preflight.check(Machine(stage, session=account, root=tmp_path, say=lambda _line: None))
    except CannotDeploy as error:
        return str(error).splitlines()
    return []


def test_with_everything_there_it_says_nothing(tmp_path: Path) -> None:
    assert lacks(Account(), tmp_path) == []


def test_the_first_version_of_the_command_line_would_fail_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.infra.test_preflight.aws_version", ["aws-cli/1.45.11 Python/3.11"])
    (lack,) = lacks(Account(), tmp_path)
    assert lack.startswith("- aws is not version 2")


def test_an_account_that_never_used_ecs_is_told_to_make_its_role(tmp_path: Path) -> None:
    (lack,) = lacks(Account(has_ecs_role=False), tmp_path)
    assert "create-service-linked-role" in lack


def test_quotas_of_nodes_are_looked_at_in_every_region(tmp_path: Path) -> None:
    account = Account(quotas={("ap-south-1", "fargate"): 1.0, ("ap-south-1", "lambda"): 10.0})
    (lack,) = lacks(account, tmp_path, remote=("ap-south-1",))
    assert lack.startswith("- ap-south-1 allows 1 vCPUs of Fargate")
