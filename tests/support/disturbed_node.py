"""An ingest node that a test disturbs: its event loop is blocked, or its system's clock is set.

SIGUSR1 blocks the loop for `STREAM_SYNC_BLOCK_SECONDS`; the other threads run on. SIGUSR2 sets the wall clock by
`STREAM_SYNC_STEP_SECONDS`, for this process alone.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable

_BLOCK_SECONDS = float(os.environ.get("STREAM_SYNC_BLOCK_SECONDS", "0"))
_STEP_SECONDS = float(os.environ.get("STREAM_SYNC_STEP_SECONDS", "0"))
_time, _time_ns = time.time, time.time_ns


def _set_clock() -> None:
    time.time = lambda: _time() + _STEP_SECONDS
    global _step_ns
    _step_ns = int(_STEP_SECONDS * 1e9)


_step_ns = 0
# Before anything of ours takes a reference to it.
time.time_ns = lambda: _time_ns() + _step_ns

from ingest_container.__main__ import main  # noqa: E402
from ingest_container.node.node import IngestNode  # noqa: E402

_run: Callable[[IngestNode], Awaitable[None]] = IngestNode.run


async def _run_disturbed(node: IngestNode) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, time.sleep, _BLOCK_SECONDS)
    loop.add_signal_handler(signal.SIGUSR2, _set_clock)
    await _run(node)


if __name__ == "__main__":
    setattr(IngestNode, "run", _run_disturbed)  # noqa: B010 - mypy lets nobody assign a method
    sys.exit(main())
