"""The recordings of one node: one task a stream, one limit of bytes that wait for all of them."""

import asyncio

from aws_lambda_powertools import Logger

from ingest_container.base.counts import NodeCounts
from ingest_container.media.archive import Archive, Budget, RecordedStream
from ingest_container.media.recorder import Recorder


class Recordings:
    """Those of one node. `queue_bytes`: that may wait, of all of them."""

    def __init__(self, archive: Archive, queue_bytes: int, log: Logger, counts: NodeCounts | None = None) -> None:
        self._counts = counts
        self._archive = archive
        self._queue_bytes = queue_bytes
        self._budget = Budget(queue_bytes)
        self._log = log
        self._running: dict[asyncio.Task[None], str] = {}

    @property
    def waiting_bytes(self) -> int:
        return self._queue_bytes - self._budget.free

    def record(self, stream: RecordedStream) -> Recorder:
        recorder = Recorder(stream, self._archive, self._budget, self._log, self._counts)
        task = asyncio.create_task(recorder.run())
        self._running[task] = stream.stream_id
        task.add_done_callback(self._on_done)
        return recorder

    def _on_done(self, task: "asyncio.Task[None]") -> None:
        stream_id = self._running.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:  # a bug of ours: the stream goes on
            self._log.error(
                "Recording failed; the stream continues", event="recording_failed", stream_id=stream_id, exc_info=error
            )

    async def stop(self, within: float) -> None:
        """All streams have ended: waits so many seconds at most for their recordings to be finished."""
        running = dict(self._running)
        if not running:
            return
        _, late = await asyncio.wait(running, timeout=within)
        for task in late:
            self._log.warning(
                "The node is stopping before a recording is finished: the sweep will finish it",
                event="recording_left",
                stream_id=running[task],
            )
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
