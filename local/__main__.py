"""`python -m local`: what `make run` starts.

Exit codes: 0 stopped on request, 1 a process failed, 2 a setting is wrong (for example, a port is in use).
"""

import asyncio
import contextlib
import os
import signal
import sys

from local.children import ChildDied
from local.ports import CannotStart
from local.settings import LocalSettings, local_settings, services_settings
from local.supervisor import run

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def _run_until_signalled(settings: LocalSettings) -> None:
    """The first signal stops everything in order; later ones are ignored, since stopping is bounded in time anyway."""
    running = asyncio.current_task()
    assert running is not None  # noqa: S101
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            running.cancel()

    for name in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(name, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await run(settings)


def main() -> int:
    # Files written from here on, also by the children, are readable by this user only.
    os.umask(0o077)
    try:
        settings = local_settings()
        services_settings()
        asyncio.run(_run_until_signalled(settings))
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 2
    except ChildDied as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
