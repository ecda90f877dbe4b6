"""What a node does for viewers: packaging of its streams, and the origin that serves them."""

import asyncio
from contextlib import AsyncExitStack

from aws_lambda_powertools import Logger

from chalicelib.services.recordings.storage import storage
from ingest_container.base.clock import now_ms, steady
from ingest_container.base.counts import NodeCounts
from ingest_container.base.settings import IngestSettings
from ingest_container.base.threads import Threads
from ingest_container.media.audience import ReportLimits, shared
from ingest_container.media.forwarding import Forwarding, ForwardLimits
from ingest_container.media.http_server import HttpLimits, serving
from ingest_container.media.origin import Origin, OriginLimits
from ingest_container.media.packaging import Packaging
from ingest_container.media.recordings import Recordings
from ingest_container.media.thumbnailer import Thumbnailer
from ingest_container.media.thumbnails import Thumbnails
from ingest_container.media.viewer_reports import ViewerReports
from ingest_container.media.vod import Vod
from ingest_container.net import listeners
from ingest_container.node.directory import Directory, RecordingDirectory
from ingest_container.node.recording import StorageArchive

PLAYBACK_THREADS = 2  # that look up who may watch, and which node has a stream
RECORDING_THREADS = 16  # that store segments; the client of S3 has connections of its own


class Playback:
    """Of one node. Its socket is bound when it is made, and served once the node has joined."""

    def __init__(
        self, settings: IngestSettings, log: Logger, counts: NodeCounts, connections: int = HttpLimits.connections
    ) -> None:
        """`connections`: of viewers at once, and as many to other nodes. Raises CannotListen."""
        self._limits = HttpLimits(connections=connections, per_client=settings.origin_per_address)
        self._recording_threads = Threads(RECORDING_THREADS)
        self._recordings = _recordings(settings, self._recording_threads, log, counts)
        self.packaging = Packaging(now_ms, log, self._recordings, counts)
        self._settings = settings
        self._threads = Threads(PLAYBACK_THREADS)
        self._thumbnails = Thumbnails(self.packaging, Thumbnailer(log), now_ms, log) if settings.thumbnails else None
        self._reports = ViewerReports(
            settings.forwarded_networks, ReportLimits(settings.viewer_reporters, settings.viewers_per_network)
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._ending = AsyncExitStack()
        self._bound = listeners.bind(settings.origin_host, settings.origin_port, "STREAM_SYNC_ORIGIN_PORT")

    @property
    def port(self) -> int:
        """The one that is really bound."""
        return int(self._bound.getsockname()[1])

    @property
    def address(self) -> str:
        """Where the other nodes reach the origin, as host and port; empty if that is not known."""
        host = self._settings.origin_address
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}" if host else ""

    @property
    def viewers(self) -> int:
        return sum(packager.audience.viewers for packager in self.packaging.running)

    @property
    def waiting_bytes(self) -> int:
        """Of segments that wait to be stored."""
        return self._recordings.waiting_bytes if self._recordings is not None else 0

    async def start(self) -> None:
        """Serve viewers on the bound socket."""
        settings, limits = self._settings, self._limits
        forwarding = Forwarding(ForwardLimits(transfers=limits.connections))
        self._ending.push_async_callback(forwarding.close)
        directory = Directory(settings.node_id, self._threads)
        waiting = OriginLimits(waiters=limits.connections, waiters_per_client=settings.origin_per_address)
        origin = Origin(self.packaging, directory, forwarding, self._reports, waiting, settings.forwarded_networks)
        app = origin.application()
        if (store := storage()) is not None:
            Vod(store, RecordingDirectory(self._threads)).add_to(app)
        server = serving(app, self._bound, limits, own_networks=settings.forwarded_networks)
        await self._ending.enter_async_context(server)
        self._tasks.append(asyncio.create_task(self._count()))
        if self._thumbnails is not None:
            self._tasks.append(asyncio.create_task(self._thumbnails.run()))

    async def _count(self) -> None:
        """Adds up who watches, once a second."""
        most = self._reports.limits
        while True:
            await asyncio.sleep(1)
            running, now = list(self.packaging.running), steady()
            self._reports.limits = shared(most, (packager.audience.reporters for packager in running))
            for packager in running:
                packager.audience.tick(now, self._reports.limits)

    async def stop(self, within: float) -> None:
        """Recordings are given so many seconds to be finished."""
        self.packaging.close()
        if self._recordings is not None:
            await self._recordings.stop(within)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._ending.aclose()
        self._threads.close()
        self._recording_threads.close()


def _recordings(settings: IngestSettings, threads: Threads, log: Logger, counts: NodeCounts) -> Recordings | None:
    store = storage()
    if store is None:
        return None
    archive = StorageArchive(store, settings.node_id, threads)
    return Recordings(archive, settings.recording_queue_mb * 1024 * 1024, log, counts)
