"""An ingest node, as it announces itself, and what the answer to its renewal brings."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.orders import Order


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """One run of a node. `address` is where operators reach it, `capacity` counts publishers.

    `origin` is where its peers reach what it packages, as host and port; empty if it packages nothing.
    """

    node_id: str
    incarnation: str
    address: str
    region: str
    capacity: int
    started_at: int
    origin: str = ""


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node as operators see it. `expires_at` is that of its session: behind it, the node is gone.

    `drain_until` is when its streams have to be on other nodes, if they have to.
    """

    info: NodeInfo
    expires_at: int
    active: int
    draining: bool
    drain_until: int | None = None


class Readiness(StrEnum):
    """Whether an ingest node accepts new publishers; `draining` if those that are running do not, `none` if there are
    none."""

    SERVING = "serving"
    DRAINING = "draining"  # every running node is draining
    NONE = "none"  # no node is running


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the answer to a renewal brings."""

    orders: frozenset[Order]
    draining: bool
    drain_until: int | None
