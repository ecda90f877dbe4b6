"""Puts the gateway's parts on one port."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType

from aiohttp import web

from local.gateway.cognito import Cognito
from local.gateway.connections import Connections
from local.gateway.functions import Functions
from local.gateway.management import ManagementApi
from local.gateway.reactions import Reactions
from local.gateway.rest import MAX_BODY_BYTES, RestApi
from local.gateway.site import Site
from local.gateway.websocket import Limits, WebSocketApi
from local.private_files import Secrets, SignIn
from local.settings import LocalSettings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@web.middleware
async def only_local_names(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a Host that is not this machine: a page whose name was re-pointed at 127.0.0.1 (DNS rebinding)."""
    host = request.headers.get("Host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name not in LOCAL_NAMES:
        return web.Response(status=421, text="This server answers to 127.0.0.1 and localhost only.\n")
    return await handler(request)


def make_server(
    app_module: ModuleType,
    settings: LocalSettings,
    secrets: Secrets,
    sign_in: SignIn,
    dist: Path,
    limits: Limits = Limits(),
) -> web.Application:
    """The whole gateway. `app_module` is the Chalice entry module."""
    functions = Functions()
    connections = Connections()
    rest = RestApi(app_module.app, functions)
    websocket = WebSocketApi(app_module.app, functions, connections, limits)
    management = ManagementApi(connections)
    reactions = Reactions(app_module, functions, secrets.bus_secret)
    site = Site(dist, sign_in.client_id, secrets.demo_password)
    cognito = Cognito(settings.cloud_url, secrets.access_key_id, secrets.secret_access_key)

    async def rest_or_file(request: web.Request) -> web.StreamResponse:
        if rest.owns(request.path):
            return await rest.handle(request)
        return await site.file(request)

    async def start(_: web.Application) -> None:
        reactions.start_schedules()

    async def shutdown(_: web.Application) -> None:
        await connections.close_all()

    async def cleanup(_: web.Application) -> None:
        await reactions.stop()
        await cognito.close()
        functions.close()

    server = web.Application(middlewares=[only_local_names], client_max_size=MAX_BODY_BYTES)
    server.router.add_get("/ws", websocket.handle)
    server.router.add_route("*", "/ws-management/@connections/{connection_id}", management.handle)
    server.router.add_post("/bus-events", reactions.handle)
    server.router.add_get("/config.json", site.config)
    server.router.add_post("/cognito/", cognito.handle)
    server.router.add_route("*", "/{path:(?s:.*)}", rest_or_file)
    server.on_startup.append(start)
    server.on_shutdown.append(shutdown)
    server.on_cleanup.append(cleanup)
    return server
