"""Who may publish on this node: the key, a place, the channel's lease; and the broadcasts that come of it.

stream key --authenticate--> waiting room --> claim --> Broadcast
                                                `--held by what may be its own dead connection--> claimed again
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant
from chalicelib.domain.orders import Order
from chalicelib.domain.refusals import NodeDraining, PublishRefused, StoreUnavailable
from chalicelib.domain.streams import EndReason
from chalicelib.services.streams import admission
from ingest_container.base.clock import now_ms
from ingest_container.base.threads import Threads
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.liveness import LivenessLimits
from ingest_container.live.publish import Abandoned, Connection, Moved
from ingest_container.live.telemetry import Telemetry
from ingest_container.media.packaging import Packaging
from ingest_container.net.gatekeeper import Gatekeeper
from ingest_container.node.broadcasts import Broadcasts
from ingest_container.node.claims import Claims
from ingest_container.node.held_answers import HeldAnswers
from ingest_container.node.membership import Membership
from ingest_container.node.moving import Moves
from ingest_container.node.places import PlaceFinder
from ingest_container.node.waiting_room import WaitingRoom

KEY_THREADS = 8  # that look up keys


class Admission:
    """Admits publishers, and keeps the broadcasts of this node until they are over."""

    def __init__(
        self,
        membership: Membership,
        gate: Gatekeeper,
        threads: Threads,
        telemetry: Telemetry,
        log: Logger,
        *,
        limits: LivenessLimits,
        packaging: Packaging | None,
        waiting_room: Callable[[Callable[[], int]], WaitingRoom],
        moves: Moves,
    ) -> None:
        """`packaging`: for viewers, if at all. `waiting_room` makes one, given how many places are taken."""
        self.broadcasts = Broadcasts(
            threads, telemetry, log, lambda: self._places.freed(), limits=limits, packaging=packaging
        )
        self._membership = membership
        self._gate = gate
        # Separate threads: looking up keys, valid or not, delays no step of a stream.
        self._key_threads = Threads(KEY_THREADS)
        self._telemetry = telemetry
        self._log = log
        self._claims = Claims(membership, threads, log, limits.described)
        # A stream that waits for its encoder keeps its place: the encoder that comes back must find one.
        self._places = waiting_room(lambda: len(self.broadcasts))
        self._held_answers = HeldAnswers(log)
        self._moves = moves
        self._finder = PlaceFinder(self._places, moves, telemetry.publisher_waits, membership.info.node_id, log)
        self._is_draining = False
        self._is_stopping = False

    def close(self) -> None:
        self._key_threads.close()

    @property
    def is_draining(self) -> bool:
        return self._is_draining

    @property
    def is_stopping(self) -> bool:
        return self._is_stopping

    @property
    def taken(self) -> int:
        """Places that broadcasts have, or publishers that will be."""
        return self._places.taken

    @property
    def waiting(self) -> int:
        """Publishers that wait for a place."""
        return self._places.waiting

    # --- one publisher -----------------------------------------------------------------------------------------

    async def admit(self, stream_key: str, connection: Connection) -> Broadcast | Moved:
        """The broadcast that `connection` carries from now on, or its peer. Raises StreamSyncError, Abandoned."""
        key = await self._key_threads.run(admission.authenticate, stream_key, now_ms())
        self._gate.authenticated(connection)
        connection.authenticated()
        try:
            return await self._admit_in_turn(key, connection)
        except PublishRefused as refusal:  # the owner of the key sees any refusal
            refusal.concerns(key.channel_id, key.key_id, key.label)
            raise

    async def find_owner(self, refusal: PublishRefused, possible_keys: list[str]) -> None:
        """Notes the channel on the refusal if one of these is a good key; the answer does not depend on it."""
        for stream_key in possible_keys:
            with contextlib.suppress(PublishRefused):
                key = await self._key_threads.run(admission.authenticate, stream_key, now_ms())
                refusal.concerns(key.channel_id, key.key_id, key.label)
                return

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> float:
        """Records the refusal; returns the seconds to wait before answering it."""
        self._log.warning(
            "Publisher refused",
            event="publisher_refused",
            code=refusal.code,
            node_id=self._membership.info.node_id,
            channel_id=refusal.channel_id,
            key_id=refusal.key_id,
            client_ip=client_ip,
        )
        self._telemetry.publish_refused(refusal, client_ip)
        if client_ip is None or refusal.http_status != HTTPStatus.UNAUTHORIZED:
            return 0.0
        return self._gate.failed(client_ip, asyncio.get_running_loop().time())

    def disconnected(self, connection: Connection) -> None:
        """It waits for nothing any more."""
        self._places.left(connection)
        self._held_answers.left(connection)
        self._moves.left(connection)

    async def _admit_in_turn(self, key: StreamKey, connection: Connection) -> Broadcast | Moved:
        """Where there is a place: here, or on a peer."""
        is_here = self.broadcasts.of_channel(key.channel_id) is not None
        moves_all = self._is_draining and not self._is_stopping
        if moves_all and not is_here and (moved := await self._moves.move(key, connection)) is not None:
            return moved
        await self._check_open(key, connection)
        if is_here:
            return await self._admit(key, connection)
        if (moved := await self._finder.find(key, connection)) is not None:
            return moved
        try:
            return await self._admit(key, connection)
        finally:
            self._places.settled()

    async def _check_open(self, key: StreamKey, connection: Connection) -> None:
        if connection.is_gone:  # its claim would only refuse the encoder that comes next
            raise Abandoned("peer_closed")
        # The encoder of a stream that is here may come back: a refusal would be final.
        if self._is_stopping or (self._is_draining and self.broadcasts.of_channel(key.channel_id) is None):
            raise NodeDraining()
        if not await self._membership.is_trusted():
            raise StoreUnavailable()

    async def _claim(self, key: StreamKey, connection: Connection) -> Grant:
        await self._check_open(key, connection)
        present = self.broadcasts.of_channel(key.channel_id)
        if present is not None:
            await present.release_stale(connection, key)
            await present.settled()
        return await self._claims.claim(key, connection)

    async def _admit(self, key: StreamKey, connection: Connection) -> Broadcast:
        grant = await self._held_answers.claim(connection, key, partial(self._claim, key, connection))
        key = grant.key or key  # whose terms may have been changed meanwhile
        broadcast = self.broadcasts.granted(grant, key)
        broadcast.attach(connection, grant, key)
        if self._is_stopping:
            broadcast.end(EndReason.NODE_DRAINED)
        self._log.info(
            "Publisher accepted",
            event="publisher_accepted",
            key_id=key.key_id,
            stream_id=grant.stream_id,
            resumed=grant.resumed,
            fence=grant.fence,
        )
        return broadcast

    # --- all of them -------------------------------------------------------------------------------------------

    def set_draining(self, is_draining: bool) -> None:
        """A node that drains takes no new streams; those that are here go on, and so does one whose encoder is back."""
        self._is_draining = is_draining
        if is_draining:
            self._places.dismiss()
            self._held_answers.dismiss()

    def load_changed(self) -> None:
        """The node may have room again."""
        self._places.freed()

    @property
    def admits(self) -> bool:
        """Whether a new publisher would be admitted at once."""
        return self._places.is_open and not self._is_draining and not self._is_stopping

    def follow(self, orders: list[Order]) -> list[Order]:
        """Ends or reviews streams as ordered; answers the orders that are done with."""
        done = self.broadcasts.follow(orders)
        # An order for a stream that is not here may be for one that is being admitted: it comes again next time.
        return done if self._claims.under_way else orders

    def stop(self) -> None:
        """No further publisher is admitted."""
        self._is_stopping = True
        self._held_answers.dismiss()

    async def end_all(self, reason: EndReason) -> None:
        """Returns when no stream is here any more, none of those either whose claims are under way."""
        self.broadcasts.end_left(reason)
        self.broadcasts.leave()
        while self.broadcasts or self._claims.under_way:
            self._claims.answered.clear()
            await self.broadcasts.wait_ended()
            if self._claims.under_way:
                await self._claims.answered.wait()
