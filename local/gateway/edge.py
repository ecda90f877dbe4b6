"""What every request passes and every answer carries, whichever part of the gateway it is for."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from local.gateway.problems import gateway_problem
from local.gateway.protocol import HttpProtocol

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_TARGET_BYTES = 8 * 1024


@web.middleware
async def only_local_names(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host that is not this machine: a page whose name was re-pointed at 127.0.0.1 (DNS rebinding)."""
    host = request.headers.get("Host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in LOCAL_NAMES:
        return web.Response(status=421, text="This server answers to 127.0.0.1 and localhost only.\n")
    return await handler(request)


@web.middleware
async def only_sound_targets(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a target that is too long (414), or with a control character in it: there is no such path (404)."""
    if len(request.path_qs) > MAX_TARGET_BYTES:
        return gateway_problem("BAD_REQUEST_PARAMETERS", status=414)
    if any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in request.path):
        return gateway_problem("RESOURCE_NOT_FOUND")
    return await handler(request)


def whole_bodies(body_s: float) -> Middleware:
    """The handler is called with a request whose body has been read, within `body_s` and its bound."""

    @web.middleware
    async def read_first(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return _last(gateway_problem("REQUEST_TOO_LARGE"))
        try:
            async with asyncio.timeout(body_s):
                await request.read()
        except TimeoutError:
            return _last(gateway_problem("BAD_REQUEST_BODY", status=408))
        except web.HTTPRequestEntityTooLarge:
            return _last(gateway_problem("REQUEST_TOO_LARGE"))
        except web.RequestPayloadError:
            return _last(gateway_problem("BAD_REQUEST_BODY"))
        if isinstance(request.protocol, HttpProtocol):
            request.protocol.places.works(request.protocol)
        return await handler(request)

    return read_first


def _last(response: web.Response) -> web.Response:
    """The rest of the request is not read."""
    response.force_close()
    return response
