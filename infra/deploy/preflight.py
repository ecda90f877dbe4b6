"""The step `preflight`: what a deployment needs, looked at before anything is changed. Each lack is one line."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import stacks
from infra.deploy.run import CannotDeploy, Run
from infra.stages import NODE_CPU_UNITS, STACKS

# Chalice 1.34 deploys the functions for the Python that runs it.
PYTHONS = ((3, 11), (3, 14))
COMMANDS = {
    "docker": "builds the ingest image",
    "git": "names the revision of the image",
    "node": "CDK and the dashboard run on it: version 20 or newer",
    "aws": "hands the playback secret to CloudFront (command line, version 2)",
    "ffmpeg": "makes the smoke broadcast",
}
NODE = 20


@dataclass(frozen=True)
class Quota:
    """One of the account's limits, and how much of it a stage takes."""

    service: str
    code: str
    name: str
    needs: Callable[[Run], float]
    of_nodes: bool = True  # taken in each region that has nodes


QUOTAS = (
    # CloudFront's prefix list counts as 55 rules.
    Quota("vpc", "L-0EA8095F", "rules of a security group", lambda run: 60),
    # During a deployment there are twice as many tasks.
    Quota("fargate", "L-3032A538", "vCPUs of Fargate", lambda run: 2 * run.stage.tasks * NODE_CPU_UNITS / 1024),
    Quota("lambda", "L-B99A9384", "concurrent functions", lambda run: 100, of_nodes=False),
)
ECS_ROLE = "AWSServiceRoleForECS"


def check(run: Run) -> None:
    """Raises CannotDeploy with every lack."""
    lacks = [*_python(), *_commands(run), *_account(run)]
    if lacks:
        raise CannotDeploy("\n".join(f"- {lack}" for lack in lacks))
    run.say(f"  account {run.account}, region {run.region}, Python {sys.version_info.major}.{sys.version_info.minor}")


def _python() -> Iterator[str]:
    version = sys.version_info[:2]
    if not PYTHONS[0] <= version <= PYTHONS[1]:
        oldest, newest = (".".join(map(str, one)) for one in PYTHONS)
        found = f"{version[0]}.{version[1]}"
        yield f"Python {found} is no runtime of Lambda for Chalice: make .venv with {oldest} to {newest}"


def _commands(run: Run) -> Iterator[str]:
    for command, purpose in COMMANDS.items():
        if shutil.which(command) is None:
            yield f"{command} is not installed: it {purpose}"
    if shutil.which("docker") is not None:
        try:
            run.answer("docker", "buildx", "version")
        except CannotDeploy:
            yield "docker has no buildx: it builds the image for arm64"
    if shutil.which("aws") is not None and not run.answer("aws", "--version").startswith("aws-cli/2"):
        yield "aws is not version 2: version 1 cannot sign for CloudFront's key value store"
    if shutil.which("node") is not None:
        version = run.answer("node", "--version").removeprefix("v")
        if int(version.partition(".")[0]) < NODE:
            yield f"node is {version}: CDK and the dashboard need {NODE} or newer"


def _account(run: Run) -> Iterator[str]:
    """Nothing more can be asked without credentials and region."""
    try:
        region = run.region
    except CannotDeploy as error:
        yield str(error)
        return
    try:
        run.account  # noqa: B018 - asks
    except (BotoCoreError, ClientError) as error:
        kind = type(error).__name__
        yield f"AWS does not accept the credentials, or there are none ({kind}): run `aws sts get-caller-identity`"
        return
    yield from _quotas(run, region, QUOTAS)
    for remote in run.stage.remote:
        yield from _quotas(run.in_region(remote), remote, [quota for quota in QUOTAS if quota.of_nodes])
    yield from _ecs_role(run)
    yield from _stacks(run)


def _quotas(run: Run, region: str, quotas: Iterable[Quota]) -> Iterator[str]:
    client = run.client("service-quotas")
    for quota in quotas:
        try:
            value = client.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)["Quota"]["Value"]
        except ClientError as error:
            run.say(f"  not checked: {quota.name} ({error.response['Error']['Code']})")
            continue
        if value < quota.needs(run):
            yield (
                f"{region} allows {value:.0f} {quota.name}, {quota.needs(run):.0f} are needed: "
                f"ask for more in Service Quotas ({quota.code})"
            )


def _ecs_role(run: Run) -> Iterator[str]:
    """AWS makes it with an account's first cluster, and too late for that cluster's service."""
    try:
        run.client("iam").get_role(RoleName=ECS_ROLE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            run.say(f"  not checked: the role {ECS_ROLE} ({error.response['Error']['Code']})")
            return
        yield (
            "ECS was never used in this account, and its role is missing: "
            "run `aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com`"
        )


def _stacks(run: Run) -> Iterator[str]:
    for noun in STACKS:
        stack = stacks.find(run, run.stage.stack(noun))
        if stack is not None and stack["StackStatus"] in ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"):
            yield (
                f"{stack['StackName']} is {stack['StackStatus']}: "
                f"run `aws cloudformation {_way_out(stack['StackStatus'])} --stack-name {stack['StackName']}`"
            )


def _way_out(status: str) -> str:
    return "continue-update-rollback" if status == "UPDATE_ROLLBACK_FAILED" else "delete-stack"


__all__ = ["PYTHONS", "QUOTAS", "check"]
