"""CloudFormation stacks, deployed by change sets.

We wait ourselves: `aws cloudformation deploy` gives up after an hour, and a node that drains its streams may take that
long alone.

Every wait can be resumed: a run that finds the stack in progress waits for it first.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.run import CannotDeploy, Run

POLL_S = 5.0
# CloudFormation itself gives up a service that does not settle after three hours, and then rolls it back as patiently.
STACK_S = 7 * 3_600.0
CHANGE_SET_S = 600.0
PROGRESS_S = 60.0
MOST_INLINE = 51_200  # bytes of a template in a request
FAILED_ONCE = frozenset({"ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"})  # never came up: replaced
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")


@dataclass(frozen=True)
class Change:
    """One line of a change set."""

    action: str
    kind: str
    name: str
    replaced: bool

    def __str__(self) -> str:
        return f"{self.action.lower():8}{self.kind} {self.name}{' (REPLACED)' if self.replaced else ''}"


def deploy(run: Run, noun: str, parameters: Mapping[str, str] | None = None) -> bool:
    """Creates or updates the stack, and waits. Answers whether anything changed. Raises CannotDeploy.

    Parameters that are not given keep their values.
    """
    name, cloudformation = run.stage.stack(noun), run.client("cloudformation")
    stack = _settled(run, name)
    if stack is not None and stack["StackStatus"] in FAILED_ONCE:
        run.say(f"  {name} never came up: deleting what is left of it")
        cloudformation.delete_stack(StackName=name)
        _wait_deleted(run, stack["StackId"])
        stack = None
    change_set = _change_set(run, noun, stack, parameters or {})
    if change_set is None:
        run.say(f"  {name} is up to date")
        _protect(run, name)
        return False
    for change in _changes(change_set):
        run.say(f"    {change}")
    started = time.time()
    cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
    stack = _settled(run, name, since=started)
    status = stack["StackStatus"] if stack is not None else "gone"
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise CannotDeploy(f"{name} is {status}: {_first_failure(run, name, started)}")
    _protect(run, name)
    return True


def diff(run: Run, noun: str, parameters: Mapping[str, str] | None = None) -> list[Change]:
    """What `deploy` would change; changes nothing."""
    name, cloudformation = run.stage.stack(noun), run.client("cloudformation")
    stack = find(run, name)
    if stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
        stack = None
    try:
        change_set = _change_set(run, noun, stack, parameters or {})
        if change_set is None:
            return []
        cloudformation.delete_change_set(ChangeSetName=change_set["ChangeSetId"])
        return _changes(change_set)
    finally:
        if stack is None and find(run, name) is not None:  # the change set left an empty stack
            cloudformation.delete_stack(StackName=name)


def delete(run: Run, noun: str) -> None:
    """Deletes the stack, if it exists, and waits. Raises CannotDeploy."""
    name, cloudformation = run.stage.stack(noun), run.client("cloudformation")
    stack = _settled(run, name)
    if stack is None:
        run.say(f"  {name} does not exist")
        return
    cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=name)
    _wait_deleted(run, stack["StackId"])


def find(run: Run, name: str) -> dict[str, Any] | None:
    try:
        stack: dict[str, Any] = run.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return None if stack["StackStatus"] == "DELETE_COMPLETE" else stack


def minified(path: Path) -> str:
    """Raises CannotDeploy if CloudFormation would not take it."""
    try:
        body = json.dumps(json.loads(path.read_text()), separators=(",", ":"))
    except FileNotFoundError:
        raise CannotDeploy(f"{path} is missing: run `python -m infra.app <stage>`") from None
    if len(body.encode()) > MOST_INLINE:
        raise CannotDeploy(f"{path.name} has more than {MOST_INLINE} bytes: split the stack")
    return body


def _change_set(
    run: Run, noun: str, stack: Mapping[str, Any] | None, parameters: Mapping[str, str]
) -> dict[str, Any] | None:
    """Ready to be executed; None if nothing would change."""
    cloudformation, body = run.client("cloudformation"), minified(run.template(noun))
    known = {parameter["ParameterKey"] for parameter in (stack or {}).get("Parameters", [])}
    declared = json.loads(body).get("Parameters", {})
    given = {**parameters, **run.settings_of(noun)}
    if unknown := given.keys() - declared.keys():
        raise CannotDeploy(f"{run.stage.stack(noun)} has no parameter {', '.join(sorted(unknown))}")
    if lacking := {n for n, p in declared.items() if "Default" not in p} - given.keys() - known:
        raise CannotDeploy(f"{run.stage.stack(noun)} needs the parameter {', '.join(sorted(lacking))}")
    made = cloudformation.create_change_set(
        StackName=run.stage.stack(noun),
        ChangeSetName=f"deploy-{time.time_ns()}",
        ChangeSetType="CREATE" if stack is None else "UPDATE",
        TemplateBody=body,
        Capabilities=list(CAPABILITIES),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": given[key]}
            if key in given
            else {"ParameterKey": key, "UsePreviousValue": True}
            for key in declared
            if key in given or key in known
        ],
        Tags=[{"Key": "application", "Value": "stream-sync"}, {"Key": "stage", "Value": run.stage.name}],
    )
    until = run.clock() + CHANGE_SET_S
    while True:
        described: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=made["Id"])
        reason = described.get("StatusReason", "")
        match described["Status"]:
            case "CREATE_COMPLETE":
                return described
            case "FAILED" if "didn't contain changes" in reason or "No updates" in reason:
                cloudformation.delete_change_set(ChangeSetName=made["Id"])
                return None
            case "FAILED":
                raise CannotDeploy(f"{run.stage.stack(noun)} cannot be changed: {reason}")
        if run.clock() > until:
            raise CannotDeploy(f"CloudFormation has not finished the change set {made['Id']}: run the step again")
        run.sleep(POLL_S)


def _changes(change_set: Mapping[str, Any]) -> list[Change]:
    found = [change["ResourceChange"] for change in change_set.get("Changes", [])]
    return [
        Change(one["Action"], one["ResourceType"], one["LogicalResourceId"], one.get("Replacement") == "True")
        for one in found
    ]


def _settled(run: Run, name: str, since: float | None = None) -> dict[str, Any] | None:
    """The stack once nothing is in progress; None if there is none. Reports what happens meanwhile."""
    until = run.clock() + STACK_S
    said = run.clock()
    while True:
        stack = find(run, name)
        status = stack["StackStatus"] if stack is not None else ""
        if not status.endswith("_IN_PROGRESS") or (status == "REVIEW_IN_PROGRESS" and since is None):
            return stack
        if run.clock() > until:
            raise CannotDeploy(f"{name} is still {status}: run the step again to go on waiting")
        if run.clock() - said >= PROGRESS_S:
            said = run.clock()
            run.say(f"    {status}; waiting for {_in_progress(run, name)}")
        run.sleep(POLL_S)


def _wait_deleted(run: Run, stack_id: str) -> None:
    """By its id: a deleted stack is found by no name."""
    until = run.clock() + STACK_S
    while (stack := find(run, stack_id)) is not None:
        if stack["StackStatus"] == "DELETE_FAILED":
            raise CannotDeploy(f"{stack['StackName']} is DELETE_FAILED: {stack.get('StackStatusReason', 'no reason')}")
        if run.clock() > until:
            raise CannotDeploy(f"{stack['StackName']} is still being deleted: run the step again to go on waiting")
        run.sleep(POLL_S)


def _in_progress(run: Run, name: str) -> str:
    resources = run.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    busy = [one["LogicalResourceId"] for one in resources if one["ResourceStatus"].endswith("_IN_PROGRESS")]
    return ", ".join(busy[:4]) or "CloudFormation"


def _first_failure(run: Run, name: str, since: float) -> str:
    """The reason of the resource that failed first; what follows is its rollback."""
    events = run.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED") and event["Timestamp"].timestamp() >= since - 1
    ]
    return failed[-1] if failed else "no resource says why"


def _protect(run: Run, name: str) -> None:
    """CDK's `termination_protection` is in no template: it is set here."""
    if run.stage.keep:
        run.client("cloudformation").update_termination_protection(StackName=name, EnableTerminationProtection=True)


__all__ = ["Change", "delete", "deploy", "diff", "find", "minified"]
