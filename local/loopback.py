"""HTTP to our own processes on this machine: through no proxy, whatever the environment says, and after no redirect,
for requests carry tokens and secrets."""

import urllib.error
import urllib.request
from http.client import HTTPResponse
from typing import Any, cast


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def open_url(request: str | urllib.request.Request, timeout: float) -> HTTPResponse:
    """Raises urllib.error.HTTPError for an answer that is not 2xx, OSError without an answer."""
    return cast(HTTPResponse, _opener.open(request, timeout=timeout))


def answers(url: str) -> bool:
    """Whether a GET of `url` gets a 2xx now."""
    try:
        with open_url(url, timeout=2):
            return True
    except OSError:  # HTTPError is one
        return False
