"""`python -m local.gateway`: the gateway's process, started by the supervisor with the app's environment."""

import asyncio
import importlib
import signal

from local.gateway import reporting
from local.gateway.protocol import HttpLimits, connections_that_fit, listening
from local.gateway.server import make_server
from local.private_files import load_or_make_secrets, read_sign_in
from local.settings import HOST, ROOT, LocalSettings


async def serve() -> None:
    """Until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(reporting.on_loop_error)
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    settings = LocalSettings()
    http = HttpLimits(connections=connections_that_fit(HttpLimits.connections))
    server = make_server(
        # Found at the root of the project, as Chalice finds it; the gateway knows it only by what Chalice registered.
        importlib.import_module("app"),
        settings,
        load_or_make_secrets(settings.state_dir),
        read_sign_in(settings.state_dir),
        ROOT / "dashboard" / "dist",
        http=http,
    )
    async with listening(server, HOST, settings.http_port, http):
        await stopped.wait()


def main() -> None:
    reporting.set_up()
    asyncio.run(serve())


if __name__ == "__main__":
    main()
