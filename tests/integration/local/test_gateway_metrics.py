"""`/metrics` on the gateway: what a node exposes, or that it does not answer."""

import pytest
from aiohttp import web

from local.gateway.metrics_page import NODE_SILENT, POLICY
from local.settings import HOST
from tests.integration.local.conftest import Gateway

pytestmark = pytest.mark.requirement("FX-19")

EXPOSED = "# TYPE stream_sync_publishers gauge\nstream_sync_publishers 17.0\n"


async def test_the_node_is_scraped_when_the_page_is_asked_for(gateway: Gateway) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=EXPOSED)

    app = web.Application()
    app.router.add_get("/metrics", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, gateway.health_port).start()
    try:
        async with gateway.http.get(f"{gateway.url}/metrics") as shown:
            assert (shown.status, shown.content_type) == (200, "text/html")
            assert shown.headers["Content-Security-Policy"] == POLICY
            assert shown.headers["Cache-Control"] == "no-store"
            html = await shown.text()
    finally:
        await runner.cleanup()
    assert '<th scope="row">Publishers</th><td class="value">17</td>' in html


async def test_without_the_node_the_functions_are_shown(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/metrics") as shown:
        html = await shown.text()
    assert NODE_SILENT in html
    assert "FanoutPosts" in html
