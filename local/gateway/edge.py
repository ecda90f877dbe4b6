"""What every request passes and every answer carries, whichever part of the gateway it is for."""

import asyncio
import ipaddress
import re

from aiohttp import web
from aiohttp.typedefs import Middleware

from ingest_container.media.http_server import Handler, has_arrived
from local.gateway.problems import gateway_problem

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
# uri-host [":" port] (RFC 9110, 7.2; RFC 3986, 3.2.2), the host being an IP literal or a name.
HOST = re.compile(
    r"(?P<name>\[(?P<literal>[0-9A-Fa-f:.]{2,45})\]|[A-Za-z0-9._~!$&'()*+,;=%-]{1,255})(?::(?P<port>[0-9]{0,5}))?"
)
MAX_PORT = 65_535
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_TARGET_BYTES = 8 * 1024


@web.middleware
async def only_local_names(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host that is not this machine: a page whose name was re-pointed at 127.0.0.1 (DNS rebinding)."""
    authorities = _authorities(request)
    names = {host_name(authority) for authority in authorities}
    if None in names or not authorities:
        return gateway_problem("BAD_REQUEST_PARAMETERS")  # RFC 9112, 3.2
    if not names <= LOCAL_NAMES:
        return web.Response(status=421, text="This server answers to 127.0.0.1 and localhost only.\n")
    return await handler(request)


def _authorities(request: web.Request) -> list[str]:
    """The Host, which the parser lets come once, and that of an absolute target, which is the one that counts."""
    found = request.headers.getall("Host", [])
    scheme, separator, rest = request.raw_path.partition("://")
    if separator and "/" not in scheme:
        found.append(re.split("[/?#]", rest, maxsplit=1)[0])
    return found


def host_name(authority: str) -> str | None:
    """`localhost:8000` -> `localhost`; None for what is no host with or without a port."""
    found = HOST.fullmatch(authority)
    if found is None or int(found["port"] or 0) > MAX_PORT:
        return None
    try:
        if found["literal"]:
            ipaddress.IPv6Address(found["literal"])
    except ValueError:
        return None
    return found["name"].lower()


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
        has_arrived(request)
        return await handler(request)

    return read_first


def _last(response: web.Response) -> web.Response:
    """The rest of the request is not read."""
    response.force_close()
    return response
