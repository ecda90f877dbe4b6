"""What carries a stream at present: a publisher's connection, and the key that admitted it."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.keys import StreamKey
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.streams import EndReason


class Publisher(Protocol):
    """The connection that carries a stream, as its broadcast sees it."""

    client_ip: str | None
    flash_version: str  # what the encoder calls itself in connect; empty if it says nothing
    requested_at: float  # of the loop, when it asked to publish
    is_test: bool  # whether it asked for a test stream

    @property
    def facts(self) -> StreamFacts: ...

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
    publisher: Publisher | None = None
    failure: str | None = None  # how the encoder broke the protocol on the connection that was lost last
    handed_over: bool = False  # its encoder was sent to another node

    def replace(self, publisher: Publisher, key: StreamKey) -> Publisher | None:
        """`publisher` carries the stream from now on, admitted by `key`; returns the connection before it."""
        before, self.publisher = self.publisher, publisher
        self.key, self.failure, self.handed_over = key, None, False
        return before

    def lost(self, failure: str | None) -> None:
        """The connection is gone; `failure` as above."""
        self.publisher, self.failure = None, failure
