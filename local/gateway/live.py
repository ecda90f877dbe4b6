"""`/live/...`: what a CDN in front of the ingest nodes would serve, from the node of this machine."""

import asyncio

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from ingest_container.media import forwarding
from local.gateway.problems import gateway_problem

# The headers of requests and responses that a CDN passes on.
FORWARDED = (*forwarding.FORWARDED, "Accept-Encoding")
RETURNED = (
    *forwarding.RETURNED,
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "Cross-Origin-Resource-Policy",
)
TIMEOUT_S = 30.0  # CloudFront's, for a response from the origin
ANSWER_S = 20.0  # for the client to receive it
PIECE = 256 * 1024  # bytes at a time
CONNECTIONS = 1_000  # to the node at once
METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REPORTS = "/viewers"  # the end of the paths that take a POST
MAX_BODY_BYTES = 1_024


class Live:
    """Forwards requests to the node's origin."""

    def __init__(self, origin_url: str) -> None:
        self._origin_url = origin_url
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        methods = METHODS | {"POST"} if request.path.endswith(REPORTS) else METHODS
        if request.method not in methods:
            refusal = gateway_problem("METHOD_NOT_ALLOWED")
            refusal.headers["Allow"] = ", ".join(sorted(methods))
            return refusal
        if request.method == "POST" and request.content_length is None:
            return gateway_problem("BAD_REQUEST_BODY", status=411)
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return gateway_problem("REQUEST_TOO_LARGE", status=413)
        body = await request.read() if request.method == "POST" else None
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=TIMEOUT_S),
                auto_decompress=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
            )
        # Of aiohttp's own making none is added: what the origin is told is what the client said.
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        headers["X-Forwarded-For"] = ", ".join([*request.headers.getall("X-Forwarded-For", []), request.remote or ""])
        url = URL(f"{self._origin_url}{request.rel_url.raw_path_qs}", encoded=True)
        try:
            async with self._session.request(
                request.method, url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return await _handed_on(request, answer)
        except (aiohttp.ClientError, TimeoutError):
            refusal = gateway_problem("INTEGRATION_FAILURE", status=502)
            refusal.headers["Cache-Control"] = "no-store"
            return refusal


async def _handed_on(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    """As it comes, so that a long part begins before its end is here. A client that does not read is let go of."""
    headers = CIMultiDict((name, answer.headers[name]) for name in RETURNED if name in answer.headers)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = answer.content_length
    try:
        async with asyncio.timeout(ANSWER_S):
            await response.prepare(request)
            if request.method != "HEAD":
                async for piece in answer.content.iter_chunked(PIECE):
                    await response.write(piece)
            await response.write_eof()
    except (aiohttp.ClientError, TimeoutError):  # the answer has begun: there is no other word for its end
        if request.transport is not None:
            request.transport.abort()
    return response
