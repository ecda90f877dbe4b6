"""What the origin's answers look like: types, caching, compression, ranges, CORS."""

import re
from typing import Any
from zlib import crc32

from aiohttp import web

from ingest_container.base.clock import now_ms
from ingest_container.media.http_server import Handler
from ingest_container.media.playlist import Text

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
MEDIA_TYPE = "video/mp4"
FOREVER = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
THUMBNAIL_CACHE = "public, max-age=10"
INDEX_CACHE, STATUS_CACHE = "public, max-age=2", "public, max-age=2"
PLAYLIST_CACHE, BLOCKING_CACHE = "public, max-age=1", "public, max-age=60"
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

_EXPIRES = web.RequestKey("expires", int)
_MAX_AGE = re.compile(r"max-age=([0-9]+)")


def playlist(request: web.Request, text: Text, cache: str) -> web.Response:
    """Compressed for who takes it; 304 for who has it."""
    etag = f'W/"{text.tag}"'
    headers = {"Content-Type": PLAYLIST_TYPE, "Cache-Control": cache, "ETag": etag, "Vary": "Accept-Encoding"}
    if _is_known(request, etag):
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=text.gzipped, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=text.plain, headers=headers)


def media(request: web.Request, data: bytes | memoryview, etag: str) -> web.Response:
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


def thumbnail(request: web.Request, jpeg: bytes) -> web.Response:
    headers = {"Content-Type": "image/jpeg", "Cache-Control": THUMBNAIL_CACHE, "ETag": f'"{crc32(jpeg):08x}"'}
    if _is_known(request, headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(body=jpeg, headers=headers)


def status(document: dict[str, Any]) -> web.Response:
    return web.json_response(document, headers={"Cache-Control": STATUS_CACHE})


def unavailable(text: str) -> web.HTTPServiceUnavailable:
    """Players try again."""
    return web.HTTPServiceUnavailable(headers={"Retry-After": "1"}, text=f"{text}\n")


def _is_known(request: web.Request, etag: str) -> bool:
    """If-None-Match by weak comparison (RFC 9110, 13.1.2)."""
    value = request.headers.get("If-None-Match", "")
    return value == "*" or etag.removeprefix("W/") in [tag.strip().removeprefix("W/") for tag in value.split(",")]


@web.middleware
async def preflight(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A preflight request is answered whatever it is about."""
    if request.method == "OPTIONS":
        return web.Response(status=204, headers=PREFLIGHT)
    return await handler(request)


async def complete(request: web.Request, response: web.StreamResponse) -> None:
    """CORS on every answer, errors included; no error is kept by a cache, and nothing beyond its token's expiry."""
    response.headers.update(CORS)
    if response.status >= 400:
        response.headers["Cache-Control"] = NO_STORE
    elif "Cache-Control" in response.headers:
        response.headers["Cache-Control"] = bounded(request, response.headers["Cache-Control"])


def bounded(request: web.Request, cache: str) -> str:
    """This Cache-Control, but not beyond the expiry of the request's token."""
    age = _MAX_AGE.search(cache)
    if _EXPIRES not in request or age is None:
        return cache
    left = max(0, (request[_EXPIRES] - now_ms()) // 1000)
    return f"max-age={min(int(age[1]), left)}"


def not_kept_after(request: web.Request, at: int) -> None:
    """No cache is to keep the answer after this time (ms)."""
    request[_EXPIRES] = at
