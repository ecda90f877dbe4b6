"""Streams with recordings in a folder, made by the steps that a node takes, at times that the test chooses."""

import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ulid import ULID

from chalicelib.domain.leases import Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.recording_objects import Segment, hash_of
from chalicelib.domain.recordings import Recording, RecordingReason
from chalicelib.domain.streams import EndReason, Stream
from chalicelib.services.recordings import writing
from chalicelib.services.recordings.storage import storage
from chalicelib.services.recordings.writing import Recorded
from chalicelib.services.streams import admission
from chalicelib.services.streams.fleet import NodeMembership
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import streams
from chalicelib.store.objects import ObjectStore
from tests.support.stack import Emulator, forget_connections
from tests.support.studio import REGION, Studio

SEGMENT = 1_000  # bytes
INIT = b"init"


@dataclass
class Clock:
    """Milliseconds; stands still unless the test moves it."""

    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    def __call__(self) -> int:
        return self.now

    def forward(self, ms: int) -> None:
        self.now += ms


@dataclass
class Broadcast:
    """One stream on a node that records."""

    studio: Studio
    clock: Clock
    hold: StreamHold
    store: ObjectStore

    @property
    def stream_id(self) -> str:
        return self.hold.grant.stream_id

    @property
    def recorded(self) -> Recorded:
        return Recorded(self.studio.channel_id, self.stream_id, self.hold.grant.holder.node_id)

    @property
    def stream(self) -> Stream:
        return streams.get(self.stream_id)

    @property
    def recording(self) -> Recording:
        found = self.stream.recording
        assert found is not None
        return found

    def store_segments(self, count: int, *, first: int = 16, begin: bool = True) -> None:
        writing.store_init(self.store, self.stream_id, hash_of(INIT), INIT)
        for n in range(first, first + count):
            segment = Segment(n, self.hold.grant.fence, self.clock.now + 2_000 * n, 2_000_000, hash_of(INIT))
            writing.store_segment(self.store, self.stream_id, segment, bytes(SEGMENT))
        if begin:
            writing.begin(self.recorded, self.hold.next_seq(), self.clock.now)

    def end(self) -> None:
        self.hold.end(EndReason.CLEAN_STOP, self.clock.now, 0)

    def finish(self) -> Recording | None:
        return writing.finish(self.store, self.recorded, self.hold.next_seq(), self.clock.now)

    def note_missing(self, reason: RecordingReason, *, begun: bool) -> None:
        writing.note_missing(self.recorded, reason, self.hold.next_seq(), self.clock.now, begun=begun)

    def ended(self, segments: int = 3) -> "Broadcast":
        self.store_segments(segments)
        self.end()
        self.finish()
        return self


class House:
    """Makes broadcasts; every stream on a channel of its own unless one is given."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._numbers = itertools.count()
        self.node = NodeInfo(f"node-{ULID()}", str(ULID()), "", REGION, 500, clock.now)
        NodeMembership(self.node).join(clock.now)

    def broadcast(self, studio: Studio | None = None) -> Broadcast:
        studio = studio or Studio(self.clock)
        holder = Holder(self.node.node_id, self.node.incarnation, str(ULID()))
        hold = StreamHold(admission.claim(studio.key, holder, None, self.clock.now))
        hold.media(self.clock.now, StreamFacts())
        store = storage()
        assert store is not None
        return Broadcast(studio, self.clock, hold, store)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(cloud: Emulator, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("STREAM_SYNC_RECORDING", str(tmp_path / "recordings"))
    monkeypatch.setenv("STREAM_SYNC_RECORDING_DAYS", "7")
    forget_connections()
    return House(clock)
