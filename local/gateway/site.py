"""What CloudFront would serve: the dashboard's pages and files, and their runtime configuration."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from infra.site_policy import PERMISSIONS, site_policy
from local.gateway.headers import FRAMED
from local.gateway.problems import gateway_problem
from local.private_files import SignIn
from local.settings import ADMIN_EMAIL, DEMO_EMAIL

# Another media server on this machine may carry a stream, and make its pictures.
PLAYBACK = ("http://127.0.0.1:*", "http://localhost:*")
# Vite puts a hash of the content into the names below assets/.
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Page:
    """An HTML file of the build; only a `framed` one may be in others' pages."""

    file: str
    framed: bool = False

    def headers(self, port: int) -> dict[str, str]:
        sockets = (f"ws://127.0.0.1:{port}", f"ws://localhost:{port}")
        return {
            "Content-Security-Policy": site_policy(sockets, PLAYBACK, frames="*" if self.framed else "'none'"),
            "Permissions-Policy": PERMISSIONS,
            "Cache-Control": "no-cache",
        }


# By the first part of the path. CloudFront is to do the same.
HOME = Page("index.html")
PAGES = {
    "": HOME,
    "index.html": HOME,
    "studio": Page("studio.html"),
    "account": Page("account.html"),
    "admin": Page("admin.html"),
    "watch": Page("watch.html"),
    "embed": Page("embed.html", framed=True),
}

# ministack sends no email: whoever asks it for a code gets these.
EMULATORS_CODES = {"confirmation": "123456", "reset": "654321"}

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
    """`dist` is the dashboard's build; `sign_in` and `demo_password` go into the configuration."""

    def __init__(self, dist: Path, port: int, sign_in: SignIn, demo_password: str) -> None:
        self._dist = dist.resolve()
        self._port = port
        self._sign_in = sign_in
        self._demo_password = demo_password

    async def config(self, request: web.Request) -> web.Response:
        """`config.json`: addresses on the origin that the page was loaded from."""
        document: Mapping[str, Any] = {
            "api_url": "",
            "ws_url": f"ws://{request.host}/ws",
            "cognito": {
                "endpoint": f"http://{request.host}/cognito/",
                "client_id": self._sign_in.client_id,
                "user_pool_id": self._sign_in.user_pool,
                "sign_up": True,
            },
            "demo": {"email": DEMO_EMAIL, "password": self._demo_password, "codes": EMULATORS_CODES},
            "demo_admin": {"email": ADMIN_EMAIL, "password": self._demo_password},
        }
        return web.json_response(document, headers={"Cache-Control": "no-store"})

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A page, or a file of the dashboard. A path without a page is a 404 with the first page, which says so."""
        if request.method not in ("GET", "HEAD"):
            refusal = gateway_problem("METHOD_NOT_ALLOWED")
            refusal.headers["Allow"] = "GET, HEAD"
            return refusal
        if page := PAGES.get(request.path.lstrip("/").partition("/")[0]):
            return self._page(page)
        try:
            path = (self._dist / request.path.lstrip("/")).resolve()
            is_file = path.is_file()
        except OSError:  # a name that is too long for a file
            return gateway_problem("RESOURCE_NOT_FOUND")
        if is_file and path.is_relative_to(self._dist) and path.suffix != ".html":
            return _asset(path, FOREVER if "assets" in path.relative_to(self._dist).parts else "no-cache")
        if path.suffix:
            return gateway_problem("RESOURCE_NOT_FOUND")
        return self._page(HOME, status=404)

    def _page(self, page: Page, status: int = 200) -> web.StreamResponse:
        file, headers = self._dist / page.file, page.headers(self._port)
        if not file.is_file():
            return web.Response(status=503, text=NOT_BUILT, content_type="text/html", headers=headers)
        headers["Content-Type"] = "text/html; charset=utf-8"
        response = web.FileResponse(file, headers=headers, status=status)
        response[FRAMED] = page.framed
        return response


def _asset(path: Path, kept: str) -> web.FileResponse:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in ("application/json", "image/svg+xml"):
        kind += "; charset=utf-8"
    return web.FileResponse(path, headers={"Cache-Control": kept, "Content-Type": kind})
