"""`python -m local.gateway`: the gateway's process, started by the supervisor with the app's environment."""

import importlib
import logging
import sys

from aiohttp import web

from local.gateway.server import make_server
from local.private_files import load_or_make_secrets, read_sign_in
from local.settings import HOST, ROOT, LocalSettings


def main() -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    # It warns with the subprotocols that a client offers, and ours carry the access token.
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
    settings = LocalSettings()
    # Found at the root of the project, as Chalice finds it; the gateway knows it only by what Chalice registered.
    app_module = importlib.import_module("app")
    server = make_server(
        app_module,
        settings,
        load_or_make_secrets(settings.state_dir),
        read_sign_in(settings.state_dir),
        ROOT / "dashboard" / "dist",
    )
    # No access log: paths may hold a credential of a client that could not send a header.
    web.run_app(server, host=HOST, port=settings.http_port, access_log=None, print=None, shutdown_timeout=3)


if __name__ == "__main__":
    main()
