"""The `@connections` management API that boto3's `apigatewaymanagementapi` client calls."""

import json

from aiohttp import web

from local.gateway.connections import Connections, Gone

MAX_MESSAGE_BYTES = 128 * 1024


class ManagementApi:
    """POST, GET and DELETE of `/@connections/{connection_id}`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def handle(self, request: web.Request) -> web.Response:
        # Signatures are not checked here, but a browser cannot send this header to us from another site: it needs a
        # preflight that we do not answer.
        if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return _error(403, "ForbiddenException", "Missing Authentication Token")
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
                    return _error(403, "ForbiddenException", "Missing Authentication Token")
        except Gone:
            return _error(410, "GoneException", "Gone")


def _error(status: int, kind: str, message: str) -> web.Response:
    return web.Response(
        status=status,
        text=json.dumps({"message": message}),
        content_type="application/json",
        headers={"x-amzn-ErrorType": kind},
    )
