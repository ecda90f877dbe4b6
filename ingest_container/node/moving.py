"""Publishers that this node, full, carries on to peers with room (see `net.splice`).

Only a publisher whose key is good is moved, once: a connection that comes from a peer stays or is refused.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.nodes import NodeInfo, NodeState, roomiest
from chalicelib.domain.refusals import AtCapacity
from chalicelib.services.streams import fleet
from ingest_container.base.clock import now_ms
from ingest_container.base.counts import NodeCounts
from ingest_container.base.lookups import Lookups, Unavailable
from ingest_container.base.threads import Threads
from ingest_container.live.publish import Connection, Moved
from ingest_container.net.splice import NotMoved, Splice

PEERS_TRIED = 2  # for one publisher, at a time


class Moves:
    """`most` connections at once, those included whose peer has yet to answer."""

    def __init__(
        self,
        node: NodeInfo,
        threads: Threads,
        log: Logger,
        counts: NodeCounts,
        *,
        most: int,
        may_move: Callable[[], bool],
    ) -> None:
        self._counts = counts
        self._node = node
        self._threads = threads
        self._log = log
        self._most = most
        self._may_move = may_move
        # With the bytes that each had received when it was sampled.
        self._carried: dict[Connection, int] = {}
        self._promised: Counter[str] = Counter()  # places of peers that were taken since their rows were read
        self._fleet: Lookups[str, list[NodeState]] = Lookups(self._look)

    @property
    def count(self) -> int:
        return len(self._carried)

    @property
    def carried(self) -> list[Connection]:
        """Those that go on to a peer."""
        return list(self._carried)

    def left(self, connection: Connection) -> None:
        """Its connection is gone."""
        self._carried.pop(connection, None)

    def sample(self) -> float:
        """Once a second: bytes a second that go on to peers; each is read in pieces of its own rate."""
        total = 0
        for connection, before in self._carried.items():
            self._carried[connection] = connection.bytes_received
            rate = connection.bytes_received - before
            connection.batch_reads(rate)
            total += rate
        return float(total)

    async def move(self, key: StreamKey, connection: Connection) -> Moved | None:
        """The answer of a peer with room; None if there is none, or this connection cannot be moved."""
        tried: set[str] = set()
        while len(tried) < PEERS_TRIED and self._is_movable(connection):
            peer = await self._choose(tried)
            if peer is None or not self._is_movable(connection):
                return None
            tried.add(peer.node_id)
            moved = await self._try(peer, key, connection)
            if moved is not None:
                return moved
        return None

    def _is_movable(self, connection: Connection) -> bool:
        return (
            bool(self._node.peer)
            and connection.moved_from is None
            and connection.replay is not None
            and not connection.is_gone
            and len(self._carried) < self._most
            and self._may_move()
        )

    async def _choose(self, tried: set[str]) -> NodeInfo | None:
        try:
            peers = await self._fleet.get("") or []
        except Unavailable:
            return None
        left = [
            replace(peer, free=peer.free - self._promised[peer.info.node_id])
            for peer in peers
            if peer.info.node_id not in tried
        ]
        chosen = roomiest(left, random.random())  # noqa: S311
        return None if chosen is None else chosen.info

    async def _look(self, _: str) -> list[NodeState]:
        peers = await self._threads.run(fleet.peers_with_room, self._node, now_ms())
        self._promised.clear()
        return peers

    async def _try(self, peer: NodeInfo, key: StreamKey, connection: Connection) -> Moved | None:
        host, _, port = peer.peer.rpartition(":")
        splice = Splice(peer.node_id, connection)
        connection.try_peer(splice)
        self._promised[peer.node_id] += 1
        self._carried[connection] = connection.bytes_received
        try:
            answer = await splice.open(host, int(port), self._node.node_id)
            if answer.description.startswith(AtCapacity.rtmp_prefix):
                raise NotMoved("at_capacity")
        except NotMoved as not_moved:
            splice.abort()
            connection.try_peer(None)
            self.left(connection)
            self._tell_not_moved(peer, key, str(not_moved))
            return None
        if answer.is_start:
            self._counts.moves["moved"] += 1
            self._log.info(
                "Publisher moved to a peer",
                event="publisher_moved",
                moved_to=peer.node_id,
                key_id=key.key_id,
                channel_id=key.channel_id,
            )
        else:
            self.left(connection)
            self._promised[peer.node_id] -= 1
            self._tell_not_moved(peer, key, answer.code)
        return Moved(splice, answer, key)

    def _tell_not_moved(self, peer: NodeInfo, key: StreamKey, reason: str) -> None:
        self._counts.moves["not_moved"] += 1
        self._log.info(
            "Publisher not moved to a peer",
            event="publisher_not_moved",
            moved_to=peer.node_id,
            reason=reason,
            key_id=key.key_id,
            channel_id=key.channel_id,
        )
