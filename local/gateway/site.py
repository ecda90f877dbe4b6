"""What CloudFront would serve: the dashboard's files and its runtime configuration."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from local.gateway.problems import gateway_problem
from local.settings import DEMO_EMAIL

# The page's own policy (its <meta>) restricted to this origin, and frame-ancestors, which only a header can set.
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Vite puts a hash of the content into the names below assets/.
FOREVER = "public, max-age=31536000, immutable"

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stream-sync</title>
<body>
<h1>The dashboard is not built yet</h1>
<p>Everything else is running. In another terminal, run <code>make dashboard</code>, then reload this page.</p>
"""

# The system's table may lack these or have them wrong.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class Site:
    """`dist` is the dashboard's build; `client_id` and `demo_password` go into the configuration."""

    def __init__(self, dist: Path, port: int, client_id: str, demo_password: str) -> None:
        self._dist = dist.resolve()
        self._policy = {"Content-Security-Policy": PAGE_POLICY.format(port=port)}
        self._client_id = client_id
        self._demo_password = demo_password

    async def config(self, request: web.Request) -> web.Response:
        """`config.json`: addresses on the origin that the page was loaded from."""
        document: Mapping[str, Any] = {
            "api_url": "",
            "ws_url": f"ws://{request.host}/ws",
            "cognito": {"endpoint": f"http://{request.host}/cognito/", "client_id": self._client_id},
            "demo": {"email": DEMO_EMAIL, "password": self._demo_password},
        }
        return web.json_response(document, headers={"Cache-Control": "no-store"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A file of the dashboard, or its index for a path that only the page's own code knows."""
        if request.method not in ("GET", "HEAD"):
            refusal = gateway_problem("METHOD_NOT_ALLOWED")
            refusal.headers["Allow"] = "GET, HEAD"
            return refusal
        try:
            path = (self._dist / request.path.lstrip("/")).resolve()
            is_file = path.is_file()
        except OSError:  # a name that is too long for a file
            return gateway_problem("RESOURCE_NOT_FOUND")
        if is_file and path.is_relative_to(self._dist) and path.name != "index.html":
            kept = FOREVER if "assets" in path.relative_to(self._dist).parts else "no-cache"
            return self._send(path, kept)
        if path.suffix and path.name != "index.html":
            return gateway_problem("RESOURCE_NOT_FOUND")
        index = self._dist / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=NOT_BUILT, content_type="text/html", headers=self._policy)
        return self._send(index, "no-cache")

    def _send(self, path: Path, kept: str) -> web.FileResponse:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind in ("application/json", "image/svg+xml"):
            kind += "; charset=utf-8"
        policy = self._policy if path.suffix == ".html" else {}
        return web.FileResponse(path, headers=policy | {"Cache-Control": kept, "Content-Type": kind})
