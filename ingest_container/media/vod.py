"""Recordings over HTTP, from the folder or bucket that they are kept in.

    /vod/{stream}/index.m3u8      EVENT while the stream runs, then VOD
    /vod/{stream}/{segment}       and init segments, and the poster
    /vod/{stream}/download.mp4    all of it as one fragmented MP4, put together as it is sent
    /vod/{stream}/{token}/...     all of this with a playback token, which a private recording needs

Names are matched against those that recordings have, so no path leads anywhere else. Reads are in threads, a piece at a
time: neither a long recording nor a slow client costs memory.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from typing import ParamSpec, Protocol, TypeVar

from aiohttp import web

from chalicelib.domain.recording_objects import (
    CACHE,
    CACHE_RUNNING,
    DOWNLOAD,
    INDEX,
    MEDIA_TYPE,
    PLAYLIST_TYPE,
    in_order,
    is_served,
    is_stream_folder,
    one_file,
    type_of,
)
from chalicelib.domain.recordings import RecordingReason, StorageFailed
from chalicelib.services.reading.recordings import RecordingView
from chalicelib.services.recordings.storage import ObjectStore
from ingest_container.base.lookups import Unavailable
from ingest_container.media import answers, path_tokens
from ingest_container.media.answers import CORS, NO_STORE, PREFLIGHT

PIECE = 512 * 1024  # bytes read and sent at a time
PIECE_S = 20.0  # for the client to take one
MAX_INDEX = 16 * 1024 * 1024
DOWNLOADS = 128  # at once
THREADS = 16  # that read
P = ParamSpec("P")
R = TypeVar("R")

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class _Piece:
    """An object and its place in what is sent."""

    name: str
    start: int
    size: int


class Directory(Protocol):
    """Raises `lookups.Unavailable`."""

    async def recording(self, stream_id: str) -> RecordingView | None:
        """None where nobody may watch."""


class Vod:
    """Serves what `store` has, to those who may watch it."""

    def __init__(self, store: ObjectStore, directory: Directory) -> None:
        self._store = store
        self._directory = directory
        self._threads = ThreadPoolExecutor(
            THREADS, thread_name_prefix="vod"
        )  # so that a storage that hangs holds up nobody else
        self._downloads = 0

    def add_to(self, app: web.Application) -> None:
        app.on_cleanup.append(self._close)
        for folder in ("/vod/{stream}", f"/vod/{{stream}}/{{token:{path_tokens.JWT}}}"):
            app.router.add_route("*", f"{folder}/{{name}}", self.handle)

    async def _close(self, _: web.Application) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _read(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: call(*args, **kwargs))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """CORS on every answer, errors included; no error is kept by a cache."""
        if request.method == "OPTIONS":
            return web.Response(status=204, headers=CORS | PREFLIGHT)
        try:
            return await self._answer(request)
        except web.HTTPException as refused:
            refused.headers.update(CORS | {"Cache-Control": NO_STORE})
            raise
        except StorageFailed:
            raise web.HTTPBadGateway(
                headers=CORS | {"Cache-Control": NO_STORE}, text="The storage of recordings does not answer.\n"
            ) from None

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD", "OPTIONS"])
        stream, name = request.match_info["stream"], request.match_info["name"]
        if not is_stream_folder(stream) or not (name == DOWNLOAD or is_served(name)):
            raise web.HTTPNotFound()
        await self._check(request, stream)
        if name == DOWNLOAD:
            return await self._download(request, stream)
        if name == INDEX:
            return await self._index(request, stream)
        size = await self._read(self._store.size, stream, name)
        if size is None:
            raise web.HTTPNotFound()
        headers = {"Content-Type": type_of(name), "Cache-Control": CACHE, "ETag": f'"{name}.{size}"'}
        return await self._send(request, stream, [_Piece(name, 0, size)], headers)

    async def _check(self, request: web.Request, stream: str) -> None:
        """Raises 404 where the client may not watch, 403 where it might have, 503 where nobody can tell."""
        try:
            recording = await self._directory.recording(stream)
        except Unavailable:
            raise answers.unavailable("The recording cannot be looked up.") from None
        if recording is None:
            raise web.HTTPNotFound()
        has_token = path_tokens.check(request, recording.channel_id)
        if recording.is_private and not has_token:
            raise web.HTTPNotFound()

    async def _index(self, request: web.Request, stream: str) -> web.StreamResponse:
        text = await self._read(self._store.get, stream, INDEX, 0, MAX_INDEX)
        if text is None:
            raise web.HTTPNotFound()
        cache = answers.bounded(request, CACHE if text.endswith(b"#EXT-X-ENDLIST\n") else CACHE_RUNNING)
        response = web.Response(body=text, headers=CORS | {"Content-Type": PLAYLIST_TYPE, "Cache-Control": cache})
        response.enable_compression()
        return response

    async def _download(self, request: web.Request, stream: str) -> web.StreamResponse:
        index = await self._read(self._store.get, stream, INDEX, 0, MAX_INDEX)
        if index is None or not index.endswith(b"#EXT-X-ENDLIST\n"):
            raise web.HTTPNotFound(text="There is no such recording, or it goes on.\n")
        if self._downloads >= DOWNLOADS:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}, text="Too many downloads at once.\n")
        self._downloads += 1
        try:
            sizes = await self._read(self._store.sizes, stream)
            names = [name for name in one_file(in_order(sizes)) if name in sizes]
            starts = accumulate((sizes[name] for name in names), initial=0)
            pieces = [_Piece(name, start, sizes[name]) for name, start in zip(names, starts, strict=False)]
            if not pieces:
                raise web.HTTPNotFound()
            headers = {
                "Content-Type": MEDIA_TYPE,
                "Cache-Control": CACHE,
                "Content-Disposition": f'attachment; filename="{stream}.mp4"',
                "ETag": f'"{len(pieces)}.{pieces[-1].start + pieces[-1].size}"',
            }
            return await self._send(request, stream, pieces, headers)
        finally:
            self._downloads -= 1

    async def _send(
        self, request: web.Request, stream: str, pieces: list[_Piece], headers: dict[str, str]
    ) -> web.StreamResponse:
        """All of it, or the one range that is asked for (RFC 9110, 14.2); other Range headers are ignored."""
        headers = CORS | headers | {"Accept-Ranges": "bytes"}
        headers["Cache-Control"] = answers.bounded(request, headers["Cache-Control"])
        etag, size = headers["ETag"], pieces[-1].start + pieces[-1].size
        if request.headers.get("If-None-Match") in ("*", etag):
            return web.Response(status=304, headers=headers)
        wanted = _range(request, etag, size)
        if wanted is not None and wanted[0] >= wanted[1]:
            refusal = CORS | {"Content-Range": f"bytes */{size}", "Cache-Control": NO_STORE}
            return web.Response(status=416, headers=refusal)
        start, stop = wanted or (0, size)
        if wanted is not None:
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        response = web.StreamResponse(status=200 if wanted is None else 206, headers=headers)
        response.content_length = stop - start
        await response.prepare(request)
        if request.method != "HEAD":
            await self._write(request, response, stream, pieces, start, stop)
        return response

    async def _write(
        self,
        request: web.Request,
        response: web.StreamResponse,
        stream: str,
        pieces: list[_Piece],
        start: int,
        stop: int,
    ) -> None:
        try:
            for piece in pieces:
                at, until = max(start, piece.start), min(stop, piece.start + piece.size)
                while at < until:
                    to = min(until, at + PIECE)
                    data = await self._read(self._store.get, stream, piece.name, at - piece.start, to - piece.start)
                    if data is None or len(data) != to - at:
                        raise StorageFailed(RecordingReason.STORAGE_CORRUPT)
                    async with asyncio.timeout(PIECE_S):
                        await response.write(data)
                    at = to
            await response.write_eof()
        except (StorageFailed, TimeoutError):  # the answer has begun: there is no other word for its end
            if request.transport is not None:
                request.transport.abort()


def _range(request: web.Request, etag: str, size: int) -> tuple[int, int] | None:
    """From where up to where; None for everything. Empty where nothing of it is there."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or found[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found[1], found[2]
    if not first:
        return max(0, size - int(last)), size
    stop = size if not last else min(size, int(last) + 1)
    if last and int(last) < int(first):
        return None
    return int(first), max(stop, 0)
