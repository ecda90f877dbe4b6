"""An encoder is back on this node while another node still holds its channel for its dead connection.

    claim --refused, by what may be the same encoder--> held, and claimed again every second
                 |                |                 |
                 granted          |                 refused after LONGEST
                                  refused: media came meanwhile, or another encoder holds the channel

That node lets go of a connection that is silent for 4 s. A refusal would be final for OBS, so the answer is held until
then. Nothing is taken away here: the channel is claimed by the same rules as at first, and is free or not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import CLOCK_MARGIN, Grant
from chalicelib.domain.refusals import NodeDraining
from chalicelib.services.streams.holders import HeldBySameEncoder
from ingest_container.base.clock import now_ms
from ingest_container.live.publish import Abandoned

LONGEST = 5.5  # seconds that an answer is held at most: a silence of 4 s, a tick, and the writes
CLAIM_EVERY = 1.0  # seconds between claims
MOST = 64  # answers held at once; each costs a few reads a second
# ms after the new connection's first claim. Media that the holder receives later was not on its way on a dead
# connection: its encoder is another one, and still sends.
IN_FLIGHT = CLOCK_MARGIN + 1_000


class Claimant(Protocol):
    """A connection whose publish has not been answered yet."""

    client_ip: str | None


class HeldAnswers:
    """At most one is held for a channel: the encoder's newest connection."""

    def __init__(
        self, log: Logger, *, longest: float = LONGEST, claim_every: float = CLAIM_EVERY, most: int = MOST
    ) -> None:
        self._log = log
        self._longest = longest
        self._claim_every = claim_every
        self._most = most
        # By channel: the connection, and why it is held no longer, once there is a reason.
        self._held: dict[str, tuple[Claimant, asyncio.Future[Exception]]] = {}

    @property
    def held(self) -> int:
        """How many are held."""
        return len(self._held)

    async def claim(self, claimant: Claimant, key: StreamKey, attempt: Callable[[], Awaitable[Grant]]) -> Grant:
        """`attempt` claims the channel, once. Raises what it raises in the end, NodeDraining, or Abandoned."""
        in_flight_until = now_ms() + IN_FLIGHT
        try:
            return await attempt()
        except HeldBySameEncoder:
            self._end(key.channel_id, Abandoned("replaced"))
            if len(self._held) >= self._most:
                raise
        self._log.info(
            "Publisher waiting: another node may hold the channel for its dead connection",
            event="publisher_waits_for_release",
            key_id=key.key_id,
            client_ip=claimant.client_ip,
        )
        ended: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self._held[key.channel_id] = (claimant, ended)
        try:
            return await self._claim_again(attempt, ended, in_flight_until)
        finally:
            if self._held.get(key.channel_id) == (claimant, ended):
                del self._held[key.channel_id]

    async def _claim_again(
        self, attempt: Callable[[], Awaitable[Grant]], ended: "asyncio.Future[Exception]", in_flight_until: int
    ) -> Grant:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._longest
        while True:
            await asyncio.wait((ended,), timeout=min(self._claim_every, until - loop.time()))
            if ended.done():
                raise ended.result()
            is_last = loop.time() >= until
            try:
                return await attempt()
            except HeldBySameEncoder as refusal:
                if is_last or (refusal.last_media_at or 0) > in_flight_until:
                    raise

    def left(self, claimant: Claimant) -> None:
        """Its connection is gone."""
        for channel_id, (held, _) in list(self._held.items()):
            if held is claimant:
                self._end(channel_id, Abandoned("peer_closed"))

    def dismiss(self) -> None:
        """This node admits nobody any more: refuses all whose answers are held."""
        for channel_id in list(self._held):
            self._end(channel_id, NodeDraining())

    def _end(self, channel_id: str, reason: Exception) -> None:
        if channel_id in self._held:
            _, ended = self._held.pop(channel_id)
            ended.set_result(reason)
