"""The fleet of ingest nodes: one node's session, and what operators see of all of them.

A node renews its session; the answer brings orders.

Every session runs out while the database is away. So a process that has just started, or reached the database again,
does not judge by expiry until living nodes have had time to renew: a node for one SESSION_TTL, `backstop` until it has
looked twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from chalicelib import aws
from chalicelib.domain.events import NodeChange
from chalicelib.domain.leases import SESSION_TTL, NodeSession, is_over, may_trust_own
from chalicelib.domain.nodes import NodeInfo, NodeMeasures, NodeState, Readiness, is_replaced
from chalicelib.domain.not_found import NodeNotFound
from chalicelib.domain.orders import Order
from chalicelib.observability import logger
from chalicelib.services import bus
from chalicelib.store import guard, nodes


@dataclass(frozen=True, slots=True)
class Orders:
    """What a renewal brought."""

    end: tuple[Order, ...]
    draining: bool
    drain_until: int | None = None  # wall clock, ms


def warm_up() -> None:
    """What the first calls would make, made now: before a publisher waits for it, and once, not in each thread."""
    guard.warm_up()
    aws.client("events")


class NodeMembership:
    """This process's place in the fleet.

    `now` and what `clock` answers may be of any clock that is monotonic, in ms; `offset` leads from it to the wall
    clock, which the row tells: the session does not end here because somebody sets the system's clock.
    """

    def __init__(self, node: NodeInfo) -> None:
        self.node = node
        self.expires_at = 0
        self.free = node.capacity  # how many more publishers there is room for, as the next renewal tells
        self.measures = NodeMeasures()  # told likewise
        self._may_declare_dead_from = 0

    def join(self, now: int, offset: int = 0) -> None:
        """Raises StoreUnavailable."""
        nodes.register(self.node, now + offset + SESSION_TTL)
        self.expires_at = now + SESSION_TTL
        self._may_declare_dead_from = now + SESSION_TTL

    def renew(self, clock: Callable[[], int], active: int, *, alive_at: int | None = None, offset: int = 0) -> Orders:
        """The session is good for SESSION_TTL from `alive_at` on, the present by default.

        Raises SessionTaken, StoreUnavailable.
        """
        expires_at = (clock() if alive_at is None else alive_at) + SESSION_TTL
        renewal = nodes.renew(self.node, expires_at + offset, active, self.free, self.measures)
        answered_at = clock()  # the request itself may have lain where the outage was
        if not self.is_trusted(answered_at):
            self._may_declare_dead_from = answered_at + SESSION_TTL
        self.expires_at = expires_at
        return Orders(tuple(renewal.orders), renewal.draining, renewal.drain_until)

    def is_trusted(self, now: int) -> bool:
        return may_trust_own(self.expires_at, now)

    def may_declare_dead(self, now: int) -> bool:
        """Whether a peer whose session has run out is dead: not so while it may just not have renewed again."""
        return self.is_trusted(now) and now >= self._may_declare_dead_from

    def may_declare_dead_in(self, now: int) -> int:
        """In how many ms it may judge, if the session is kept until then."""
        return max(0, self._may_declare_dead_from - now)

    def acknowledge(self, orders: Iterable[Order]) -> None:
        nodes.acknowledge(self.node.node_id, orders)

    def drain(self, now: int) -> None:
        """This node is about to stop: others are told not to count on it. Raises StoreUnavailable."""
        nodes.set_draining(self.node.node_id, True)
        _publish_change(self.node.node_id, self.node.incarnation, "draining", now)

    def drain_if_replaced(self, now: int, within: int) -> bool:
        """Orders this node to drain (`within`: ms) if a newer version was deployed. Raises StoreUnavailable."""
        replaced = is_replaced(self.node, (peer for peer, gone in members(now) if not gone), now)
        if replaced:
            nodes.set_draining(self.node.node_id, True, now + within)
            _publish_change(self.node.node_id, self.node.incarnation, "draining", now)
        return replaced

    def room_elsewhere(self, now: int) -> int:
        """How many publishers the other nodes of the region have room for. Raises StoreUnavailable."""
        return sum(
            max(0, peer.free)
            for peer, gone in members(now)
            if not gone
            and not peer.draining
            and peer.info.node_id != self.node.node_id
            and peer.info.region == self.node.region
        )

    def leave(self, now: int) -> None:
        nodes.close(self.node.node_id, self.node.incarnation, now)


def members(now: int) -> list[tuple[NodeState, bool]]:
    """Our own nodes, and whether each is gone, by id."""
    states = sorted(nodes.own(), key=lambda state: state.info.node_id)
    return [(state, is_gone(state, now)) for state in states]


def peers_with_room(node: NodeInfo, now: int) -> list[NodeState]:
    """Nodes of the same region to which this one may move publishers. Raises StoreUnavailable."""
    return [
        state
        for state, gone in members(now)
        if not gone and not state.draining and state.free > 0 and state.info.peer
        if state.info.region == node.region and state.info.node_id != node.node_id
    ]


def is_gone(state: NodeState, now: int) -> bool:
    """Whether its session has run out."""
    node = state.info
    return is_over(NodeSession(node.node_id, node.incarnation, state.expires_at), node.incarnation, now)


def drain(node_id: str, now: int, within: int | None = None) -> None:
    """The node takes no new publishers from its next renewal on. Raises NodeNotFound.

    With `within` (ms) its streams are on other nodes by then.
    """
    _set_draining(node_id, True, now, None if within is None else now + within)


def undrain(node_id: str, now: int) -> None:
    """The node takes new publishers again from its next renewal on. Raises NodeNotFound."""
    _set_draining(node_id, False, now)


def _set_draining(node_id: str, draining: bool, now: int, until: int | None = None) -> None:
    session = nodes.find(node_id)
    if session is None or not nodes.set_draining(node_id, draining, until):
        raise NodeNotFound()
    logger("control").info("Node draining set", event="node_draining_set", node_id=node_id, draining=draining)
    _publish_change(node_id, session.incarnation, "draining" if draining else "undrained", now)


def _publish_change(node_id: str, incarnation: str, change: Literal["draining", "undrained"], now: int) -> None:
    bus.publish([NodeChange(node_id=node_id, incarnation=incarnation, change=change, at=now)])


def readiness(now: int) -> Readiness:
    """Whether any of our nodes takes new publishers."""
    return readiness_of(members(now))


def readiness_of(fleet: Iterable[tuple[NodeState, bool]]) -> Readiness:
    """The same of nodes that were read already."""
    here = [state for state, gone in fleet if not gone]
    if not here:
        return Readiness.NONE
    accepting = [state for state in here if not state.draining]
    if not accepting:
        return Readiness.DRAINING
    return Readiness.SERVING if any(state.free > 0 for state in accepting) else Readiness.FULL


def node_stopped(node_id: str, now: int) -> bool:
    """The platform saw a node stop: its session is over now, not when it would have run out. False if unknown."""
    session = nodes.find(node_id)
    return session is not None and nodes.close(node_id, session.incarnation, min(session.expires_at, now))
