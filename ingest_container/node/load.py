"""What this node carries, measured once a second, and the room that is left."""

from collections.abc import Collection

from aws_lambda_powertools import Logger

from chalicelib.domain.nodes import NodeMeasures
from ingest_container.base.lag import LagMeter
from ingest_container.base.settings import IngestSettings
from ingest_container.live.broadcast import Broadcast
from ingest_container.node.capacity import Capacity, CapacityLimits, Full, Load


class NodeLoad:
    """`lag` is to be run; `measure` is called once a second, when the broadcasts have been sampled."""

    def __init__(self, settings: IngestSettings, log: Logger) -> None:
        self.lag = LagMeter()
        self.capacity = Capacity(
            CapacityLimits(settings.capacity, settings.capacity_bytes, settings.capacity_lag_ms / 1000)
        )
        self._log = log
        self._full: Full | None = None

    def measure(self, broadcasts: Collection[Broadcast], moved_bytes: float) -> None:
        """`moved_bytes` go on to peers in a second. Logs it when the node becomes full, and when it has room again."""
        rates = [broadcast.meter.mean_bytes_per_second for broadcast in broadcasts]
        self.capacity.update(
            Load(
                publishers=len(rates),
                unmeasured=sum(1 for rate in rates if not rate),
                bytes_per_second=sum(rates),
                moved_bytes=moved_bytes,
                lag=self.lag.p99,
            )
        )
        full = self.capacity.full(len(rates))
        if full is not self._full:
            self._full = full
            self._tell(full)

    @property
    def measures(self) -> NodeMeasures:
        """For administrators."""
        load = self.capacity.load
        return NodeMeasures(incoming_kbps=round(load.bytes_per_second * 8 / 1000), lag_ms=round(load.lag * 1000))

    def _tell(self, full: Full | None) -> None:
        load = self.capacity.load
        measured = {
            "publishers": load.publishers,
            "mbps": round(load.bytes_per_second * 8 / 1e6, 1),
            "moved_mbps": round(load.moved_bytes * 8 / 1e6, 1),
            "lag_p99_ms": round(load.lag * 1000),
        }
        if full is None:
            self._log.info("The node has room again", event="node_has_room", extra=measured)
        else:
            self._log.warning("The node is full", event="node_full", full=full.value, extra=measured)
