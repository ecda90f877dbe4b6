"""What a node does for viewers: packaging of its streams, and the origin that serves them."""

import asyncio
import socket
from contextlib import AsyncExitStack

from aws_lambda_powertools import Logger

from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services.reading import discovery
from ingest_container.base.clock import now_ms, steady
from ingest_container.base.settings import IngestSettings
from ingest_container.base.threads import Threads
from ingest_container.media.http_server import serving
from ingest_container.media.origin import Origin
from ingest_container.media.packager import Packaging
from ingest_container.net import listeners

PLAYBACK_THREADS = 2  # that look up whether a channel is public
FRESH = 2.0  # seconds for which the answer is cached: as long as a CDN keeps a multivariant playlist
STALE = 60.0  # seconds for which it is used while the database is unreachable
MOST_CHANNELS = 10_000  # for which it is cached


class Visibility:
    """Whether everybody may watch a channel; asked for every object, looked up every two seconds."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._known: dict[str, tuple[float, bool]] = {}  # when it was looked up, and what was found
        self._asking: dict[str, asyncio.Task[bool]] = {}

    async def is_public(self, channel_id: str) -> bool:
        """False as well where nobody can tell."""
        at, public = self._known.get(channel_id, (-STALE, False))
        if steady() - at < FRESH:
            return public
        asking = self._asking.get(channel_id)
        if asking is None:
            asking = self._asking[channel_id] = asyncio.create_task(self._ask(channel_id))
            asking.add_done_callback(lambda _: self._asking.pop(channel_id, None))
        return await asyncio.shield(asking)

    async def _ask(self, channel_id: str) -> bool:
        try:
            public = await self._threads.run(discovery.is_public, channel_id)
        except StoreUnavailable:
            at, public = self._known.get(channel_id, (-STALE, False))
            return public and steady() - at < STALE
        if len(self._known) >= MOST_CHANNELS:
            self._known.clear()
        self._known[channel_id] = (steady(), public)
        return public


class Playback:
    """Of one node; its sockets as the node's own: bound before it joins, served once it has."""

    def __init__(self, settings: IngestSettings, log: Logger) -> None:
        self.packaging = Packaging(now_ms, log)
        self.port: int | None = None  # the one that is really bound, once it is
        self._settings = settings
        self._threads = Threads(PLAYBACK_THREADS)
        self._ending = AsyncExitStack()
        self._bound: socket.socket | None = None

    def bind(self) -> None:
        """Raises CannotListen."""
        settings = self._settings
        self._bound = listeners.bind(settings.origin_host, settings.origin_port, "STREAM_SYNC_ORIGIN_PORT")
        self.port = int(self._bound.getsockname()[1])

    async def start(self) -> None:
        """Serve viewers on the bound socket."""
        if self._bound is not None:
            origin = Origin(self.packaging, Visibility(self._threads).is_public)
            await self._ending.enter_async_context(serving(origin.application(), self._bound))

    async def stop(self) -> None:
        self.packaging.close()
        await self._ending.aclose()
        self._threads.close()
