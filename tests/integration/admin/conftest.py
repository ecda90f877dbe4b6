"""Broadcasters, keys and publishers at the level of the services, with a clock that the test moves."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from ulid import ULID

from chalicelib import config
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyTerms
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.nodes import NodeInfo
from chalicelib.services.keys import credentials, keyring
from chalicelib.services.keys.keyring import RevealedKey
from chalicelib.services.streams import admission
from chalicelib.services.streams.fleet import NodeMembership
from chalicelib.services.streams.key_cache import KeyCache
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import channels
from tests.support.stack import Emulator, in_environment

REGION = "us-east-1"


@dataclass
class House:
    """One ingest node, and everybody who broadcasts through it. Times in ms."""

    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __post_init__(self) -> None:
        self._publishers = itertools.count(1)
        self._node = NodeMembership(NodeInfo(f"node-{ULID()}", str(ULID()), "", REGION, 10, self.now))
        self._node.join(self.now)
        self.cache = KeyCache()

    @property
    def node_id(self) -> str:
        return self._node.node.node_id

    def forward(self, ms: int) -> None:
        """Time passes; the node goes on renewing its session."""
        self.now += ms
        self._node.renew(lambda: self.now, 0)

    def node_dies(self) -> None:
        """It renews no more; the clock moves to where nobody waits for its streams any longer."""
        self.now = self._node.expires_at + 5_000

    def orders(self) -> set[tuple[str, str]]:
        """What the node is told to end, and why."""
        given = self._node.renew(lambda: self.now, 0).end
        return {(order.stream_id, order.reason.value) for order in given if order.reason is not None}

    def reviews(self) -> set[str]:
        """Streams that the node is told to look at again."""
        return {order.stream_id for order in self._node.renew(lambda: self.now, 0).end if order.reason is None}

    def channel(self, **shown: object) -> Channel:
        """A new broadcaster's."""
        channel = credentials.own_channel(f"user:{ULID()}", self.now)
        return credentials.edit(channel, shown, self.now) if shown else channel

    def key(self, channel: Channel, terms: KeyTerms | None = None) -> RevealedKey:
        return keyring.create(channel, terms or KeyTerms(), "test", self.now)

    def claim(self, stream_key: str, client_ip: str | None = "203.0.113.7") -> Grant:
        """As an ingest node does it for a publisher."""
        key = admission.authenticate(stream_key, self.now, self.cache)
        node = self._node.node
        holder = Holder(node.node_id, node.incarnation, f"publisher-{next(self._publishers)}")
        return admission.claim(key, holder, client_ip, self.now, cache=self.cache)

    def live(self, stream_key: str) -> StreamHold:
        """Claimed, and its first media has come."""
        hold = StreamHold(self.claim(stream_key))
        hold.media(self.now, StreamFacts(width=1280, height=720, fps=30.0, video_codec="avc1", audio_codec="mp4a"))
        return hold

    def live_channel(self, **shown: object) -> tuple[Channel, StreamHold]:
        channel = self.channel(**shown)
        hold = self.live(self.key(channel).stream_key)
        return channels.get(channel.channel_id), hold


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> Iterator[Emulator]:
    """For a module's tests together: new AWS clients for each of them would take longer than the tests."""
    with in_environment(emulator):
        yield emulator


@pytest.fixture(autouse=True)
def settings_read_again() -> Iterator[None]:
    """A test may change the environment."""
    yield
    config.settings.cache_clear()


@pytest.fixture
def house(cloud: Emulator) -> House:
    return House()


@pytest.fixture
def pages() -> Callable[..., list[str]]:
    """Every id of a paged list, page by page."""

    def read(page: Callable[[str | None], tuple[list[str], str | None]]) -> list[str]:
        found, cursor = page(None)
        while cursor is not None:
            more, cursor = page(cursor)
            found += more
        return found

    return read
