"""Broadcasters with a channel in the emulator, a clock that tests move, and a MediaMTX to talk to."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from chalicelib.domain.channels import Channel
from chalicelib.domain.streams import StatusReading, Stream
from tests.support.fake_mediamtx import FakeMediaMtx, running_mediamtx
from tests.support.stack import Emulator, in_environment


class Clock:
    """Time as an argument: `clock()` is now, in ms."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@dataclass
class Broadcaster:
    """A channel and its key."""

    channel: Channel
    key: str = field(repr=False)
    clock: Clock

    @property
    def channel_id(self) -> str:
        return self.channel.channel_id

    def status(self) -> str:
        """What anybody reads of the channel at this instant."""
        from chalicelib.services.reading import discovery

        reading: StatusReading = discovery.public_channel(self.channel_id, self.clock()).reading
        return reading.status.value

    def stream(self) -> Stream | None:
        """Its present or last stream, as stored."""
        from chalicelib.store import channels, streams

        stream_id = channels.get(self.channel_id).stream_id
        return streams.find(stream_id) if stream_id else None

    def end_reason(self) -> str | None:
        """Of that stream; it must have begun."""
        stream = self.stream()
        assert stream is not None
        return stream.end_reason

    def take_key_that_expires_in(self, ms: int) -> None:
        """Another key; the clock moves to so long before its end."""
        from chalicelib.services.keys import credentials

        issued = credentials.generate(self.channel, "owner", self.clock())
        assert issued.key.expires_at is not None
        self.key, self.clock.now = issued.stream_key, issued.key.expires_at - ms

    def reset_key(self) -> None:
        """As its owner would: the key is dead, a running stream is ordered to end."""
        from chalicelib.services.keys import credentials

        self.key = credentials.reset(self.channel, "owner", self.clock()).stream_key


@pytest.fixture(scope="module")
def cloud(emulator: Emulator) -> Iterator[Emulator]:
    """For a whole module: AWS clients are slow to make, and each test has its own channels."""
    with in_environment(emulator):
        yield emulator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_broadcaster(cloud: Emulator, clock: Clock) -> Callable[[], Broadcaster]:
    from chalicelib.services.keys import credentials

    def make() -> Broadcaster:
        channel = credentials.own_channel(f"user:{uuid.uuid4()}", clock())
        return Broadcaster(channel, credentials.reveal(channel, "owner").stream_key, clock)

    return make


@pytest.fixture
def broadcaster(new_broadcaster: Callable[[], Broadcaster]) -> Broadcaster:
    return new_broadcaster()


@pytest.fixture
def mediamtx(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMediaMtx]:
    """A MediaMTX of the name `main`, configured in this process. What other tests published on it is gone."""
    from chalicelib import config
    from chalicelib.domain.publications import Dialect
    from chalicelib.store import publications

    for left_over in publications.of_server(Dialect.MEDIAMTX, "main"):
        publications.remove(left_over)

    with running_mediamtx() as fake:
        monkeypatch.setenv("STREAM_SYNC_MEDIAMTX_SERVERS", f'{{"main": "{fake.url}"}}')
        config.settings.cache_clear()
        yield fake
    config.settings.cache_clear()
