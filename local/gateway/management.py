"""The `@connections` management API that boto3's `apigatewaymanagementapi` client calls."""

import json
from datetime import UTC, datetime

from aiohttp import web

from local.gateway.connections import Connections, Gone
from local.gateway.signature import Received, Unsigned, Verifier

MAX_MESSAGE_BYTES = 128 * 1024


class ManagementApi:
    """POST, GET and DELETE of `/@connections/{connection_id}`."""

    def __init__(self, connections: Connections, verifier: Verifier) -> None:
        self._connections = connections
        self._verifier = verifier

    async def handle(self, request: web.Request) -> web.Response:
        try:
            self._verifier.check(await _received(request), datetime.now(UTC))
        except Unsigned as refusal:
            return _error(403, refusal.kind, refusal.message)
        connection_id = request.match_info["connection_id"]
        try:
            match request.method:
                case "POST":
                    data = await request.read()
                    if len(data) > MAX_MESSAGE_BYTES:
                        return _error(413, "PayloadTooLargeException", "Message too long")
                    await self._connections.post(connection_id, data)
                    return web.Response()
                case "GET":
                    return web.json_response(self._connections.get(connection_id).describe())
                case "DELETE":
                    await self._connections.close(connection_id)
                    return web.Response(status=204)
                case _:
                    return _error(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        except Gone:
            return _error(410, "GoneException", "Gone")


async def _received(request: web.Request) -> Received:
    headers = {name.lower(): ",".join(request.headers.getall(name)) for name in request.headers}
    return Received(request.method, request.raw_path, headers, await request.read())


def _error(status: int, kind: str, message: str) -> web.Response:
    return web.Response(
        status=status,
        text=json.dumps({"message": message}),
        content_type="application/json",
        headers={"x-amzn-ErrorType": kind},
    )
