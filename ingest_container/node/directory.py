"""What a node's origin asks of the rows: who may watch a channel or a recording, and which node has a stream."""

from chalicelib.services.reading import recordings, viewing
from chalicelib.services.reading.recordings import RecordingView
from chalicelib.services.reading.viewing import Carrier, Viewing
from ingest_container.base.clock import now_ms
from ingest_container.base.lookups import Lookups
from ingest_container.base.threads import Threads


class Directory:
    """Cached for two seconds; both raise `lookups.Unavailable`."""

    def __init__(self, node_id: str, threads: Threads) -> None:
        self.node_id = node_id
        self._threads = threads
        self._channels: Lookups[str, Viewing] = Lookups(self._viewing)
        self._ended: Lookups[tuple[str, str], Carrier] = Lookups(self._last_carrier)

    async def channel(self, channel_id: str, since: float = float("-inf")) -> Viewing | None:
        """As it was after `since` (of `steady`), and two seconds ago at most. None where nobody may watch."""
        return await self._channels.get(channel_id, since)

    async def last_carrier(self, channel_id: str, stream_id: str) -> Carrier | None:
        """Of a stream that does not run any more."""
        return await self._ended.get((channel_id, stream_id))

    async def _viewing(self, channel_id: str) -> Viewing | None:
        return await self._threads.run(viewing.viewing, channel_id, self.node_id, now_ms())

    async def _last_carrier(self, stream: tuple[str, str]) -> Carrier | None:
        return await self._threads.run(viewing.last_carrier, *stream, now_ms())


class RecordingDirectory:
    """Cached for two seconds, too; raises `lookups.Unavailable`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._recordings: Lookups[str, RecordingView] = Lookups(self._viewing)

    async def recording(self, stream_id: str) -> RecordingView | None:
        """None where nobody may watch."""
        return await self._recordings.get(stream_id)

    async def _viewing(self, stream_id: str) -> RecordingView | None:
        return await self._threads.run(recordings.viewing, stream_id, now_ms())
