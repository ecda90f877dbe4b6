"""HTTP to our own processes on this machine: never through a proxy, whatever the environment says."""

import urllib.error
import urllib.request
from http.client import HTTPResponse
from typing import cast

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
