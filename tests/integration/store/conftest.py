"""Channels, keys and nodes in the emulator, and a clock that the test moves."""

import dataclasses
import itertools
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from ulid import ULID

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.leases import SESSION_TTL, Grant, Holder
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.streams import Stream
from chalicelib.services.streams import admission
from chalicelib.services.streams.fleet import NodeMembership
from chalicelib.store import channels, keys, streams
from tests.support.stack import Emulator

REGION = "us-east-1"


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


@dataclass
class Studio:
    """A channel with its key; what the tables say of it now."""

    clock: Clock
    channel_id: str = field(default_factory=lambda: f"ch_{ULID()}")
    stream_key: str = field(default_factory=lambda: rules.new_stream_key(secrets.choice), repr=False)
    cache: admission.KeyCache = field(default_factory=admission.KeyCache)

    def __post_init__(self) -> None:
        self.key = self._key(self.stream_key)
        assert channels.create(
            Channel(self.channel_id, f"owner of {self.channel_id}", REGION, self.clock.now), self.key
        )

    def _key(self, stream_key: str) -> StreamKey:
        key_id = f"key_{ULID()}"
        hint = rules.hint_of(stream_key)
        return StreamKey(rules.hash_key(stream_key), key_id, self.channel_id, hint, KeyStatus.ACTIVE, self.clock.now)

    def another_key(self, *, not_before: int | None = None, expires_at: int | None = None) -> StreamKey:
        key = dataclasses.replace(
            self._key(rules.new_stream_key(secrets.choice)), not_before=not_before, expires_at=expires_at
        )
        keys.add(key)
        return key

    @property
    def channel(self) -> Channel:
        return channels.get(self.channel_id)

    @property
    def fence(self) -> int:
        return self.channel.lease.fence

    def stream(self, stream_id: str | None = None) -> Stream:
        return streams.get(stream_id or self.channel.stream_id or "")

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
def studio(clock: Clock) -> Studio:
    return Studio(clock)


assert SESSION_TTL == 6_000, "the tests' times are made for this session"
