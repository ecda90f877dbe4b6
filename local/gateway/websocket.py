"""The WebSocket API: handshakes and messages as API Gateway's events for the app's handlers."""

import asyncio
import base64
import contextlib
import json
import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from chalice.app import Chalice

from local.gateway.connections import Connection, Connections, Gone
from local.gateway.functions import Functions, Handler
from local.gateway.reporting import log_fields
from local.settings import STAGE

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class End:
    """What `$connect` answered beside the handshake: when the connection is to end (epoch ms), and the last message."""

    expires_at: int
    last_message: bytes

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "End | None":
        with contextlib.suppress(ValueError, TypeError, KeyError):
            body = json.loads(answer["body"])
            return cls(int(body["expires_at"]), json.dumps(body["last_message"]).encode())
        return None


@dataclass(frozen=True)
class Limits:
    """API Gateway's quotas for WebSocket APIs."""

    idle_s: float = 600
    lifetime_s: float = 7200
    # A frame. A message may have four of them, but no client of ours fragments, so the frame's limit is the message's.
    message_bytes: int = 32 * 1024


class WebSocketApi:
    """The app's WebSocket handlers as one aiohttp handler."""

    def __init__(self, app: Chalice, functions: Functions, connections: Connections, limits: Limits = Limits()) -> None:
        self._app = app
        self._functions = functions
        self._connections = connections
        self._limits = limits
        self._handlers: dict[str, Handler] = {
            route: app.handler_map[config.name] for route, config in app.websocket_handlers.items()
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Ask `$connect`; its 2xx opens the connection, every other status is the handshake's answer."""
        if not web.WebSocketResponse().can_prepare(request):
            return web.Response(status=426, headers={"Upgrade": "websocket"}, text="This is a WebSocket endpoint.\n")
        connection = Connection(request.remote or "", request.headers.get("User-Agent", ""))
        event = self._event(connection, request, "$connect", "CONNECT") | _handshake(request)
        try:
            answer = await self._call("$connect", event)
        except Exception:
            log.exception("A WebSocket handler failed", extra=log_fields("handler_failed", route="$connect"))
            return web.Response(status=502)
        status = int(answer.get("statusCode", 200))
        if not 200 <= status < 300:
            return web.Response(status=status)
        headers = {name.lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
        selected = headers.get("sec-websocket-protocol")
        connection.socket = web.WebSocketResponse(
            protocols=[selected] if selected else [],
            max_msg_size=self._limits.message_bytes,
            # As with API Gateway. Its contexts would be most of what an idle connection holds: 0.3 MB each.
            compress=False,
        )
        await connection.socket.prepare(request)
        await self._serve(connection, request, End.of(answer))
        return connection.socket

    async def _serve(self, connection: Connection, request: web.Request, end: End | None) -> None:
        self._connections.add(connection)
        watch = asyncio.create_task(self._end_in_time(connection, end))
        try:
            async for message in connection.socket:
                connection.touch()
                await self._message(connection, request, message)
        finally:
            watch.cancel()
            self._connections.remove(connection)
            event = self._event(connection, request, "$disconnect", "DISCONNECT")
            event["requestContext"] |= {
                "disconnectStatusCode": connection.socket.close_code or WSCloseCode.ABNORMAL_CLOSURE,
                "disconnectReason": "",
            }
            # A task of its own: this one may have been cancelled by the client's end.
            if "$disconnect" in self._handlers:
                await asyncio.shield(self._functions.invoke_later("$disconnect", self._handlers["$disconnect"], event))

    async def _message(self, connection: Connection, request: web.Request, message: WSMessage) -> None:
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        binary = message.type is WSMsgType.BINARY
        text = base64.b64encode(message.data).decode() if binary else str(message.data)
        route = self._route(text)
        if route is None:
            await self._complain(connection, "Forbidden")
            return
        event = self._event(connection, request, route, "MESSAGE") | {"body": text, "isBase64Encoded": binary}
        event["requestContext"]["messageId"] = str(uuid.uuid4())
        try:
            await self._call(route, event)
        except Exception:
            log.exception("A WebSocket handler failed", extra=log_fields("handler_failed", route=route))
            await self._complain(connection, "Internal server error")

    def _route(self, text: str) -> str | None:
        """Route selection by `$request.body.action`."""
        with contextlib.suppress(ValueError, RecursionError):
            body = json.loads(text)
            action = body.get("action") if isinstance(body, dict) else None
            # `$connect` and `$disconnect` are chosen by what happens, never by what a client says.
            if isinstance(action, str) and not action.startswith("$") and action in self._handlers:
                return action
        return "$default" if "$default" in self._handlers else None

    async def _complain(self, connection: Connection, what: str) -> None:
        with contextlib.suppress(ConnectionError):
            await connection.socket.send_json(
                {"message": what, "connectionId": connection.connection_id, "requestId": str(uuid.uuid4())}
            )

    async def _call(self, route: str, event: dict[str, Any]) -> dict[str, Any]:
        handler = self._handlers.get(route)
        answer = await self._functions.invoke(route, handler, event) if handler else None
        return answer if isinstance(answer, dict) else {}

    async def _end_in_time(self, connection: Connection, end: End | None) -> None:
        """Close after the idle time without a message in either direction, at the end of the connection's life, and
        when `$connect` said: where API Gateway has no timer for that, a laptop shows at once what clients must do."""
        clock = asyncio.get_running_loop().time
        over = clock() + self._limits.lifetime_s
        expires = clock() + end.expires_at / 1000 - time.time() if end is not None else over
        while True:
            due = min(over, expires, connection.last_active + self._limits.idle_s)
            if clock() >= due:
                break
            await asyncio.sleep(due - clock())
        if end is not None and due == expires:
            with contextlib.suppress(Gone):
                await self._connections.post(connection.connection_id, end.last_message)
            await connection.socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"Expired")
        else:
            await connection.socket.close(code=WSCloseCode.GOING_AWAY, message=b"Going away")

    def _event(self, connection: Connection, request: web.Request, route: str, kind: str) -> dict[str, Any]:
        now = time.time()
        return {
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "extendedRequestId": str(uuid.uuid4()),
                "requestId": str(uuid.uuid4()),
                "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
                "requestTimeEpoch": int(now * 1000),
                "messageDirection": "IN",
                "stage": STAGE,
                "apiId": "local",
                "domainName": request.host,
                "connectionId": connection.connection_id,
                "connectedAt": int(connection.connected_at * 1000),
                "identity": {"sourceIp": connection.source_ip, "userAgent": connection.user_agent},
            },
            "isBase64Encoded": False,
        }


def _handshake(request: web.Request) -> dict[str, Any]:
    """The parts of the event that only `$connect` has."""
    event: dict[str, Any] = {
        "headers": dict(request.headers),
        "multiValueHeaders": {name: request.headers.getall(name) for name in request.headers},
    }
    if request.query:
        event["queryStringParameters"] = {name: request.query.getall(name)[-1] for name in request.query}
        event["multiValueQueryStringParameters"] = {name: request.query.getall(name) for name in request.query}
    return event
