"""A stage: one complete, separate copy of the service. Its names are made here; by them the two planes meet."""

from dataclasses import dataclass
from typing import Literal, get_args

StageName = Literal["dev", "prod"]
STAGE_NAMES: tuple[StageName, ...] = get_args(StageName)


@dataclass(frozen=True)
class Stage:
    """What differs between stages, and the names they carry.

    Args:
        name: part of every name.
        keep: data outlives its stack, and neither tables nor the load balancer can be deleted by accident.
        drain_s: how long a task that is being replaced may go on with its running broadcasts.
        tasks: ingest nodes to run.
    """

    name: StageName
    keep: bool
    drain_s: int
    tasks: int

    @property
    def prefix(self) -> str:
        """`stream-sync-dev`: what names begin with, and the name of the bus and of the ECS cluster."""
        return f"stream-sync-{self.name}"

    @property
    def table_prefix(self) -> str:
        return f"{self.prefix}-"

    def stack(self, noun: str) -> str:
        return f"{self.prefix}-{noun}"

    def secret(self, noun: str) -> str:
        """Name of a secret in Secrets Manager."""
        return f"{self.prefix}/{noun}"


STAGES: dict[StageName, Stage] = {
    "dev": Stage("dev", keep=False, drain_s=60, tasks=1),
    # An hour is the most a target group can wait: a broadcast that ends within it never notices a deployment.
    "prod": Stage("prod", keep=True, drain_s=3600, tasks=2),
}

__all__ = ["STAGES", "STAGE_NAMES", "Stage", "StageName"]
