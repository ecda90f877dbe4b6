"""What CloudFront would serve: the dashboard's files and its runtime configuration."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from local.settings import DEMO_EMAIL

HEADERS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}
# Vite puts a hash of the content into the names below assets/.
FOREVER = "public, max-age=31536000, immutable"

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>stream-sync</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The dashboard is not built yet</h1>
<p>Everything else runs. In another terminal: <code>make dashboard</code>, then load this page again.</p>
"""

# The system's table may lack these or have them wrong.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("image/svg+xml", ".svg")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


class Site:
    """`dist` is the dashboard's build; `client_id` and `demo_password` go into the configuration."""

    def __init__(self, dist: Path, client_id: str, demo_password: str) -> None:
        self._dist = dist.resolve()
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
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        path = (self._dist / request.path.lstrip("/")).resolve()
        if path.is_file() and path.is_relative_to(self._dist) and path.name != "index.html":
            kept = FOREVER if "assets" in path.relative_to(self._dist).parts else "no-cache"
            return self._send(path, kept)
        if path.suffix and path.name != "index.html":
            return web.Response(status=404, text="Not found\n", headers=HEADERS)
        index = self._dist / "index.html"
        if not index.is_file():
            return web.Response(status=503, text=NOT_BUILT, content_type="text/html", headers=HEADERS)
        return self._send(index, "no-cache")

    def _send(self, path: Path, kept: str) -> web.FileResponse:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind in ("application/json", "image/svg+xml"):
            kind += "; charset=utf-8"
        return web.FileResponse(path, headers=HEADERS | {"Cache-Control": kept, "Content-Type": kind})
