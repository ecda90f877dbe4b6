"""The playback origin: playlists, parts, segments and init segments over HTTP, for a CDN or for players themselves.

    /live/{channel}/index.m3u8                 the channel's stream that runs
    /live/{channel}/{stream}/v.m3u8            its media playlist; _HLS_msn, _HLS_part, _HLS_skip (RFC 8216bis, 6.2.5)
    /live/{channel}/{stream}/{fence}/{name}    i{version}.mp4, p{msn}.{n}.m4s, s{msn}.m4s

Names of media never come again, so they are cached for a year; a playlist only as long as it is true; an error never.
What is private, blocked or not here is not found: 404 tells nothing.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from ingest_container.media.http_server import Handler, busy
from ingest_container.media.packager import Packager, Packaging
from ingest_container.media.playlist import Text
from ingest_container.media.rendition import Readiness

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
MEDIA_TYPE = "video/mp4"
FOREVER = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
INDEX_CACHE, PLAYLIST_CACHE, BLOCKING_CACHE = "public, max-age=2", "public, max-age=1", "public, max-age=60"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Age, Content-Length, Content-Range, Date, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Range",
    "Access-Control-Max-Age": "86400",
}

_NUMBER = re.compile(r"[0-9]{1,15}")

IsPublic = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True)
class OriginLimits:
    """`waiters`: blocked requests at once; `wait_s`: how long one is blocked, below a CDN's own limit (30 s)."""

    waiters: int = 4_096
    wait_s: float = 25.0


@dataclass(frozen=True, slots=True)
class _Directives:
    """What a client asks of a playlist."""

    msn: int | None
    part: int | None
    skip: bool


class Origin:
    """`is_public` says whether everybody may watch a channel; it is asked for channels that are live here only."""

    def __init__(self, packaging: Packaging, is_public: IsPublic, limits: OriginLimits = OriginLimits()) -> None:
        self._packaging = packaging
        self._is_public = is_public
        self._limits = limits
        self._waiting = 0

    def application(self) -> web.Application:
        app = web.Application(middlewares=[busy, _headers_of_all])
        app.router.add_get("/live/{channel}/index.m3u8", self._index)
        app.router.add_get("/live/{channel}/{stream}/v.m3u8", self._playlist)
        app.router.add_get(r"/live/{channel}/{stream}/{name:[0-9]+/[ips][0-9.]+\.m(?:p4|4s)}", self._media)
        return app

    # --- handlers ----------------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.StreamResponse:
        packager = self._packaging.current(request.match_info["channel"])
        if packager is None or packager.rendition.ended or not packager.rendition.is_ready:
            raise web.HTTPNotFound()
        await self._check_public(packager)
        text = packager.rendition.multivariant(f"{packager.stream_id}/v.m3u8", packager.frame_rate)
        return web.Response(body=text.encode(), headers={"Content-Type": PLAYLIST_TYPE, "Cache-Control": INDEX_CACHE})

    async def _playlist(self, request: web.Request) -> web.StreamResponse:
        packager = await self._packager(request)
        directives = _directives(request)
        rendition = packager.rendition
        cache = PLAYLIST_CACHE
        if directives.msn is not None:
            # A playlist that did not come in time is answered as it is: players read on, and it is not cached.
            in_time = await self._wait_for_playlist(packager, directives.msn, directives.part)
            cache = BLOCKING_CACHE if in_time else NO_STORE
        text = rendition.playlist(skip=directives.skip)
        if text is None:
            raise web.HTTPNotFound()
        return _text(request, text, cache)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        packager = await self._packager(request)
        name = request.match_info["name"]
        rendition = packager.rendition
        data = rendition.init_segment(name) or rendition.part_or_segment(name)
        if data is None and name == rendition.hint:
            await self._blocked(packager, lambda: name != rendition.hint)
            data = rendition.part_or_segment(name)
        if data is None:
            raise web.HTTPNotFound()
        return _bytes(request, data, f'"{name}"')

    # --- what they share ---------------------------------------------------------------------------------------

    async def _packager(self, request: web.Request) -> Packager:
        packager = self._packaging.of_stream(request.match_info["channel"], request.match_info["stream"])
        if packager is None:
            raise web.HTTPNotFound()
        await self._check_public(packager)
        return packager

    async def _check_public(self, packager: Packager) -> None:
        if not await self._is_public(packager.channel_id):
            raise web.HTTPNotFound()

    async def _wait_for_playlist(self, packager: Packager, msn: int, part: int | None) -> bool:
        rendition = packager.rendition
        if rendition.readiness(msn, part) is Readiness.IMPOSSIBLE:
            raise web.HTTPBadRequest(text="_HLS_msn or _HLS_part is too far ahead of the stream.\n")
        return await self._blocked(packager, lambda: rendition.readiness(msn, part) is not Readiness.WAIT)

    async def _blocked(self, packager: Packager, is_done: Callable[[], bool]) -> bool:
        """Whether it was done in time. Raises 503 where too many wait already."""
        if is_done():
            return True
        if self._waiting >= self._limits.waiters:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"}, text="Too many requests wait here.\n")
        loop = asyncio.get_running_loop()
        # Three target durations: by then a server is not to keep a client any longer (6.2.5.2).
        until = loop.time() + min(self._limits.wait_s, 3 * (packager.rendition.target_duration or 4))
        self._waiting += 1
        try:
            while not is_done():
                if packager.rendition.ended or not await packager.changed(until - loop.time()):
                    return is_done()
        finally:
            self._waiting -= 1
        return True


def _directives(request: web.Request) -> _Directives:
    """Raises 400 for what no client may ask (6.2.5.2)."""
    query = request.query
    numbers = {name: query.get(name) for name in ("_HLS_msn", "_HLS_part")}
    if any(value is not None and not _NUMBER.fullmatch(value) for value in numbers.values()):
        raise web.HTTPBadRequest(text="_HLS_msn and _HLS_part are whole numbers.\n")
    msn, part = (None if value is None else int(value) for value in numbers.values())
    if part is not None and msn is None:
        raise web.HTTPBadRequest(text="_HLS_part needs _HLS_msn.\n")
    skip = query.get("_HLS_skip")
    if skip not in (None, "YES", "v2"):
        raise web.HTTPBadRequest(text="_HLS_skip is YES or v2.\n")
    return _Directives(msn, part, skip is not None)


def _text(request: web.Request, text: Text, cache: str) -> web.Response:
    etag = f'W/"{text.tag}"'
    headers = {"Content-Type": PLAYLIST_TYPE, "Cache-Control": cache, "ETag": etag, "Vary": "Accept-Encoding"}
    if _is_known(request, etag):
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=text.gzipped, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=text.plain, headers=headers)


def _bytes(request: web.Request, data: bytes | memoryview, etag: str) -> web.Response:
    """The object, or the range of it that is asked for (RFC 9110, 14.2); a Range that makes no sense is ignored."""
    headers = {"Content-Type": MEDIA_TYPE, "Cache-Control": FOREVER, "ETag": etag, "Accept-Ranges": "bytes"}
    if _is_known(request, etag):
        return web.Response(status=304, headers=headers)
    try:
        wanted = request.http_range
    except ValueError:
        wanted = slice(None, None, 1)
    if wanted.start is None and wanted.stop is None:
        return web.Response(body=data, headers=headers)
    start, stop, _ = wanted.indices(len(data))
    if start >= stop:
        return web.Response(
            status=416, headers={"Content-Range": f"bytes */{len(data)}", "Cache-Control": NO_STORE, "ETag": etag}
        )
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:stop], headers=headers)


def _is_known(request: web.Request, etag: str) -> bool:
    """If-None-Match by weak comparison (RFC 9110, 13.1.2)."""
    value = request.headers.get("If-None-Match", "")
    return value == "*" or etag.removeprefix("W/") in [tag.strip().removeprefix("W/") for tag in value.split(",")]


@web.middleware
async def _headers_of_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """CORS on every answer, errors included; no error is kept by a cache."""
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=CORS | PREFLIGHT)
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        refused.headers.update(CORS | {"Cache-Control": NO_STORE})
        raise
    response.headers.update(CORS)
    return response
