"""Whether the node has room for one more publisher: by their number, by measured bandwidth, by the event loop's lag.

Each of the three has a limit. The first that is reached makes the node full: it fails its readiness check, and new
publishers move to a peer or wait. What is measured swings around its limit, so bandwidth and lag have to fall well
below theirs before there is room again; a place is free as soon as a publisher has left. Readiness has some distance
there too: a load balancer must not be told the opposite with every publisher that comes and goes. No clock, no I/O.
"""

from dataclasses import dataclass
from enum import StrEnum

from ingest_container.base.settings import USUAL_MBPS

ROOM_AGAIN_BANDWIDTH = 0.9  # of the limit
ROOM_AGAIN_LAG = 0.5
READY_AGAIN = 0.05  # of all places, that are free
# Of the bandwidth's limit, for what goes on to peers: copying costs far less than a stream of one's own.
MOVING_ROOM = 1.25
# Bytes a second that a publisher is taken to send while none has been measured.
USUAL_RATE = USUAL_MBPS * 1_000_000 / 8


class Full(StrEnum):
    """What there is too much of."""

    PUBLISHERS = "publishers"
    BANDWIDTH = "bandwidth"
    LAG = "lag"


@dataclass(frozen=True, slots=True)
class CapacityLimits:
    """Publishers, bytes a second that they send together, and the 99th percentile of the loop's lag in seconds."""

    publishers: int
    bytes_per_second: float
    lag: float


@dataclass(frozen=True, slots=True)
class Load:
    """What the node carries. `unmeasured` publishers send nothing at present: they are new, or reconnect.

    `moved_bytes` are those of connections that go on to a peer: bandwidth, but no publishers.
    """

    publishers: int = 0
    unmeasured: int = 0
    bytes_per_second: float = 0.0
    moved_bytes: float = 0.0  # a second
    lag: float = 0.0


class Capacity:
    """`update` once a second; publishers are counted by whoever asks, since they come between two updates."""

    def __init__(self, limits: CapacityLimits) -> None:
        self.limits = limits
        self.load = Load()
        self._overloaded: Full | None = None
        self._not_ready: Full | None = None

    def update(self, load: Load) -> None:
        """The load as measured now."""
        self.load = load
        bandwidth, lag = self.limits.bytes_per_second, self.limits.lag
        if self._overloaded is Full.BANDWIDTH:
            bandwidth *= ROOM_AGAIN_BANDWIDTH
        if self._overloaded is Full.LAG:
            lag *= ROOM_AGAIN_LAG
        if load.lag >= lag:
            self._overloaded = Full.LAG
        elif self._expected >= bandwidth:
            self._overloaded = Full.BANDWIDTH
        else:
            self._overloaded = None
        free = self.free(load.publishers)
        if not free:
            self._not_ready = self.full(load.publishers)
        elif free >= max(1, int(READY_AGAIN * self.limits.publishers)):
            self._not_ready = None

    def full(self, publishers: int) -> Full | None:
        """What keeps one more publisher out beside `publishers`; None if there is room."""
        if publishers >= self.limits.publishers:
            return Full.PUBLISHERS
        return self._overloaded or (None if self._fitting(publishers) else Full.BANDWIDTH)

    def free(self, publishers: int) -> int:
        """How many more there is room for, beside `publishers`."""
        if self.full(publishers) is not None:
            return 0
        return min(self.limits.publishers - publishers, self._fitting(publishers))

    def utilization(self, publishers: int) -> float:
        """What is used most, of its limit: 1 when there is no more room."""
        return max(
            publishers / self.limits.publishers,
            self._expected / self.limits.bytes_per_second,
            min(1.0, self.load.lag / self.limits.lag),
        )

    def not_ready(self, publishers: int) -> Full | None:
        """The limit for which a load balancer should send no new publishers; None if it should."""
        return self.full(publishers) or self._not_ready

    @property
    def may_move(self) -> bool:
        """Whether it can carry one more connection on to a peer; a loop that is late cannot.

        Measured bytes count, not expected ones: a small node full of new publishers would move nobody.
        """
        measured = self.load.bytes_per_second + self.load.moved_bytes
        return self._overloaded is not Full.LAG and measured < self.limits.bytes_per_second * MOVING_ROOM

    @property
    def _rate(self) -> float:
        """Bytes a second of one publisher, on average."""
        measured = self.load.publishers - self.load.unmeasured
        return self.load.bytes_per_second / measured if measured and self.load.bytes_per_second else USUAL_RATE

    @property
    def _expected(self) -> float:
        """Bytes a second, once those that are new send like the others."""
        return self.load.bytes_per_second + self.load.unmeasured * self._rate + self.load.moved_bytes

    def _fitting(self, publishers: int) -> int:
        """How many more fit into the bandwidth; those that came since the last update count as the others do."""
        came = max(0, publishers - self.load.publishers)
        return max(0, int((self.limits.bytes_per_second - self._expected) / self._rate) - came)
