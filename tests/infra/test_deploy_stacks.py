"""Stacks are deployed step by step: repeatable, resumed while AWS is busy, patient, and clear about what failed."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deploy import stacks
from infra.deploy.run import CannotDeploy, Run
from infra.stages import STAGES

pytestmark = pytest.mark.requirement("FX-20")

NAME = "stream-sync-prod-ingest"
TEMPLATE = {
    "Parameters": {"ImageUri": {"Type": "String"}, "Packaging": {"Type": "String", "Default": "on"}},
    "Resources": {},
}


@dataclass
class CloudFormation:
    """As much of the API as `stacks` uses; `statuses` are what each look finds, the last one for good."""

    statuses: list[str | None]
    changes: bool = True
    parameters: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def describe_stacks(self, **_given: Any) -> dict[str, Any]:
        status = self.statuses[0] if len(self.statuses) == 1 else self.statuses.pop(0)
        if status is None:
            missing: Any = {"Code": "ValidationError", "Message": f"Stack with id {NAME} does not exist"}
            raise ClientError({"Error": missing}, "DescribeStacks")
        parameters = [{"ParameterKey": k, "ParameterValue": v} for k, v in self.parameters.items()]
        return {"Stacks": [{"StackName": NAME, "StackId": "id", "StackStatus": status, "Parameters": parameters}]}

    def create_change_set(self, **given: Any) -> dict[str, str]:
        self.calls.append(("create_change_set", given))
        return {"Id": "change"}

    def describe_change_set(self, **_given: Any) -> dict[str, Any]:
        if not self.changes:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        change = {"Action": "Modify", "ResourceType": "AWS::ECS::Service", "LogicalResourceId": "Nodes"}
        return {
            "Status": "CREATE_COMPLETE",
            "ChangeSetId": "change",
            "Changes": [{"ResourceChange": {**change, "Replacement": "True"}}],
        }

    def describe_stack_resources(self, **_given: Any) -> dict[str, Any]:
        return {"StackResources": [{"LogicalResourceId": "Nodes", "ResourceStatus": "UPDATE_IN_PROGRESS"}]}

    def describe_stack_events(self, **_given: Any) -> dict[str, Any]:
        at = datetime(2999, 1, 1, tzinfo=UTC)
        failed = [("Rest", "Resource update cancelled"), ("Nodes", "the circuit breaker was triggered")]
        return {
            "StackEvents": [
                {"LogicalResourceId": n, "ResourceStatusReason": w, "ResourceStatus": "UPDATE_FAILED", "Timestamp": at}
                for n, w in failed
            ]
        }

    def __getattr__(self, name: str) -> Any:
        return lambda **given: self.calls.append((name, given))

    @property
    def called(self) -> list[str]:
        return [name for name, _ in self.calls]


@dataclass
class Session:
    cloudformation: CloudFormation
    region_name: str = "eu-west-1"

    def client(self, _service: str) -> CloudFormation:
        return self.cloudformation


@dataclass
class Time:
    now: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def a_run(tmp_path: Path, cloudformation: CloudFormation, **given: Any) -> tuple[Run, Time, list[str]]:
    (tmp_path / "cdk.out").mkdir(exist_ok=True)
    (tmp_path / "cdk.out" / f"{NAME}.template.json").write_text(json.dumps(TEMPLATE))
    time, said = Time(), []  # type: ignore[var-annotated]
    run = Run(
        STAGES["prod"],
        session=Session(cloudformation),
        root=tmp_path,
        say=said.append,
        sleep=time.sleep,
        clock=lambda: time.now,
        **given,
    )
    return run, time, said


IMAGE = {"ImageUri": "repository@sha256:1"}


def test_a_drain_of_an_hour_is_waited_for(tmp_path: Path) -> None:
    drain = 3_900 / stacks.POLL_S
    aws = CloudFormation(["UPDATE_COMPLETE", *["UPDATE_IN_PROGRESS"] * int(drain), "UPDATE_COMPLETE"])
    run, time, said = a_run(tmp_path, aws)
    assert stacks.deploy(run, "ingest", IMAGE)
    assert time.now >= 3_900
    assert [line for line in said if "waiting for Nodes" in line], "it says what it waits for"


def test_a_stack_without_changes_is_left_alone(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_COMPLETE"], changes=False)
    run, _, said = a_run(tmp_path, aws)
    assert not stacks.deploy(run, "ingest", IMAGE)
    assert "execute_change_set" not in aws.called
    assert said == [f"  {NAME} is up to date"]


def test_a_run_that_finds_the_stack_busy_waits_before_it_changes_anything(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"])
    run, time, _ = a_run(tmp_path, aws)
    stacks.deploy(run, "ingest", IMAGE)
    assert time.now >= 2 * stacks.POLL_S
    assert aws.called[0] == "create_change_set"


def test_parameters_that_are_not_given_keep_their_values(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_COMPLETE"], parameters={"ImageUri": "old", "Packaging": "off"})
    run, _, _ = a_run(tmp_path, aws)
    stacks.deploy(run, "ingest", IMAGE)
    assert aws.calls[0][1]["Parameters"] == [
        {"ParameterKey": "ImageUri", "ParameterValue": IMAGE["ImageUri"]},
        {"ParameterKey": "Packaging", "UsePreviousValue": True},
    ]


def test_the_operators_parameters_take_precedence(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_COMPLETE"])
    run, _, _ = a_run(tmp_path, aws, settings={"ingest:Packaging": "off", "edge:DomainName": "x"})
    stacks.deploy(run, "ingest", IMAGE)
    assert {"ParameterKey": "Packaging", "ParameterValue": "off"} in aws.calls[0][1]["Parameters"]
    run, _, _ = a_run(tmp_path, aws, settings={"ingest:Pakaging": "off"})
    with pytest.raises(CannotDeploy, match="no parameter Pakaging"):
        stacks.deploy(run, "ingest", IMAGE)


def test_a_parameter_that_nobody_gave_is_named(tmp_path: Path) -> None:
    run, _, _ = a_run(tmp_path, CloudFormation([None]))
    with pytest.raises(CannotDeploy, match="needs the parameter ImageUri"):
        stacks.deploy(run, "ingest")


def test_what_failed_first_is_said_and_not_its_rollback(tmp_path: Path) -> None:
    run, _, _ = a_run(tmp_path, CloudFormation(["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]))
    with pytest.raises(CannotDeploy, match="UPDATE_ROLLBACK_COMPLETE: Nodes: the circuit breaker was triggered"):
        stacks.deploy(run, "ingest", IMAGE)


def test_a_stack_that_never_came_up_is_made_anew(tmp_path: Path) -> None:
    aws = CloudFormation(["ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE", "CREATE_COMPLETE"])
    run, _, _ = a_run(tmp_path, aws)
    stacks.deploy(run, "ingest", IMAGE)
    assert aws.called[0] == "delete_stack"
    assert dict(aws.calls)["create_change_set"]["ChangeSetType"] == "CREATE"


def test_a_stack_that_stays_busy_is_given_up_with_a_way_to_go_on(tmp_path: Path) -> None:
    run, time, _ = a_run(tmp_path, CloudFormation(["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"]))
    with pytest.raises(CannotDeploy, match="still UPDATE_IN_PROGRESS: run the step again"):
        stacks.deploy(run, "ingest", IMAGE)
    assert time.now > 6 * 3_600, "CloudFormation gives up first: three hours there, three back"


def test_stacks_that_must_be_kept_are_protected(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_COMPLETE"])
    run, _, _ = a_run(tmp_path, aws)
    stacks.deploy(run, "ingest", IMAGE)
    assert aws.calls[-1] == ("update_termination_protection", {"StackName": NAME, "EnableTerminationProtection": True})


def test_a_diff_changes_nothing(tmp_path: Path) -> None:
    aws = CloudFormation(["UPDATE_COMPLETE"])
    run, _, _ = a_run(tmp_path, aws)
    (change,) = stacks.diff(run, "ingest", IMAGE)
    assert str(change) == "modify  AWS::ECS::Service Nodes (REPLACED)"
    assert aws.called == ["create_change_set", "delete_change_set"]
