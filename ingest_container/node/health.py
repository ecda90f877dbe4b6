"""The node's private HTTP port: for load balancers, container engines and monitoring; never for the internet.

    /ready    200 if new publishers should be sent here; 503 with the reasons if not
    /started  200 once the node has joined the fleet and listens, until it ends: its streams can be played from here
    /live     200 as long as the event loop answers: no answer within the check's timeout means that the node is sick
    /metrics  what it measures, in Prometheus' text format

The event loop that carries media answers, so that a frozen one fails every check. What else the port serves is added to
its routes.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack

from aiohttp import web

from ingest_container.media.http_server import HttpConnection, HttpLimits, Places, busy, serving
from ingest_container.net import listeners, proxy_protocol
from ingest_container.node import exposition
from ingest_container.node.metrics import NodeMetrics
from ingest_container.node.readiness import NodeCondition

LIMITS = HttpLimits(connections=64, per_client=32, header_s=10.0, answer_s=10.0)
NO_STORE = {"Cache-Control": "no-store"}

Respond = Callable[[], web.Response]


class HealthConnection(HttpConnection):
    """Passes over a PROXY protocol header: where targets get one, a Network Load Balancer's checks have it, too."""

    def __init__(self, manager: web.Server, places: Places, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(manager, places, loop)
        self._opening: bytearray | None = bytearray()  # until it is known whether there is a header

    def data_received(self, data: bytes) -> None:
        if self._opening is not None:
            self._opening += data
            try:
                header = proxy_protocol.parse(self._opening)
            except proxy_protocol.ProxyHeaderBroken:
                self.force_close()
                return
            if header is None:
                return
            data, self._opening = bytes(self._opening[header.size :]), None
        if data:
            super().data_received(data)


class HealthPort:
    """Bound when it is made, served from `start` to `stop`."""

    def __init__(
        self, host: str, port: int, condition: Callable[[], NodeCondition], metrics: NodeMetrics, node_id: str
    ) -> None:
        """Raises CannotListen."""
        self._condition = condition
        self._metrics = metrics
        self._node_id = node_id
        self._app = web.Application(middlewares=[busy])
        self._ending = AsyncExitStack()
        self.add("/ready", self._ready)
        self.add("/started", self._started)
        self.add("/live", lambda: _answer(200, {"status": "live", "node_id": node_id}))
        self.add("/metrics", self._exposition)
        self._bound = listeners.bind(host, port, "STREAM_SYNC_HEALTH_PORT")

    @property
    def port(self) -> int:
        """The one that is really bound."""
        return int(self._bound.getsockname()[1])

    def add(self, path: str, respond: Respond) -> None:
        """Another route (GET), before `start`. `respond` must not block: it runs on the loop that carries media."""

        async def handle(_: web.Request) -> web.Response:
            return respond()

        self._app.router.add_get(path, handle)

    async def start(self) -> None:
        await self._ending.enter_async_context(serving(self._app, self._bound, LIMITS, HealthConnection))

    async def stop(self) -> None:
        await self._ending.aclose()

    def _ready(self) -> web.Response:
        condition = self._condition()
        reasons = condition.explained()
        body = {
            "status": "not_ready" if reasons else "ready",
            "node_id": self._node_id,
            "reasons": reasons,
            "active": condition.active,
            "capacity": condition.capacity,
        }
        return _answer(503 if reasons else 200, body)

    def _started(self) -> web.Response:
        joined = self._condition().joined
        return _answer(200 if joined else 503, {"status": "started" if joined else "starting"})

    def _exposition(self) -> web.Response:
        headers = NO_STORE | {"Content-Type": exposition.CONTENT_TYPE}
        return web.Response(body=exposition.text(self._metrics.read()), headers=headers)


def _answer(status: int, body: object) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json", headers=NO_STORE
    )
