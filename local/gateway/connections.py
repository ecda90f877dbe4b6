"""The open WebSocket connections: what `@connections` speaks to."""

import asyncio
import contextlib
import secrets
import time
from dataclasses import dataclass, field

from aiohttp import web

from chalicelib.domain.times import iso

# A client that does not read must not hold up the fan-out to the others.
SEND_TIMEOUT_S = 5.0


class Gone(Exception):
    """No such connection, or not any more (API Gateway's GoneException, 410)."""


@dataclass(eq=False)
class Connection:
    """One WebSocket; its `socket` is the real one once `$connect` has accepted.

    Times: `connected_at` and `last_active_at` are epoch seconds, `last_active` is of the event loop's clock.
    """

    source_ip: str
    user_agent: str
    socket: web.WebSocketResponse = field(default_factory=web.WebSocketResponse)
    # Like API Gateway's: opaque, and it ends with a sign that must be quoted in a path.
    connection_id: str = field(default_factory=lambda: f"{secrets.token_urlsafe(11)}=")
    connected_at: float = field(default_factory=time.time)
    last_active: float = 0.0
    last_active_at: float = field(default_factory=time.time)

    def touch(self) -> None:
        self.last_active = asyncio.get_running_loop().time()
        self.last_active_at = time.time()

    def describe(self) -> dict[str, object]:
        """GetConnection's answer."""
        return {
            "connectedAt": iso(int(self.connected_at * 1000)),
            "lastActiveAt": iso(int(self.last_active_at * 1000)),
            "identity": {"sourceIp": self.source_ip, "userAgent": self.user_agent},
        }


class Connections:
    """Open connections by id. One is in here from its accepted handshake to its end: as with API Gateway,
    nothing can be posted to a connection whose `$connect` handler still runs."""

    def __init__(self) -> None:
        self._open: dict[str, Connection] = {}

    def add(self, connection: Connection) -> None:
        connection.touch()
        self._open[connection.connection_id] = connection

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection.connection_id, None)

    def get(self, connection_id: str) -> Connection:
        """Raises Gone."""
        connection = self._open.get(connection_id)
        if connection is None or connection.socket.closed:
            raise Gone(connection_id)
        return connection

    async def post(self, connection_id: str, data: bytes) -> None:
        """Send a text message (a binary one if it is no UTF-8). Raises Gone, also for a client that does not read."""
        connection = self.get(connection_id)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                try:
                    await connection.socket.send_str(data.decode())
                except UnicodeDecodeError:
                    await connection.socket.send_bytes(data)
        except (TimeoutError, ConnectionError) as error:
            self.remove(connection)
            raise Gone(connection_id) from error
        connection.touch()

    async def close(self, connection_id: str) -> None:
        """DeleteConnection. Raises Gone."""
        connection = self.get(connection_id)
        self.remove(connection)
        await connection.socket.close(code=1000, message=b"Connection closed by the server")

    async def close_all(self) -> None:
        closing = [connection.socket.close(code=1001, message=b"Going away") for connection in self._open.values()]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.gather(*closing, return_exceptions=True)
