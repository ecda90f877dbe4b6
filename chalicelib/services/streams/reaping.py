"""Ends what dead nodes left.

Each node looks at a few of its peers: the nodes form a ring (`domain.ring`), in which each dead one is looked after by
the next `WATCHERS` living ones, so the reads of the fleet grow with its nodes and not with their square. Streams are
read by node, and only those of a node that is dead. `backstop` finds what no living node saw.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.domain import ring
from chalicelib.domain.events import StreamStateChange
from chalicelib.domain.leases import NodeSession, dead_node_grace, is_over
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.streams import Stream
from chalicelib.services.streams import lifecycle
from chalicelib.store import channels, live, nodes

WATCHERS = 3  # living nodes that look after a dead one; they share the work, see `Reaper.sweep`
# ms that a list of the nodes is good for: a node that has just joined is known before it can be found dead, which takes
# 9 s (SESSION_TTL + CLOCK_MARGIN + NODE_LOST_GRACE).
RING_GOOD_FOR = 6_000
NODES_A_REQUEST = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stream whose node is dead. `again_at`: its encoder may come back until then (ms)."""

    ended: StreamStateChange | None = None
    again_at: int | None = None
    was_moved: bool = False  # by somebody else: the next look tells whether it is settled


def end(stream: Stream, session: NodeSession | None, now: int) -> Outcome:
    """Ends a stream whose node's session is over, once its grace is. Raises StoreUnavailable."""
    channel = channels.find(stream.channel_id)
    if channel is None or channel.stream_id != stream.stream_id:
        return Outcome()
    if channel.lease.fence != stream.fence:
        return Outcome(was_moved=True)
    held = channel.lease.holder is not None
    until = dead_node_grace(session, stream.incarnation, now) if held else channel.resumable_until or 0
    if now < until:
        return Outcome(again_at=until)
    ended = lifecycle.reap(channel, stream, now)
    return Outcome(ended, was_moved=ended is None)


@dataclass
class Reaper:
    """A node's look at its peers, and at what an earlier run of its own left.

    A peer is dead whose session has run out, as far as that may be judged. It is looked after until nothing of it is
    left.
    """

    node: NodeInfo
    # Asked with the time (ms): whether a session that has run out tells that its node is dead.
    may_declare_dead: Callable[[int], bool] = lambda now: True
    watchers: int = WATCHERS
    # When the first grace ends (ms) that the last look found running; None if none did.
    next_end: int | None = None
    _walk: list[str] = field(default_factory=list)
    _walk_read_at: int | None = None
    _needed: int = WATCHERS  # rows that the last walk took
    # Incarnations by node id, of which nothing is left; the node's own id stands for its earlier runs.
    _done: dict[str, str] = field(default_factory=dict)

    def sweep(self, now: int) -> list[StreamStateChange]:
        """One look; answers what it ended. Raises StoreUnavailable.

        Several watchers may do the same at once. Each begins somewhere else, and passes over what is settled.
        """
        self.next_end = None
        seen_at = now if self.may_declare_dead(now) else 0  # at which no session had run out yet
        dead = self._dead(seen_at, now) | {self.node.node_id: self.node.incarnation}
        # A node that comes back may die again.
        self._done = {who: incarnation for who, incarnation in self._done.items() if dead.get(who) == incarnation}
        events: list[StreamStateChange] = []
        try:
            for node_id in dead.keys() - self._done.keys():
                if self._is_settled(node_id, seen_at, now, events):
                    self._done[node_id] = dead[node_id]
        except StoreUnavailable:
            if not events:  # else they are to be announced, and the next look is for the others
                raise
        return events

    def _dead(self, seen_at: int, now: int) -> dict[str, str]:
        """The dead ones among those that this node looks after: the incarnation by node id."""
        if self._walk_read_at is None or not 0 <= now - self._walk_read_at < RING_GOOD_FOR:
            self._walk = ring.before(self.node.node_id, nodes.ids())
            self._walk_read_at = now
        met: dict[str, NodeSession] = {}
        walk = ((who, not is_over(s, s.incarnation, seen_at)) for who, s in self._sessions(met))
        dead = {who: met[who].incarnation for who in ring.watched(walk, self.watchers)}
        self._needed = max(self.watchers, len(met))
        return dead

    def _sessions(self, met: dict[str, NodeSession]) -> Iterator[tuple[str, NodeSession]]:
        """Along the ring, into `met` as well. Few a request at first: most nodes live, and the walk ends soon."""
        start, end_at = 0, self._needed
        while start < len(self._walk):
            some = self._walk[start:end_at]
            sessions = nodes.sessions_of(some, consistent=False)
            for node_id in some:
                if node_id in sessions:
                    met[node_id] = sessions[node_id]
                    yield node_id, sessions[node_id]
            start, end_at = end_at, end_at + NODES_A_REQUEST

    def _is_settled(self, node_id: str, seen_at: int, now: int, events: list[StreamStateChange]) -> bool:
        """Ends what the node left, and adds to `events`; answers whether that is all."""
        streams = live.left_on(node_id)
        session = nodes.sessions_of([node_id]).get(node_id) if streams else None
        random.shuffle(streams)
        is_settled = True
        for outcome in _ends(streams, session, seen_at, now):
            if outcome.ended is not None:
                events.append(outcome.ended)
            if outcome.again_at is not None:
                self.next_end = min(outcome.again_at, self.next_end or outcome.again_at)
            is_settled &= outcome.again_at is None and not outcome.was_moved
        return is_settled


def _ends(streams: Iterable[Stream], session: NodeSession | None, seen_at: int, now: int) -> Iterator[Outcome]:
    return (end(stream, session, now) for stream in streams if is_over(session, stream.incarnation, seen_at))
