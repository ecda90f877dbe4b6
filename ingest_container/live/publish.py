"""Between a connection and its node: what each asks of the other, and the answer to one publish."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from aws_lambda_powertools import Logger

from chalicelib.domain import publish_names
from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.refusals import PublishRefused
from ingest_container import rtmp
from ingest_container.base.settings import IngestSettings
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.carried import Publisher
from ingest_container.live.telemetry import Telemetry
from ingest_container.net.memory import MemoryBudget
from ingest_container.net.reading import TurnScheduler
from ingest_container.net.splice import Encoder, Splice


class Abandoned(Exception):
    """A publish that gets no answer; `reason` is a stable code."""

    def __init__(self, reason: str = "queue_abandoned") -> None:
        """By default: the publisher waited for a place, and has gone or does not answer any more."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Moved:
    """A peer has answered this publish, of a good key: it accepts the stream, or refuses it for a reason of its own."""

    splice: Splice
    answer: rtmp.PublishAnswer
    key: StreamKey


class Connection(Publisher, Encoder, Protocol):
    """A publisher's connection, as the node sees it."""

    moved_from: str | None  # the node that carries it on to this one
    is_test: bool  # whether it asked for a test stream

    def batch_reads(self, bytes_per_second: float) -> None:
        """The stream runs at this rate."""

    def try_peer(self, splice: Splice | None) -> None:
        """What comes from now on goes to this peer as well, which is asked for its answer; None: to no peer."""

    @property
    def is_gone(self) -> bool:
        """Whether it is closed or closing."""

    @property
    def bytes_received(self) -> int:
        """Of RTMP, so far."""

    def authenticated(self) -> None:
        """Its stream key is good."""

    def ping(self) -> "asyncio.Future[None]":
        """Asks the encoder, whose publish has not been answered yet, for a sign of life; done when it came."""

    def evict(self) -> None:
        """Close at once, to make room for another."""

    def close(self, reason: str) -> None:
        """The node stops."""


class Host(Protocol):
    """The node, as a connection sees it."""

    settings: IngestSettings
    log: Logger
    telemetry: Telemetry
    scheduler: TurnScheduler
    memory: MemoryBudget

    def connected(self, connection: Connection) -> None:
        """Raises ConnectionRejected; `disconnected` is to be called all the same."""

    def identified(self, connection: Connection, client_ip: str) -> None:
        """The client's own address is known, behind a load balancer too. Raises ConnectionRejected."""

    def disconnected(self, connection: Connection) -> None: ...

    async def admit(self, stream_key: str, connection: Connection) -> Broadcast | Moved:
        """The broadcast that `connection` carries from now on, or its peer. Raises StreamSyncError, Abandoned."""

    async def find_owner(self, refusal: PublishRefused, possible_keys: list[str]) -> None:
        """If one of these is a key, adds its channel to the refusal, so that the owner sees it."""

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> float:
        """Records the refusal; returns the seconds to wait before answering it."""


async def request_admission(host: Host, request: rtmp.PublishRequested, connection: Connection) -> Broadcast | Moved:
    """What `Host.admit` says. Raises PublishRefused and Abandoned, nothing else."""
    try:
        try:
            app, query = host.settings.rtmp_app, request.query
            name = publish_names.publish_name(request.app, request.stream_name, app, query)
        except PublishRefused as refusal:
            await host.find_owner(refusal, publish_names.possible_keys(request.app, request.stream_name))
            raise
        connection.is_test = name.is_test
        return await host.admit(name.stream_key, connection)
    except (PublishRefused, Abandoned):
        raise
    except StreamSyncError as error:
        raise PublishRefused(error.detail) from error
    except Exception:  # a defect of ours: the encoder must not wait for an answer for ever
        host.log.exception("Admission failed", event="admission_failed")
        raise Abandoned("internal_error") from None
