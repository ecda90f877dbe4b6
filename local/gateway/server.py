"""Puts the gateway's parts on one port."""

from pathlib import Path
from types import ModuleType

from aiohttp import web

from chalicelib.services.recordings.storage import storage
from ingest_container.base.threads import Threads
from ingest_container.media.vod import Vod
from ingest_container.node.directory import RecordingDirectory
from local.gateway.cognito import Cognito
from local.gateway.connections import Connections
from local.gateway.edge import MAX_BODY_BYTES, only_local_names, only_sound_targets, whole_bodies
from local.gateway.functions import Functions
from local.gateway.headers import add_headers
from local.gateway.live import Live
from local.gateway.management import ManagementApi
from local.gateway.metrics import MetricsPage
from local.gateway.protocol import HttpLimits
from local.gateway.reactions import Reactions
from local.gateway.rest import RestApi
from local.gateway.signature import Verifier
from local.gateway.site import Site
from local.gateway.websocket import Limits, WebSocketApi
from local.private_files import Secrets, SignIn
from local.settings import REGION, LocalSettings

LOOKUP_THREADS = 2  # that look up who may watch a recording


def make_server(
    app_module: ModuleType,
    settings: LocalSettings,
    secrets: Secrets,
    sign_in: SignIn,
    dist: Path,
    limits: Limits = Limits(),
    http: HttpLimits = HttpLimits(),
) -> web.Application:
    """The whole gateway. `app_module` is the Chalice entry module."""
    functions = Functions()
    connections = Connections()
    rest = RestApi(app_module.app, functions)
    websocket = WebSocketApi(app_module.app, functions, connections, limits)
    verifier = Verifier(secrets.access_key_id, secrets.secret_access_key, "execute-api", REGION)
    management = ManagementApi(connections, verifier)
    reactions = Reactions(app_module, functions, secrets.bus_secret)
    site = Site(dist, settings.http_port, sign_in, secrets.demo_password)
    live = Live(settings.origin_url)
    metrics = MetricsPage(settings.health_url)
    recordings, lookups = storage(), Threads(LOOKUP_THREADS)
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
        await live.close()
        lookups.close()
        functions.close()

    server = web.Application(
        middlewares=[only_local_names, only_sound_targets, whole_bodies(http.body_s)], client_max_size=MAX_BODY_BYTES
    )
    server.on_response_prepare.append(add_headers)
    server.router.add_get("/ws", websocket.handle)
    server.router.add_route("*", "/ws-management/@connections/{connection_id}", management.handle)
    server.router.add_post("/bus-events", reactions.handle)
    server.router.add_get("/config.json", site.config)
    server.router.add_get("/metrics", metrics.handle)
    server.router.add_route("*", "/live/{path:.*}", live.handle)
    if recordings is not None:
        Vod(recordings, RecordingDirectory(lookups)).add_to(server)
    server.router.add_post("/cognito/", cognito.handle)
    server.router.add_route("*", "/{path:(?s:.*)}", rest_or_file)
    server.on_startup.append(start)
    server.on_shutdown.append(shutdown)
    server.on_cleanup.append(cleanup)
    return server
