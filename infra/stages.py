"""A stage: one complete, separate copy of the service. Its names are made here; by them the two planes meet."""

from dataclasses import dataclass
from typing import Literal, get_args

StageName = Literal["dev", "prod"]
# Of Fargate, 1024 to a core: a node is one event loop, so one core is all it can use.
NODE_CPU_UNITS = 1024
NODE_MEMORY_MIB = 2048
# Publishers that one node carries at most. One more waits for a place for a moment, and is then refused.
NODE_PLACES = 1000
ZONES = 2  # of a region
STAGE_NAMES: tuple[StageName, ...] = get_args(StageName)


# Where ingest nodes may run besides the region that has the tables. A region's place in this list makes the addresses
# of its network: new regions are added at the end.
REMOTE_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1", "mx-central-1", "sa-east-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"),
    *("ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
    *("ap-southeast-5", "ap-southeast-7", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-east-1"),
    *("ap-east-2", "il-central-1", "me-central-1", "me-south-1", "af-south-1"),
)
HOME_NETWORK = 40  # 10.40.0.0/16


def network_range(remote: str | None) -> str:
    """IPv4 addresses of a region's VPC: `remote`, or the region that has the tables. No two overlap, so that the VPCs
    of a stage can be peered. Raises ValueError."""
    if remote is None:
        return f"10.{HOME_NETWORK}.0.0/16"
    if remote not in REMOTE_REGIONS:
        raise ValueError(f"{remote} has no network yet: add it at the end of REMOTE_REGIONS in infra/stages.py")
    return f"10.{HOME_NETWORK + 1 + REMOTE_REGIONS.index(remote)}.0.0/16"


@dataclass(frozen=True)
class Domain:
    """DNS names of a stage, all in one public hosted zone of Route 53.

    Args:
        name: of the pages, `live.example.com`; the other names are below it.
        zone_id: of the hosted zone that `name` is in, or is.
    """

    name: str
    zone_id: str

    @property
    def api(self) -> str:
        return f"api.{self.name}"

    @property
    def websocket(self) -> str:
        return f"ws.{self.name}"

    def ingest(self, remote: str | None) -> str:
        """Where encoders connect in a region: `remote`, or the one that has the tables."""
        return f"ingest.{self.name}" if remote is None else f"ingest-{remote}.{self.name}"

    def origin(self, remote: str | None) -> str:
        """Where CloudFront asks for playback."""
        return f"origin.{self.name}" if remote is None else f"origin-{remote}.{self.name}"


@dataclass(frozen=True)
class Stage:
    """What differs between stages, and the names they carry.

    Args:
        name: part of every name.
        keep: data outlives its stack, and neither tables nor the load balancer can be deleted by accident.
        tasks: ingest nodes to run at least.
        most_tasks: ingest nodes to run at most; between the two, the service scales by itself.
        replaced_s: seconds in which the nodes of the version before move their streams to those of a new one.
        sign_up: people may make accounts themselves. Otherwise administrators make them.
        domain: DNS names. Without them, addresses are those that AWS gives, and RTMP is not encrypted.
        remote: further regions with ingest nodes, of `REMOTE_REGIONS`.
    """

    name: StageName
    keep: bool
    tasks: int
    most_tasks: int
    replaced_s: int
    sign_up: bool = False
    domain: Domain | None = None
    remote: tuple[str, ...] = ()

    @property
    def crosses_zones(self) -> bool:
        """Whether the load balancer hands connections to nodes of other zones. Traffic between zones costs more than
        the load balancer itself (docs/decisions/0052). A stage with fewer nodes than zones needs it: otherwise one of
        its addresses has nobody behind it."""
        return self.tasks < ZONES

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
        return f"{self.secret_prefix}{noun}"

    @property
    def secret_prefix(self) -> str:
        return f"{self.prefix}/"

    @property
    def websocket_parameter(self) -> str:
        """Name of the parameter in Systems Manager that holds the WebSocket API's management URL."""
        return f"/{self.prefix}/websocket-management-url"


STAGES: dict[StageName, Stage] = {
    "dev": Stage("dev", keep=False, tasks=1, most_tasks=2, replaced_s=300),
    # CloudFormation gives up after three hours, and then rolls back, for new tasks to come up and old ones to be empty.
    "prod": Stage("prod", keep=True, tasks=2, most_tasks=20, replaced_s=2700),
}

# The stacks of a stage, in the order in which they are deployed.
STACKS = ("data", "ingest", "site-front", "edge", "api-edge", "api-front", "observability")

__all__ = ["REMOTE_REGIONS", "STACKS", "STAGES", "STAGE_NAMES", "Domain", "Stage", "StageName", "network_range"]
