"""An ingest node, as it announces itself, and what the answer to its renewal brings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.orders import Order


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """One run of a node. `address` is where operators reach it, `capacity` counts publishers.

    `origin` is where its peers reach what it packages, as host and port; empty if it packages nothing. `peer` is where
    they move publishers to, in the same form; empty if it takes none. `public_url` is its own ingest URL, if any.
    `version` is what was deployed; empty if nobody said.
    """

    node_id: str
    incarnation: str
    address: str
    region: str
    capacity: int
    started_at: int
    origin: str = ""
    peer: str = ""
    public_url: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class NodeMeasures:
    """What a node told with its last renewal: what its publishers send together, in kbit/s, and how late its event loop
    runs timers, in ms (99th percentile of the last minute). Zero from a node that measures neither."""

    incoming_kbps: int = 0
    lag_ms: int = 0


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
    free: int = 0  # how many more publishers it has room for
    measures: NodeMeasures = NodeMeasures()


def roomiest(peers: Sequence[NodeState], point: float) -> NodeState | None:
    """One of those with room, each as likely as it has places free; `point` is random, from 0 up to 1.

    The rows are seconds old: if all took the one with the most room, it would have none left.
    """
    point *= sum(max(0, peer.free) for peer in peers)
    for peer in peers:
        if peer.free > 0 and (point := point - peer.free) < 0:
            return peer
    return None


# Milliseconds that a node of another version has to have run before it takes the place of others.
PROVEN_AFTER = 60_000


def is_replaced(own: NodeInfo, peers: Iterable[NodeState], now: int) -> bool:
    """Whether another version was deployed after this node's: the newest of the region's nodes is of another one.

    `peers` are alive. Only such as take publishers, and have for a while, replace others: a version that does not come
    up replaces nothing, and one that is rolled back is replaced itself. Nodes that know no version are left alone.
    """
    if not own.version:
        return False
    newest = max(
        (
            peer.info
            for peer in peers
            if peer.info.version
            and peer.info.region == own.region
            and not peer.draining
            and now - peer.info.started_at >= PROVEN_AFTER
        ),
        key=lambda info: info.started_at,
        default=own,
    )
    return newest.started_at > own.started_at and newest.version != own.version


class Readiness(StrEnum):
    """Whether an ingest node accepts new publishers. If none does: `full` if new ones wait for a place, `draining` if
    those that are running do not accept any, `none` if none is running."""

    SERVING = "serving"
    FULL = "full"  # every running node that does not drain has no room
    DRAINING = "draining"  # every running node is draining
    NONE = "none"  # no node is running


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the answer to a renewal brings."""

    orders: frozenset[Order]
    draining: bool
    drain_until: int | None
