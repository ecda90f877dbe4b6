"""The playback origin: playlists, parts, segments and init segments over HTTP, for a CDN or for players themselves.

    /live/{channel}/index.m3u8                 the channel's stream that runs
    /live/{channel}/{stream}/v.m3u8            its media playlist; _HLS_msn, _HLS_part, _HLS_skip (RFC 8216bis, 6.2.5)
    /live/{channel}/{stream}/{fence}/{name}    i{version}.mp4, p{msn}.{n}.m4s, s{msn}.m4s
    /live/{channel}/thumb.jpg                  a picture of it, a minute old at most
    /live/{channel}/status.json                whether it runs, and how many watch
    /live/{channel}/viewers                    POST: a tab reports that it plays

Names of media never come again, so they are cached for a year; a playlist only as long as it is true; an error never.
What is private, blocked or not here is not found: 404 tells nothing. With a playback token (`services.playback_tokens`)
in the path a private channel is found: /live/{channel}/{token}/index.m3u8, and all that its playlists name. Once it has
expired, 403; and no cache is told to keep an answer for longer.

Every node answers for every channel. What another node has is fetched there:

    the row names this node, or this node's fence is newer than the row that was read    answered here
    the row names another node                                                           forwarded, once at most
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from chalicelib.domain.addresses import LOOPBACK, Network
from ingest_container.media import answers, path_tokens
from ingest_container.media.answers import BLOCKING_CACHE, INDEX_CACHE, NO_STORE, PLAYLIST_CACHE, PLAYLIST_TYPE
from ingest_container.media.carriers import Carriers, Directory
from ingest_container.media.channel_objects import ChannelObjects
from ingest_container.media.clients import WaitingRequests
from ingest_container.media.forwarding import Forwarding
from ingest_container.media.http_server import busy
from ingest_container.media.packager import Packager
from ingest_container.media.packaging import Packaging
from ingest_container.media.rendition import Readiness
from ingest_container.media.viewer_reports import ViewerReports

LOOK_AGAIN = 1.0  # seconds between two looks at it, while requests wait for the encoder

_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class OriginLimits:
    """`waiters`: requests that wait at once, in all and of one client; `wait_s`: how long one does, below a CDN's own
    limit (30 s)."""

    waiters: int = 4_096
    waiters_per_client: int = 256
    wait_s: float = 25.0


@dataclass(frozen=True, slots=True)
class _Directives:
    """What a client asks of a playlist."""

    msn: int | None
    part: int | None
    skip: bool


class Origin:
    """Of one node. Close `forwarding` after it."""

    def __init__(
        self,
        packaging: Packaging,
        directory: Directory,
        forwarding: Forwarding,
        reports: ViewerReports,
        limits: OriginLimits = OriginLimits(),
        forwarded_networks: Sequence[Network] = LOOPBACK,
    ) -> None:
        """`forwarded_networks`: whose X-Forwarded-For is believed, and who has no limit of their own."""
        self._waiting = WaitingRequests(limits.waiters, limits.waiters_per_client, forwarded_networks)
        self._carriers = Carriers(packaging, directory, forwarding, self._waiting)
        self._objects = ChannelObjects(self._carriers, reports)
        self._limits = limits

    def application(self) -> web.Application:
        app = web.Application(middlewares=[busy, answers.preflight])
        app.on_response_prepare.append(answers.complete)
        for channel in ("/live/{channel}", f"/live/{{channel}}/{{token:{path_tokens.JWT}}}"):
            app.router.add_get(f"{channel}/index.m3u8", self._index)
            app.router.add_get(f"{channel}/{{stream}}/v.m3u8", self._playlist)
            app.router.add_get(rf"{channel}/{{stream}}/{{name:[0-9]+/[ips][0-9.]+\.m(?:p4|4s)}}", self._media)
            self._objects.add_routes(app.router, channel)
        return app

    # --- handlers ----------------------------------------------------------------------------------------------

    async def _index(self, request: web.Request) -> web.StreamResponse:
        packager, carrier = await self._carriers.running(request)
        if self._carriers.is_elsewhere(request, packager, carrier):
            return await self._carriers.forward(request, carrier)
        if packager is None or packager.rendition.ended or not packager.rendition.is_ready:
            raise web.HTTPNotFound()
        packager.asked()
        text = packager.rendition.multivariant(f"{packager.stream_id}/v.m3u8", packager.frame_rate)
        return web.Response(body=text.encode(), headers={"Content-Type": PLAYLIST_TYPE, "Cache-Control": INDEX_CACHE})

    async def _playlist(self, request: web.Request) -> web.StreamResponse:
        directives = _directives(request)
        packager, carrier = await self._carriers.stream(request)
        if self._carriers.is_elsewhere(request, packager, carrier):
            return await self._carriers.forward(request, carrier)
        if packager is None:
            raise web.HTTPNotFound()
        packager.asked()
        cache = PLAYLIST_CACHE
        if directives.msn is not None:
            in_time = await self._wait_for_playlist(request, packager, directives.msn, directives.part)
            carrier = await self._carriers.present(request, packager)
            if self._carriers.is_elsewhere(request, packager, carrier):  # the encoder has come back to another node
                return await self._carriers.forward(request, carrier)
            if in_time is None:
                raise web.HTTPBadRequest(text="_HLS_msn or _HLS_part is too far ahead of the stream.\n")
            # A playlist that did not come in time is answered as it is: players read on, and it is not cached.
            cache = BLOCKING_CACHE if in_time else NO_STORE
        text = packager.rendition.playlist(skip=directives.skip)
        if text is None:
            raise web.HTTPNotFound()
        return answers.playlist(request, text, cache)

    async def _media(self, request: web.Request) -> web.StreamResponse:
        packager, carrier = await self._carriers.stream(request)
        name = request.match_info["name"]
        data = _object(packager, name)
        if data is None and self._carriers.is_elsewhere(request, packager, carrier):
            return await self._carriers.forward(request, carrier)
        if data is None and packager is not None and name == packager.rendition.hint:
            rendition = packager.rendition
            await self._blocked(request, packager, lambda: name != rendition.hint)
            data = _object(packager, name)
        if data is None:
            raise web.HTTPNotFound()
        return answers.media(request, data, f'"{name}"')

    # --- waiting -----------------------------------------------------------------------------------------------

    async def _wait_for_playlist(
        self, request: web.Request, packager: Packager, msn: int, part: int | None
    ) -> bool | None:
        """Whether it came in time; None if it is too far ahead to wait for."""
        rendition = packager.rendition
        if rendition.readiness(msn, part) is Readiness.IMPOSSIBLE:
            return None
        return await self._blocked(request, packager, lambda: rendition.readiness(msn, part) is not Readiness.WAIT)

    async def _blocked(self, request: web.Request, packager: Packager, is_done: Callable[[], bool]) -> bool:
        """Whether it was done in time, and here. Raises 429 or 503 where too many wait already."""
        if is_done():
            return True
        loop = asyncio.get_running_loop()
        # Three target durations: by then a server is not to keep a client any longer (6.2.5.2).
        until = loop.time() + min(self._limits.wait_s, 3 * (packager.rendition.target_duration or 4))
        with self._waiting.place(request):
            while not is_done():
                left = until - loop.time()
                if packager.rendition.ended or left <= 0:
                    return is_done()
                if packager.left_at is None:
                    await packager.changed(left)
                elif not await packager.changed(min(left, LOOK_AGAIN)):
                    carrier = await self._carriers.present(request, packager)
                    if self._carriers.is_elsewhere(request, packager, carrier):
                        return False
        return True


def _object(packager: Packager | None, name: str) -> bytes | memoryview | None:
    if packager is None:
        return None
    return packager.rendition.init_segment(name) or packager.rendition.part_or_segment(name)


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
