"""aiohttp's HTTP server with bounds on connections, headers and time: for the origin, and for the local gateway.

A request's header must be complete `header_s` after the connection or the answer before it; a client must have taken an
answer `answer_s` after it was made. A connection beyond `connections` takes the place of the one that has been idle
longest; beyond `per_client` of one client the new one is closed. Nothing is logged of a request: its target is the
client's text.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from chalicelib.domain.addresses import LOOPBACK, Network
from ingest_container.base.shares import Shares

BACKLOG = 512

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class HttpLimits:
    """Of one server: connections in all, and of one client. The rest of a refused request is read for `lingering_s`."""

    connections: int = 4_096
    per_client: int = 256
    header_s: float = 30.0
    answer_s: float = 20.0
    lingering_s: float = 1.0
    line_bytes: int = 4 * 1024
    field_bytes: int = 4 * 1024


class Places:
    """The connections that are open, and of them those that are idle, the longest first."""

    def __init__(self, limits: HttpLimits, own_networks: Sequence[Network] = ()) -> None:
        """`own_networks`: clients that have no limit of their own."""
        self.limits = limits
        self._shares = Shares(limits.per_client, own_networks)
        self._open: set[HttpConnection] = set()
        self._idle: dict[HttpConnection, None] = {}

    def arrive(self, connection: "HttpConnection") -> bool:
        """False if all places are taken and nobody is idle, or its client has its share."""
        if not self._shares.take(connection.client):
            return False
        if len(self._open) >= self.limits.connections:
            oldest = next(iter(self._idle), None)
            if oldest is None:
                self._shares.give_back(connection.client)
                return False
            self.leave(oldest)
            oldest.force_close()
        self._open.add(connection)
        self._idle[connection] = None
        return True

    def leave(self, connection: "HttpConnection") -> None:
        if connection in self._open:
            self._open.discard(connection)
            self._shares.give_back(connection.client)
        self._idle.pop(connection, None)

    def works(self, connection: "HttpConnection") -> None:
        """Its request is here: from now on it waits for us."""
        self._idle.pop(connection, None)

    def rests(self, connection: "HttpConnection") -> None:
        """It has had its answer."""
        if connection in self._open:
            self._idle[connection] = None


class HttpConnection(web.RequestHandler):
    """One connection. A server with words of its own for what it cannot answer overrides `refusal`."""

    def __init__(self, manager: web.Server, places: Places, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=places.limits.header_s,
            # No access log: paths may hold a credential of a client that could not send a header.
            access_log=None,  # type: ignore[arg-type]
            max_line_size=places.limits.line_bytes,
            max_field_size=places.limits.field_bytes,
            lingering_time=places.limits.lingering_s,
        )
        self.places = places
        self.client = ""  # its address, once it is connected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.client = str(peer[0]) if peer else ""
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
            self.places.rests(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not be read (400), or a fault of ours. `message` quotes the request: it is not used."""
        response = self.refusal(request, status, exc)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun")
        response.force_close()
        return response

    def refusal(self, request: web.BaseRequest, status: int, exc: BaseException | None) -> web.Response:
        """What is answered then, whether or not it can still be sent."""
        return web.Response(status=status, headers={"Cache-Control": "no-store"})

    def log_exception(self, *_: object, **_kw: object) -> None:
        """Nothing: a request that cannot be read is its client's fault."""


def has_arrived(request: web.Request) -> None:
    """A connection whose request is being answered gives its place to nobody."""
    if isinstance(request.protocol, HttpConnection):
        request.protocol.places.works(request.protocol)


@web.middleware
async def busy(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For servers that answer a request without its body."""
    has_arrived(request)
    return await handler(request)


@contextlib.asynccontextmanager
async def serving(
    app: web.Application,
    bound: socket.socket,
    limits: HttpLimits = HttpLimits(),
    connection: type[HttpConnection] = HttpConnection,
    *,
    own_networks: Sequence[Network] = LOOPBACK,
    give_up: bool = True,
    shutdown_s: float = 1.0,
) -> AsyncIterator[None]:
    """Serve `app` on a bound socket until the end of the block. `give_up`: a request whose client has gone is ended."""
    loop = asyncio.get_running_loop()
    places = Places(limits, own_networks)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=give_up, shutdown_timeout=shutdown_s)
    await runner.setup()
    manager = runner.server
    assert manager is not None  # noqa: S101 - `setup` has made it
    listener = await loop.create_server(lambda: connection(manager, places, loop), sock=bound, backlog=BACKLOG)
    try:
        yield
    finally:
        listener.close()
        await runner.cleanup()  # ends the connections, too
