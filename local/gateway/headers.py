"""Headers of every answer."""

from aiohttp import web

# Of a response: whether other sites may frame it.
FRAMED = web.ResponseKey("framed", bool)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # For all that is no page. No HSTS: there is no TLS here (RFC 6797, section 7.2).
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


async def add_headers(_request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Those that the handler has not set itself."""
    for name, value in HEADERS.items():
        if not (name == "X-Frame-Options" and response.get(FRAMED, False)):
            response.headers.setdefault(name, value)
    response.headers["Server"] = "stream-sync"
