"""The fleet of ingest nodes: one node's session, and the watch over its peers.

A node renews its session; the answer brings orders. It looks at its peers' sessions and ends what a dead one left.

Every session runs out while the database is away. So a process that has just started, or reached the database again,
does not judge by expiry until living nodes have had time to renew: a node for one SESSION_TTL, the backstop until it
has looked twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from chalicelib import aws
from chalicelib.domain.events import NodeChange, StreamStateChange
from chalicelib.domain.leases import SESSION_TTL, NodeSession, dead_node_grace, is_over, may_trust_own
from chalicelib.domain.nodes import NodeInfo, NodeState, Readiness
from chalicelib.domain.not_found import NodeNotFound
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.streams import EndReason, Stream
from chalicelib.observability import logger
from chalicelib.services import bus
from chalicelib.services.streams import lifecycle
from chalicelib.store import channels, guard, nodes, streams

SECOND_LOOK = 3.0  # seconds in which every living node renews, once the database answers


@dataclass(frozen=True, slots=True)
class Orders:
    """What a renewal brought."""

    end: tuple[Order, ...]
    draining: bool


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
        renewal = nodes.renew(self.node, expires_at + offset, active)
        answered_at = clock()  # the request itself may have lain where the outage was
        if not self.is_trusted(answered_at):
            self._may_declare_dead_from = answered_at + SESSION_TTL
        self.expires_at = expires_at
        return Orders(tuple(renewal.orders), renewal.draining)

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

    def leave(self, now: int) -> None:
        nodes.close(self.node.node_id, self.node.incarnation, now)


@dataclass
class Reaper:
    """Ends streams whose node is dead and whose grace is over. Every node runs one; a schedule is the backstop.

    A node is dead whose session has run out, as far as that may be judged, and any run of it that is gone or was
    followed by another. A dead one is looked after until nothing of it is left; the first look is at all streams.
    """

    # Asked with the time (ms): whether a session that has run out tells that its node is dead.
    may_declare_dead: Callable[[int], bool] = lambda now: True
    _done: set[tuple[str, str]] = field(default_factory=set)
    _more: bool = True  # the last look left something for the next one
    # When the first grace ends (ms) that the last look found running; None if none did.
    next_end: int | None = None

    def sweep(self, regions: Iterable[str], now: int) -> list[StreamStateChange]:
        """One look. Reads the fleet; streams only while a dead node may have left some. Raises StoreUnavailable."""
        self.next_end = None
        sessions = nodes.sessions()
        seen_at = now if self.may_declare_dead(now) else 0  # at which no session had run out yet
        dead = {(s.node_id, s.incarnation) for s in sessions.values() if is_over(s, s.incarnation, seen_at)}
        self._done &= dead  # a node that comes back may die again
        if dead <= self._done and not self._more:
            return []
        self._more = True
        events: list[StreamStateChange] = []
        try:
            self._more = self._end_what_is_left(regions, seen_at, now, events)
        except StoreUnavailable:
            if not events:  # else they are to be announced, and the next look is for the others
                raise
        if not self._more:
            self._done = dead
        return events

    def _end_what_is_left(
        self,
        regions: Iterable[str],
        seen_at: int,
        now: int,
        events: list[StreamStateChange],
    ) -> bool:
        """Adds to `events` what it ended; answers whether something is left."""
        ends: list[int] = []
        moved = False
        for stream, session in _without_node(regions, seen_at):
            channel = channels.find(stream.channel_id)
            if channel is None or channel.stream_id != stream.stream_id:
                continue
            held = channel.lease.holder is not None
            until = dead_node_grace(session, stream.incarnation, now) if held else channel.resumable_until or 0
            if now < until:
                ends.append(until)
            elif (ended := lifecycle.reap(channel, stream, EndReason.NODE_LOST, now)) is not None:
                events.append(ended)
            else:  # somebody moved first: the next look tells whether it is done
                moved = True
        self.next_end = min(ends, default=None)
        return moved or bool(ends)


def _without_node(regions: Iterable[str], now: int) -> list[tuple[Stream, NodeSession | None]]:
    """Streams that have not ended and whose node's session is over, with what is left of that session."""
    unended = [stream for region in regions for stream in streams.unended(region)]
    sessions = nodes.sessions_of(stream.node_id for stream in unended)
    seen = ((stream, sessions.get(stream.node_id)) for stream in unended)
    return [(stream, session) for stream, session in seen if is_over(session, stream.incarnation, now)]


def sweep_as_backstop(
    regions: Iterable[str], clock: Callable[[], int], pause: Callable[[float], None]
) -> list[StreamStateChange]:
    """Ends what dead nodes left and no living one saw, and publishers on media servers too. `pause` takes seconds."""
    places = tuple(regions)
    if not _without_node(places, clock()):
        return []
    pause(SECOND_LOOK)
    return Reaper().sweep(places, clock())


def members(now: int) -> list[tuple[NodeState, bool]]:
    """Our own nodes, and whether each is gone, by id."""
    states = sorted(nodes.own(), key=lambda state: state.info.node_id)
    return [(state, _is_gone(state, now)) for state in states]


def _is_gone(state: NodeState, now: int) -> bool:
    node = state.info
    return is_over(NodeSession(node.node_id, node.incarnation, state.expires_at), node.incarnation, now)


def drain(node_id: str, now: int) -> None:
    """The node takes no new publishers from its next renewal on. Raises NodeNotFound."""
    _set_draining(node_id, True, now)


def undrain(node_id: str, now: int) -> None:
    """The node takes new publishers again from its next renewal on. Raises NodeNotFound."""
    _set_draining(node_id, False, now)


def _set_draining(node_id: str, draining: bool, now: int) -> None:
    session = nodes.find(node_id)
    if session is None or not nodes.set_draining(node_id, draining):
        raise NodeNotFound()
    change: Literal["draining", "undrained"] = "draining" if draining else "undrained"
    logger("control").info("Node draining set", event="node_draining_set", node_id=node_id, draining=draining)
    bus.publish([NodeChange(node_id=node_id, incarnation=session.incarnation, change=change, at=now)])


def readiness(now: int) -> Readiness:
    """Whether any of our nodes takes new publishers."""
    here = [state for state, gone in members(now) if not gone]
    if not here:
        return Readiness.NONE
    return Readiness.DRAINING if all(state.draining for state in here) else Readiness.SERVING


def node_stopped(node_id: str, now: int) -> bool:
    """The platform saw a node stop: its session is over now, not when it would have run out. False if unknown."""
    session = nodes.find(node_id)
    return session is not None and nodes.close(node_id, session.incarnation, min(session.expires_at, now))
