"""An ingest node whose event loop is blocked by SIGUSR1 for `STREAM_SYNC_BLOCK_SECONDS`; its other threads run on."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable

from ingest_container.__main__ import main
from ingest_container.node import IngestNode

_run: Callable[[IngestNode, Callable[[IngestNode], None]], Awaitable[None]] = IngestNode.run


async def _run_and_block(node: IngestNode, listening: Callable[[IngestNode], None]) -> None:
    seconds = float(os.environ["STREAM_SYNC_BLOCK_SECONDS"])
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, time.sleep, seconds)
    await _run(node, listening)


if __name__ == "__main__":
    setattr(IngestNode, "run", _run_and_block)  # noqa: B010 - mypy lets nobody assign a method
    sys.exit(main())
