"""MediaMTX's control API (v3): what is published there, and how to end it.

Lists come in pages, `{itemCount, pageCount, items}`. Older versions say `ready` of a path, newer ones `available`.
"""

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.config import settings
from chalicelib.domain.errors import MediaServerUnavailable

TIMEOUT_S = 3.0
PAUSES_S = (0.5, 1.5)  # before the second and the third attempt
PAGE = 100
MAX_PAGES = 1_000
MAX_ANSWER = 8 * 1024 * 1024  # bytes of one page

API_USER = "stream-sync"

# What can publish to a path from outside -> where it is kicked. Anything else is the operator's own source.
PUBLISHERS = {
    "rtmpConn": "rtmpconns",
    "rtmpsConn": "rtmpsconns",
    "rtspSession": "rtspsessions",
    "rtspsSession": "rtspssessions",
    "srtConn": "srtconns",
    "webRTCSession": "webrtcsessions",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What sends to a path: MediaMTX's type and id of it."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class LivePath:
    """A path that a publisher sends to. `name` may end with a stream key: it goes nowhere."""

    name: str
    source: Source

    def __repr__(self) -> str:
        return f"LivePath({self.source})"


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Source(_Lenient):
    type: str
    id: str = ""


class _Path(_Lenient):
    name: str
    ready: bool = False
    available: bool = False
    source: _Source | None = None


class _Page(_Lenient):
    pageCount: int = 0  # noqa: N815 - MediaMTX's name
    items: list[_Path] = []


class MediaMtx:
    """One server's API. `pause` waits between attempts (seconds)."""

    def __init__(self, base_url: str, pause: Callable[[float], None] = time.sleep, timeout: float = TIMEOUT_S) -> None:
        self._base_url = base_url.rstrip("/")
        self._pause = pause
        self._timeout = timeout

    def live_paths(self) -> list[LivePath]:
        """Every path that somebody from outside publishes to. Raises MediaServerUnavailable."""
        return [
            LivePath(path.name, Source(path.source.type, path.source.id))
            for path in self._paths()
            if (path.ready or path.available) and path.source is not None and path.source.type in PUBLISHERS
        ]

    def kick(self, source: Source) -> None:
        """Closes the publisher's connection; one that has gone already is as good. Raises MediaServerUnavailable."""
        kind = PUBLISHERS.get(source.type)
        if kind is not None:
            self._request("POST", f"/v3/{kind}/kick/{quote(source.id, safe='')}", gone_is_fine=True)

    def _paths(self) -> Iterator[_Path]:
        for page in range(MAX_PAGES):
            raw = self._request("GET", f"/v3/paths/list?page={page}&itemsPerPage={PAGE}")
            try:
                found = _Page.model_validate(raw)
            except ValidationError:
                raise MediaServerUnavailable("The media server's control API answers something else") from None
            yield from found.items
            if page + 1 >= found.pageCount:
                return

    def _request(self, method: str, path: str, *, gone_is_fine: bool = False) -> Any:
        """Answered JSON, `{}` for an empty answer. Tries again after `PAUSES_S`, not after a plain refusal."""
        for pause in (*PAUSES_S, None):
            try:
                return self._attempt(method, path)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == 404 and gone_is_fine:
                    return {}
                if error.code < 500 or pause is None:
                    raise MediaServerUnavailable(f"The media server's control API answers {error.code}") from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                if pause is None:
                    raise MediaServerUnavailable() from error
            self._pause(pause)
        raise AssertionError("unreachable")

    def _attempt(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self._base_url + path, method=method, headers=_credentials())
        with urllib.request.urlopen(request, timeout=self._timeout) as answer:
            return json.loads(answer.read(MAX_ANSWER) or b"{}")


def _credentials() -> dict[str, str]:
    secret = settings().mediamtx_api_secret
    if secret is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{API_USER}:{secret}".encode()).decode()}
