"""Channels, keys and nodes in the emulator, and a clock that the test moves."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from ulid import ULID

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import SESSION_TTL, Grant, Holder
from chalicelib.domain.nodes import NodeInfo
from chalicelib.services.streams import admission
from chalicelib.services.streams.fleet import NodeMembership
from chalicelib.services.streams.key_cache import KeyCache
from tests.support.stack import Emulator
from tests.support.studio import REGION, Studio


@dataclass
class Clock:
    """Milliseconds; stands still unless the test moves it."""

    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def forward(self, ms: int) -> int:
        self.now += ms
        return self.now


@dataclass
class Node:
    """One run of an ingest node, as far as the tables know it."""

    clock: Clock
    node_id: str = field(default_factory=lambda: f"node-{ULID()}")
    incarnation: str = field(default_factory=lambda: str(ULID()))
    publishers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        info = NodeInfo(self.node_id, self.incarnation, "", REGION, 10, self.clock.now)
        self.membership = NodeMembership(info)
        self.membership.join(self.clock.now)

    def renew(self) -> None:
        self.membership.renew(lambda: self.clock.now, 0)

    def crash(self) -> None:
        """It renews no more; the clock moves to where everybody knows."""
        self.clock.now = self.membership.expires_at + 1_001

    def restarted(self) -> "Node":
        return Node(self.clock, self.node_id)

    def publisher(self) -> Holder:
        return Holder(self.node_id, self.incarnation, f"publisher-{next(self.publishers)}")


class LeasedStudio(Studio):
    """A studio on the test's clock, and claims of its lease."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.cache = KeyCache()
        super().__init__(lambda: clock.now)

    @property
    def fence(self) -> int:
        return self.channel.lease.fence

    def another(self, *, not_before: int | None = None, expires_at: int | None = None) -> StreamKey:
        return self.another_key(not_before=not_before, expires_at=expires_at)[1]

    def claim(self, holder: Holder, key: StreamKey | None = None) -> Grant:
        return admission.claim(key or self.key, holder, "192.0.2.1", self.clock.now, cache=self.cache)


@pytest.fixture
def clock(cloud: Emulator) -> Clock:
    return Clock()


@pytest.fixture
def node(clock: Clock) -> Node:
    return Node(clock)


@pytest.fixture
def other_node(clock: Clock) -> Node:
    return Node(clock)


@pytest.fixture
def studio(clock: Clock) -> LeasedStudio:
    return LeasedStudio(clock)


assert SESSION_TTL == 6_000, "the tests' times are made for this session"
