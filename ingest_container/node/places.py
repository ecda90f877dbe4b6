"""A place for a publisher with a good key: here, on a peer, or after a wait.

free here --> taken
full     --> on a peer with room --> Moved
   `--none--> the waiting room, and a look for a peer every few seconds
"""

from collections.abc import Callable
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from chalicelib.domain.events import PublisherWaiting
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.refusals import AtCapacity
from ingest_container.live.publish import Abandoned, Connection, Moved
from ingest_container.node.moving import Moves
from ingest_container.node.waiting_notices import WaitingNotices
from ingest_container.node.waiting_room import WaitingRoom


@dataclass(frozen=True)
class PlaceFinder:
    """`publish` tells the owner's page of a wait."""

    room: WaitingRoom
    moves: Moves
    publish: Callable[[PublisherWaiting], None]
    node_id: str
    log: Logger

    async def find(self, key: StreamKey, connection: Connection) -> Moved | None:
        """None: with a place here; call `room.settled` afterwards. Raises PublishRefused, Abandoned."""
        room = self.room
        if not room.is_open:
            if connection.moved_from is not None:
                raise AtCapacity()
            if (moved := await self.moves.move(key, connection)) is not None:
                return moved
            if connection.is_gone:
                raise Abandoned("peer_closed")
            self.log.info(
                "Publisher waiting for a place", event="publisher_queued", key_id=key.key_id, ahead=room.waiting
            )
        notices = WaitingNotices(self.publish, self.node_id, key, connection.client_ip, room.longest_wait)

        async def meanwhile(ahead: int) -> Moved | None:
            notices.waits(ahead)
            return await self.moves.move(key, connection)

        try:
            return await room.place(connection, key.channel_id, meanwhile)
        finally:
            notices.ended()
