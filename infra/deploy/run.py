"""What every step is given: the stage, the account and region, and where to report."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.stages import Stage

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class InRegion:
    """A session whose clients are in another region."""

    session: Any
    region_name: str

    def client(self, service: str) -> Any:
        return self.session.client(service, region_name=self.region_name)


class CannotDeploy(Exception):
    """Says in one line what is missing or failed, and what to do about it."""


@dataclass
class Run:
    """One invocation of the tool.

    Args:
        settings: parameters of stacks that the operator gave, by `<stack>:<name>`.
        image: an ingest image, `<repository>@sha256:...`, instead of one built from this source.
        administrator: address of the first administrator.
    """

    stage: Stage
    session: Any = field(default_factory=boto3.session.Session)
    settings: Mapping[str, str] = field(default_factory=dict)
    image: str | None = None
    administrator: str | None = None
    root: Path = ROOT
    say: Callable[[str], None] = lambda line: print(line, flush=True)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def client(self, service: str) -> Any:
        return self.session.client(service)

    def in_region(self, region: str) -> "Run":
        """The same, with clients of another region."""
        return replace(self, session=InRegion(self.session, region))

    @property
    def region(self) -> str:
        region: str | None = self.session.region_name
        if not region:
            raise CannotDeploy("No region is set: export AWS_REGION=<region>")
        return region

    @cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    def template(self, noun: str) -> Path:
        """As `infra.app` wrote it."""
        return self.root / "cdk.out" / f"{self.stage.stack(noun)}.template.json"

    def outputs(self) -> dict[str, str]:
        """Of the stage's stacks that exist."""
        found: dict[str, str] = {}
        for noun in ("data", "ingest", "edge"):
            try:
                stacks = self.client("cloudformation").describe_stacks(StackName=self.stage.stack(noun))["Stacks"]
            except ClientError as error:
                if "does not exist" not in error.response["Error"]["Message"]:
                    raise
                continue
            found |= {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}
        return found

    def output(self, name: str) -> str:
        try:
            return self.outputs()[name]
        except KeyError:
            raise CannotDeploy(f"No stack has the output {name} yet: run the steps in order") from None

    def settings_of(self, noun: str) -> dict[str, str]:
        """The operator's parameters for one stack."""
        return {key.partition(":")[2]: value for key, value in self.settings.items() if key.partition(":")[0] == noun}

    def command(self, *command: str, secret_input: str | None = None, env: Mapping[str, str] | None = None) -> None:
        """Runs it with its output on the terminal. Raises CannotDeploy. A secret goes to its standard input."""
        try:
            done = subprocess.run(
                command, cwd=self.root, input=secret_input, text=True, env=dict(env) if env else None, check=False
            )
        except FileNotFoundError:
            raise CannotDeploy(f"{command[0]} is not installed") from None
        if done.returncode != 0:
            raise CannotDeploy(f"`{' '.join(command[:3])} ...` failed with status {done.returncode}")

    def answer(self, *command: str) -> str:
        """What a short command prints. Raises CannotDeploy."""
        try:
            done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=60, check=False)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            raise CannotDeploy(f"{command[0]} is not installed, or does not answer") from None
        if done.returncode != 0:
            raise CannotDeploy(f"`{' '.join(command)}` failed: {_last_line(done.stderr)}")
        return done.stdout.strip()


def _last_line(text: str) -> str:
    lines: Sequence[str] = text.strip().splitlines()
    return lines[-1] if lines else "it says nothing"


__all__ = ["ROOT", "CannotDeploy", "Run"]
