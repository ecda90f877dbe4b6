"""The publishers' connections of this node, and what they ask of it."""

import asyncio

from aws_lambda_powertools import Logger

from chalicelib.domain.refusals import PublishRefused
from ingest_container.base.settings import IngestSettings
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.publish import Connection, Moved
from ingest_container.live.telemetry import Telemetry
from ingest_container.net.gatekeeper import Gatekeeper
from ingest_container.net.memory import MemoryBudget
from ingest_container.net.reading import TurnScheduler
from ingest_container.node.admission import Admission


class Connections:
    """All that are open. It is their `live.publish.Host`."""

    def __init__(
        self, settings: IngestSettings, gate: Gatekeeper, admission: Admission, telemetry: Telemetry, log: Logger
    ) -> None:
        self.settings = settings
        self.log = log
        self.telemetry = telemetry
        self.scheduler = TurnScheduler()
        self.memory = MemoryBudget(settings.max_unfinished_mib * 1024 * 1024)
        self.open: set[Connection] = set()
        self._none_open = asyncio.Event()
        self._gate = gate
        self._admission = admission

    def connected(self, connection: Connection) -> None:
        self.open.add(connection)
        self._none_open.clear()
        self._gate.opened(connection)

    def identified(self, connection: Connection, client_ip: str) -> None:
        self._gate.identified(connection, client_ip)

    def disconnected(self, connection: Connection) -> None:
        if connection in self.open:
            self.open.remove(connection)
            self.telemetry.counts.bytes_of_closed += connection.bytes_received
        self._gate.closed(connection)
        self._admission.disconnected(connection)
        if not self.open:
            self._none_open.set()

    async def admit(self, stream_key: str, connection: Connection) -> Broadcast | Moved:
        return await self._admission.admit(stream_key, connection)

    async def find_owner(self, refusal: PublishRefused, possible_keys: list[str]) -> None:
        await self._admission.find_owner(refusal, possible_keys)

    def refused(self, refusal: PublishRefused, client_ip: str | None) -> float:
        return self._admission.refused(refusal, client_ip)

    async def close_all(self, reason: str) -> None:
        """The node stops. Returns when they are closed."""
        for connection in list(self.open):
            connection.close(reason)
        if self.open:
            await self._none_open.wait()
