"""`/metrics`: what the node and the functions of this machine measure, as a page for people.

The node's are scraped from its health port when the page is asked for; the functions run in this process.
"""

import aiohttp
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from chalicelib import counters
from chalicelib.domain.metrics import Service, of_service
from local.gateway.metrics_page import POLICY, Row, of_counts, of_family, page

TIMEOUT_S = 2.0
MAX_BYTES = 1024 * 1024


class MetricsPage:
    """`node_url`: the node's health port."""

    def __init__(self, node_url: str) -> None:
        self._url = f"{node_url}/metrics"

    async def handle(self, _request: web.Request) -> web.Response:
        functions = of_counts(of_service(Service.CONTROL), counters.totals())
        html = page(await self._node(), functions, self._url)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    async def _node(self) -> list[Row] | None:
        """None if it does not answer."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._url) as answer:
                answer.raise_for_status()
                text = (await answer.content.read(MAX_BYTES)).decode()
            families = {family.name: family for family in text_string_to_metric_families(text)}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        shown = ((metric, families.get(metric.prometheus_name)) for metric in of_service(Service.INGEST))
        return [of_family(metric, family) for metric, family in shown if family is not None]
