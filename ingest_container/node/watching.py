"""Which channels are watched: their measures go onto the bus each second."""

import asyncio
from collections.abc import Callable

from aws_lambda_powertools import Logger

from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services import watches
from ingest_container.base.clock import now_ms
from ingest_container.base.threads import Threads

LOOK_EVERY = 1.0  # seconds between looks while the node carries streams


class Watching:
    """Run `run`, read `channels`. A read that fails changes nothing."""

    def __init__(self, node_id: str, active: Callable[[], int], threads: Threads, log: Logger) -> None:
        self.channels: frozenset[str] = frozenset()
        self._node_id = node_id
        self._active = active
        self._threads = threads
        self._log = log

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if not self._active():
                self.channels = frozenset()
                continue
            try:
                self.channels = await self._threads.run(watches.of_node, self._node_id, now_ms())
            except StoreUnavailable:
                self._log.debug("Watched channels not read: the database is unreachable", event="watches_not_read")
            except Exception:  # measures for dashboards are not worth a node
                self._log.exception("Watched channels could not be read", event="watches_failed")
