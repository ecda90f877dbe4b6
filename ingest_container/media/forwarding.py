"""Requests for a stream that another node carries, handed on to that node's origin.

Requests for one object at one time are one request to the other node, and none is handed on twice: a request from
another node carries `CDN-Loop` (RFC 8586). A node that cannot be reached is 503, at once.
"""

import asyncio
import socket
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from ingest_container.base.sockets import notice_death
from ingest_container.media.transfers import Head, Transfer

LOOP_HEADER, OURS = "CDN-Loop", "stream-sync"
FORWARDED = ("Range", "If-None-Match")
DIRECTIVES = ("_HLS_msn", "_HLS_part", "_HLS_skip")
RETURNED = (
    "Content-Type",
    "Content-Encoding",
    "Content-Range",
    "Accept-Ranges",
    "Cache-Control",
    "ETag",
    "Vary",
    "Retry-After",
)
Key = tuple[str | tuple[str, str], ...]
RELAYED = frozenset({200, 204, 400, 404, 408, 411, 413, 429, 503})
MAX_RELAYED_BYTES = 1024
ANSWERS = frozenset({200, 206, 304, 400, 403, 404, 416, 503})  # of an origin; anything else is a fault


@dataclass(frozen=True)
class ForwardLimits:
    """`head_s` is for the first byte: longer than the other origin lets a request wait. `held`: bytes in memory."""

    transfers: int = 4_096
    connect_s: float = 1.0
    head_s: float = 27.0
    body_s: float = 20.0
    answer_s: float = 20.0
    relay_s: float = 3.0
    held: int = 256 * 1024 * 1024


class NotForwarded(Exception):
    """The other node cannot be reached, does not answer in time, or answers what no origin does."""


class Forwarding:
    """To the other nodes' origins. `close` it in the end."""

    def __init__(self, limits: ForwardLimits = ForwardLimits()) -> None:
        self._limits = limits
        self._session: aiohttp.ClientSession | None = None
        self._transfers: dict[Key, Transfer] = {}
        self._held = 0

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def answer(self, request: web.Request, origin: str) -> web.StreamResponse:
        """What the origin at `origin` (host and port) answers to it. Raises NotForwarded."""
        key, transfer = self._join(request, origin)
        try:
            head = await transfer.head()
            return await self._sent(request, head, transfer)
        finally:
            transfer.left()
            if not transfer.readers:  # it is given up, even if its task has yet to notice
                self._forget(key, transfer)

    async def relay(self, request: web.Request, origin: str, body: bytes) -> web.Response:
        """What it answers to this POST, told which client it came from. Raises NotForwarded."""
        limits = self._limits
        if self._session is None:
            self._session = _session(limits)
        url = URL(f"http://{origin}{request.rel_url.raw_path}", encoded=True)
        hops = [*request.headers.getall("X-Forwarded-For", []), request.remote or ""]
        headers = {LOOP_HEADER: OURS, "X-Forwarded-For": ", ".join(hops)}
        try:
            async with asyncio.timeout(limits.connect_s + limits.relay_s):
                async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                    if answer.status not in RELAYED:
                        raise NotForwarded(f"It answered {answer.status}")
                    kept = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
                    content = await answer.content.read(MAX_RELAYED_BYTES)
                    return web.Response(status=answer.status, body=content, headers=kept)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotForwarded(type(error).__name__) from None

    # --- to the other node -------------------------------------------------------------------------------------

    def _join(self, request: web.Request, origin: str) -> tuple[Key, Transfer]:
        """The transfer of what `request` asks for: the one under way, or a new one."""
        query = {name: request.query[name] for name in DIRECTIVES if name in request.query}
        url = URL(f"http://{origin}{request.rel_url.raw_path}", encoded=True).with_query(query)
        headers = {name: request.headers[name] for name in FORWARDED if name in request.headers}
        headers["Accept-Encoding"] = "gzip" if "gzip" in request.headers.get("Accept-Encoding", "") else "identity"
        key: Key = (request.method, str(url), *headers.items())
        transfer = self._transfers.get(key)
        if transfer is None:
            if len(self._transfers) >= self._limits.transfers or self._held >= self._limits.held:
                raise NotForwarded("Too much is handed on already")
            transfer = self._transfers[key] = Transfer(self._took)
            task = transfer.task = asyncio.create_task(self._fill(transfer, request.method, url, headers))
            task.add_done_callback(lambda _: self._forget(key, transfer))
        transfer.readers += 1
        return key, transfer

    def _forget(self, key: Key, transfer: Transfer) -> None:
        if self._transfers.get(key) is transfer:
            del self._transfers[key]

    def _took(self, size: int) -> None:
        self._held += size

    async def _fill(self, transfer: Transfer, method: str, url: URL, headers: dict[str, str]) -> None:
        try:
            await self._fetch(transfer, method, url, headers | {LOOP_HEADER: OURS})
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            transfer.end(NotForwarded(type(error).__name__))
        except NotForwarded as error:
            transfer.end(error)
        else:
            transfer.end()

    async def _fetch(self, transfer: Transfer, method: str, url: URL, headers: dict[str, str]) -> None:
        limits = self._limits
        if self._session is None:
            self._session = _session(limits)
        async with asyncio.timeout(limits.connect_s + limits.head_s) as deadline:
            async with self._session.request(method, url, headers=headers, allow_redirects=False) as answer:
                if answer.status not in ANSWERS:
                    raise NotForwarded(f"It answered {answer.status}")
                deadline.reschedule(asyncio.get_running_loop().time() + limits.body_s)
                kept = CIMultiDict((name, answer.headers[name]) for name in RETURNED if name in answer.headers)
                transfer.begin(Head(answer.status, kept, answer.content_length))
                async for piece in answer.content.iter_any():
                    if self._held >= limits.held:
                        raise NotForwarded("Too much is handed on already")
                    transfer.add(piece)

    # --- to the client -----------------------------------------------------------------------------------------

    async def _sent(self, request: web.Request, head: Head, transfer: Transfer) -> web.StreamResponse:
        response = web.StreamResponse(status=head.status, headers=head.headers)
        response.content_length = head.length
        try:
            async with asyncio.timeout(self._limits.answer_s):
                await response.prepare(request)
                if request.method != "HEAD":
                    async for piece in transfer.pieces():
                        await response.write(piece)
                await response.write_eof()
        except (NotForwarded, TimeoutError):
            # The answer has begun: its end is all that can still be said. A client that does not read is closed, too.
            if request.transport is not None:
                request.transport.abort()
        return response


def is_forwarded(request: web.Request) -> bool:
    """Whether another node sent it."""
    ids = ",".join(request.headers.getall(LOOP_HEADER, [])).split(",")
    return any(cdn.partition(";")[0].strip() == OURS for cdn in ids)


def _session(limits: ForwardLimits) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limits.transfers, socket_factory=_socket),
        timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_connect=limits.connect_s),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("User-Agent", "Accept"),
    )


def _socket(found: tuple[Any, ...]) -> socket.socket:
    family, kind, protocol, _, _ = found
    made = socket.socket(family, kind, protocol)
    notice_death(made)
    return made
