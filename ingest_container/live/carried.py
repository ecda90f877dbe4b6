"""What carries a stream at present: a publisher's connection, and what the node keeps across its connections."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.health import Declared
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.measures import Counted, StreamFacts
from chalicelib.domain.streams import EndReason
from ingest_container.live.history import History
from ingest_container.live.meter import Meter
from ingest_container.live.playable import Playable


class Publisher(Protocol):
    """The connection that carries a stream, as its broadcast sees it."""

    client_ip: str | None
    flash_version: str  # what the encoder calls itself in connect; empty if it says nothing
    requested_at: float  # of the loop, when it asked to publish
    is_test: bool  # whether it asked for a test stream

    @property
    def facts(self) -> StreamFacts: ...

    @property
    def declared(self) -> Declared:
        """What its metadata says of picture and sound."""

    @property
    def described(self) -> bool:
        """Whether metadata or sequence headers of the stream came."""

    def drop(self, reason: EndReason) -> None:
        """Close it; the reason is for its audit record."""

    def batch_reads(self, bytes_per_second: float) -> None:
        """The stream runs at this rate."""

    def read_immediately(self) -> None:
        """Less comes than was expected."""

    def has_pending_data(self) -> bool:
        """Whether received bytes wait to be read."""


@dataclass
class Carried:
    """What a stream is carried by at present."""

    key: StreamKey
    meter: Meter
    playable: Playable
    history: History
    publisher: Publisher | None = None
    failure: str | None = None  # how the encoder broke the protocol on the connection that was lost last

    @property
    def counted(self) -> Counted:
        return Counted(self.playable.audience, self.history.totals)
