"""The broadcasts of this node, until they are over."""

from collections.abc import Callable, Collection

from aws_lambda_powertools import Logger

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant
from chalicelib.domain.orders import Order
from chalicelib.domain.streams import EndReason
from ingest_container.base.threads import Threads
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.liveness import LivenessLimits
from ingest_container.live.telemetry import Telemetry
from ingest_container.media.packaging import Packaging


class Broadcasts:
    """By channel: one that waits for its encoder is among them."""

    def __init__(
        self,
        threads: Threads,
        telemetry: Telemetry,
        log: Logger,
        gone: Callable[[], None],
        *,
        limits: LivenessLimits,
        packaging: Packaging | None,
    ) -> None:
        """`gone` is called when one is over. `packaging`: for viewers, if at all."""
        self._by_channel: dict[str, Broadcast] = {}
        self._threads = threads
        self._telemetry = telemetry
        self._log = log
        self._gone = gone
        self._limits = limits
        self._packaging = packaging

    @property
    def all(self) -> Collection[Broadcast]:
        """A view of those that are here at any time; copy it before something ends while you go through it."""
        return self._by_channel.values()

    def __len__(self) -> int:
        return len(self._by_channel)

    def of_channel(self, channel_id: str) -> Broadcast | None:
        return self._by_channel.get(channel_id)

    def granted(self, grant: Grant, key: StreamKey) -> Broadcast:
        """The granted stream's: the one that was interrupted here, or a new one."""
        present = self._by_channel.get(grant.channel_id)
        if present is not None and present.stream_id == grant.stream_id:
            return present
        if present is not None:
            present.superseded(grant)
        broadcast = Broadcast(
            grant,
            key,
            self._threads,
            self._telemetry,
            self._log,
            self._on_gone,
            packaging=self._packaging,
            limits=self._limits,
        )
        self._by_channel[grant.channel_id] = broadcast
        return broadcast

    def follow(self, orders: list[Order]) -> list[Order]:
        """Ends or reviews streams as ordered; returns the orders for streams that are here."""
        by_stream = {broadcast.stream_id: broadcast for broadcast in self._by_channel.values()}
        for order in orders:
            broadcast = by_stream.get(order.stream_id)
            if broadcast is not None and order.reason is not None:
                broadcast.end(order.reason)
            elif broadcast is not None:
                broadcast.review()
        return [order for order in orders if order.stream_id in by_stream]

    def check_leases(self) -> None:
        """The node's session was in doubt."""
        for broadcast in list(self._by_channel.values()):
            broadcast.check_lease()

    def end_left(self, reason: EndReason) -> None:
        """Ends all streams but those whose encoder was sent to another node: they wait for it as always."""
        for broadcast in list(self._by_channel.values()):
            if not broadcast.is_handed_over:
                broadcast.end(reason)

    def leave(self) -> None:
        """Streams whose encoder was sent to another node are left to the others: they end them if it does not come."""
        for broadcast in list(self._by_channel.values()):
            if broadcast.is_handed_over:
                broadcast.leave()

    async def wait_ended(self) -> None:
        """Returns when those that are here now are over."""
        for broadcast in list(self._by_channel.values()):
            await broadcast.wait_ended()

    def _on_gone(self, broadcast: Broadcast) -> None:
        channel_id = broadcast.hold.grant.channel_id
        if self._by_channel.get(channel_id) is broadcast:
            del self._by_channel[channel_id]
            self._gone()
