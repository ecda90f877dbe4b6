"""HTTP connections with bounds: in number, in time, and in what is said about a request that makes no sense.

A request passes three deadlines: its header must be complete `header_s` after the connection or the answer before it
(aiohttp's keep-alive timer), its body `body_s` later, and the client must have taken the answer `answer_s` after it was
made. A connection beyond `connections` takes the place of the one that has waited longest for its client.
"""

import asyncio
import contextlib
import logging
import resource
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from local.gateway.headers import HEADERS
from local.gateway.problems import gateway_problem
from local.gateway.reporting import describe

log = logging.getLogger(__name__)

# Descriptors for everything that is no connection: log files, the emulator, the handlers' calls.
OTHER_DESCRIPTORS = 256
# To the parser; a longer line is a bad request. `MAX_TARGET_BYTES` is what is accepted.
MAX_LINE_BYTES = 64 * 1024
MAX_FIELD_BYTES = 16 * 1024
BACKLOG = 128


@dataclass(frozen=True)
class HttpLimits:
    """Of one gateway. API Gateway's own are of the same order."""

    connections: int = 2048
    header_s: float = 15.0
    body_s: float = 20.0
    answer_s: float = 20.0


class Places:
    """The connections that wait for their client (for a header or a body), the oldest first."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self.taken = 0
        self._waiting: dict[HttpProtocol, None] = {}

    def arrive(self, connection: "HttpProtocol") -> bool:
        """Take a place, closing the oldest waiting connection if all are taken; False if none is waiting."""
        if self.taken >= self.limits.connections:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                return False
            oldest.force_close()
            self.leave(oldest)
        self.taken += 1
        connection.placed = True
        self.waits(connection)
        return True

    def leave(self, connection: "HttpProtocol") -> None:
        if connection.placed:
            connection.placed = False
            self.taken -= 1
        self.works(connection)

    def waits(self, connection: "HttpProtocol") -> None:
        if connection.placed:
            self._waiting[connection] = None

    def works(self, connection: "HttpProtocol") -> None:
        """Its request is whole: from now on it is the gateway that takes time, or a WebSocket that is open."""
        self._waiting.pop(connection, None)


class HttpProtocol(web.RequestHandler):
    """One connection."""

    def __init__(self, manager: web.Server, places: Places, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=places.limits.header_s,
            # No access log: paths may hold a credential of a client that could not send a header.
            access_log=None,  # type: ignore[arg-type]
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_FIELD_BYTES,
            lingering_time=2.0,
        )
        self.places = places
        self.placed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self.places.arrive(self):
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.places.leave(self)
        super().connection_lost(exc)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer. The second value is whether the client is gone, as one that does not read is."""
        try:
            async with asyncio.timeout(self.places.limits.answer_s):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            if self.transport is not None:
                self.transport.abort()
            return resp, True
        finally:
            self.places.waits(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what could not be read (400), or to a fault of ours. `message` quotes the request: not used."""
        if status >= 500:
            log.error("A %s request failed: %s", request.method, describe(exc))
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun")
        response = gateway_problem("DEFAULT_5XX" if status >= 500 else "BAD_REQUEST_PARAMETERS")
        response.headers.update(HEADERS)  # it passes no signal of the application's
        response.force_close()
        return response

    def log_exception(self, *_: object, exc_info: object = None, **_kw: object) -> None:
        if not isinstance(exc_info, web.RequestPayloadError):  # the client's fault; it has been told
            log.error("A connection failed: %s", describe(exc_info))


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, limits: HttpLimits = HttpLimits()
) -> AsyncIterator[None]:
    """Serve `app` until the end of the block."""
    loop = asyncio.get_running_loop()
    places = Places(limits)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    manager = runner.server
    assert manager is not None  # noqa: S101 - `setup` has made it
    listener = await loop.create_server(
        lambda: HttpProtocol(manager, places, loop=loop), host, port, backlog=BACKLOG, reuse_address=True
    )
    try:
        yield
    finally:
        listener.close()
        await runner.cleanup()  # ends the connections, too


def connections_that_fit(wanted: int) -> int:
    """Open files are raised to what the system allows; fewer connections than `wanted` where that is less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        needed = wanted + OTHER_DESCRIPTORS
        soft = needed if hard == resource.RLIM_INFINITY else min(hard, max(soft, needed))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, min(wanted, soft - OTHER_DESCRIPTORS))
