"""The gateway's HTTP connections: the ingest's bounded server, with API Gateway's words and a log of our own faults.

A request passes one deadline more than there: its body must be complete `body_s` after its header (`edge`).
"""

import contextlib
import logging
import resource
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from ingest_container.media import http_server
from local.gateway.frames import MaskedFrames
from local.gateway.headers import HEADERS
from local.gateway.problems import gateway_problem
from local.gateway.reporting import log_fields

log = logging.getLogger(__name__)

# Descriptors for everything that is no connection: log files, the emulator, the handlers' calls.
OTHER_DESCRIPTORS = 256


@dataclass(frozen=True)
class HttpLimits(http_server.HttpLimits):
    """Of one gateway. API Gateway's own are of the same order.

    `line_bytes` is the parser's, past which a request is a bad one; `edge.MAX_TARGET_BYTES` is what is accepted.
    """

    connections: int = 2048
    header_s: float = 15.0
    body_s: float = 20.0
    answer_s: float = 20.0
    lingering_s: float = 2.0
    line_bytes: int = 64 * 1024
    field_bytes: int = 16 * 1024


class HttpProtocol(http_server.HttpConnection):
    """One connection. After a WebSocket handshake its client's frames must be masked."""

    def set_parser(self, parser: Any, data_received_cb: Callable[[], None] | None = None) -> None:
        super().set_parser(cast(Any, MaskedFrames(parser)), data_received_cb)

    def refusal(self, request: web.BaseRequest, status: int, exc: BaseException | None) -> web.Response:
        if status >= 500:
            log.error("A request failed", extra=log_fields("request_failed", method=request.method), exc_info=exc)
        response = gateway_problem("DEFAULT_5XX" if status >= 500 else "BAD_REQUEST_PARAMETERS")
        response.headers.update(HEADERS)  # it passes no signal of the application's
        return response

    def log_exception(self, *_: object, exc_info: object = None, **_kw: object) -> None:
        if not isinstance(exc_info, web.RequestPayloadError):  # the client's fault; it has been told
            error = exc_info if isinstance(exc_info, BaseException) else None
            log.error("A connection failed", extra=log_fields("connection_failed"), exc_info=error)


@contextlib.asynccontextmanager
async def listening(
    app: web.Application, host: str, port: int, limits: HttpLimits = HttpLimits()
) -> AsyncIterator[None]:
    """Serve `app` until the end of the block. A request is worked on to its end, as Lambda does."""
    with socket.create_server((host, port)) as bound:
        async with http_server.serving(app, bound, limits, HttpProtocol, give_up=False, shutdown_s=3):
            yield


def connections_that_fit(wanted: int) -> int:
    """Open files are raised to what the system allows; fewer connections than `wanted` where that is less."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        needed = wanted + OTHER_DESCRIPTORS
        soft = needed if hard == resource.RLIM_INFINITY else min(hard, max(soft, needed))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(16, min(wanted, soft - OTHER_DESCRIPTORS))
