"""The origin's HTTP server: aiohttp's, with bounds on connections, headers and time.

A request's header must be complete `header_s` after the connection or the answer before it; a client must have taken an
answer `answer_s` after it was made. A connection beyond `connections` takes the place of the one that has been idle
longest. Nothing is logged of a request: its target is the client's text.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

MAX_LINE_BYTES = 4 * 1024
MAX_FIELD_BYTES = 4 * 1024
BACKLOG = 512

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class HttpLimits:
    """Of one origin."""

    connections: int = 4_096
    header_s: float = 30.0
    answer_s: float = 20.0


class _Connections:
    """Those that are open, and of them those that are idle, the longest first."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self._open: set[_Connection] = set()
        self._idle: dict[_Connection, None] = {}

    def arrive(self, connection: "_Connection") -> bool:
        """False if all places are taken and nobody is idle."""
        if len(self._open) >= self.limits.connections:
            oldest = next(iter(self._idle), None)
            if oldest is None:
                return False
            self.leave(oldest)
            oldest.force_close()
        self._open.add(connection)
        self._idle[connection] = None
        return True

    def leave(self, connection: "_Connection") -> None:
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def works(self, connection: "_Connection") -> None:
        """Its request is here: from now on it waits for us."""
        self._idle.pop(connection, None)

    def rests(self, connection: "_Connection") -> None:
        """It has had its answer."""
        if connection in self._open:
            self._idle[connection] = None


class _Connection(web.RequestHandler):
    """One connection."""

    def __init__(self, manager: web.Server, connections: _Connections, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            manager,
            loop=loop,
            keepalive_timeout=connections.limits.header_s,
            access_log=None,  # type: ignore[arg-type]
            max_line_size=MAX_LINE_BYTES,
            max_field_size=MAX_FIELD_BYTES,
            lingering_time=1.0,
        )
        self.connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self.connections.arrive(self):
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.connections.leave(self)
        super().connection_lost(exc)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer. The second value is whether the client is gone, as one that does not read is."""
        try:
            async with asyncio.timeout(self.connections.limits.answer_s):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            if self.transport is not None:
                self.transport.abort()
            return resp, True
        finally:
            self.connections.rests(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What could not be read (400), or a fault of ours. `message` quotes the request: it is not used."""
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun")
        response = web.Response(status=status, headers={"Cache-Control": "no-store"})
        response.force_close()
        return response

    def log_exception(self, *_: object, **_kw: object) -> None:
        """A request that cannot be read is its client's fault."""


@web.middleware
async def busy(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A connection whose request is being answered gives its place to nobody."""
    if isinstance(request.protocol, _Connection):
        request.protocol.connections.works(request.protocol)
    return await handler(request)


@contextlib.asynccontextmanager
async def serving(app: web.Application, bound: socket.socket, limits: HttpLimits = HttpLimits()) -> AsyncIterator[None]:
    """Serve `app` on a bound socket until the end of the block. A request whose client has gone is given up."""
    loop = asyncio.get_running_loop()
    connections = _Connections(limits)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    manager = runner.server
    assert manager is not None  # noqa: S101 - `setup` has made it
    listener = await loop.create_server(lambda: _Connection(manager, connections, loop), sock=bound, backlog=BACKLOG)
    try:
        yield
    finally:
        listener.close()
        await runner.cleanup()  # ends the connections, too
