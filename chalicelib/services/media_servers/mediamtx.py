"""MediaMTX's control API (v3): what is published there, who reads it, and how to end both.

Lists come in pages, `{itemCount, pageCount, items}`. Older versions say `ready`, `tracks` and `bytesReceived` of a
path, newer ones `available`, `tracks2` and `inboundBytes`. Each kind of connection has its own routes: `rtmpConn` is
found at `/v3/rtmpconns/get/{id}` and closed at `/v3/rtmpconns/kick/{id}`.

MediaMTX authorises our requests by asking us in turn (`action: api`), and its path manager does nothing else while a
publisher waits for our answer to `auth`: from inside that hook ask for connections, never for paths.
"""

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib import secret_values
from chalicelib.config import settings
from chalicelib.domain.errors import IdentityUnavailable, MediaServerUnavailable
from chalicelib.domain.mediamtx import Measured, Source, is_publisher, measured
from chalicelib.observability import logger

TIMEOUT_S = 3.0
LOOK_UP_TIMEOUT_S = 2.0  # once, without a second attempt: whoever waits for it has 10 s
PAUSES_S = (0.5, 1.5)  # before the second and the third attempt
PAGE = 100
MAX_PAGES = 1_000
MAX_ANSWER = 8 * 1024 * 1024  # bytes of one page
MAX_ERROR = 4_096  # bytes of an error's body that are read

API_USER = "stream-sync"
APPLICATION = "live/"  # what broadcasters publish under; other paths are the operator's


@dataclass(frozen=True, slots=True)
class LivePath:
    """A path that a publisher sends to. `name` may end with a stream key: it goes nowhere."""

    name: str
    source: Source
    measured: Measured = field(default_factory=Measured)
    readers: tuple[Source, ...] = ()

    def __repr__(self) -> str:
        return f"LivePath({self.source})"


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Source(_Lenient):
    type: str
    id: str = ""


class _Track(_Lenient):
    codec: str = ""
    codecProps: dict[str, Any] | None = None  # noqa: N815 - MediaMTX's name, as those below


class _Path(_Lenient):
    name: str
    ready: bool = False
    available: bool = False
    source: _Source | None = None
    tracks: list[str] | None = None
    tracks2: list[_Track] | None = None
    bytesReceived: int = 0  # noqa: N815
    inboundBytes: int = 0  # noqa: N815
    readers: list[_Source] | None = None

    def as_live(self) -> LivePath | None:
        """None where nobody from outside publishes."""
        if self.source is None or not (self.ready or self.available) or not is_publisher(self.source.type):
            return None
        tracks = [(track.codec, track.codecProps or {}) for track in self.tracks2 or []]
        return LivePath(
            self.name,
            Source(self.source.type, self.source.id),
            measured(tracks or [(codec, {}) for codec in self.tracks or []], self.inboundBytes or self.bytesReceived),
            tuple(Source(reader.type, reader.id) for reader in self.readers or []),
        )


class _Page(_Lenient):
    pageCount: int = 0  # noqa: N815
    items: list[_Path] = []


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Our password goes to the configured address and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def control_of(server: str) -> "MediaMtx | None":
    """The control API of a server by its name; None if none is configured."""
    url = settings().mediamtx_servers.get(server)
    return MediaMtx(url) if url is not None else None


class MediaMtx:
    """One server's API. `pause` waits between attempts (seconds)."""

    def __init__(self, base_url: str, pause: Callable[[float], None] = time.sleep, timeout: float = TIMEOUT_S) -> None:
        self._base_url = base_url.rstrip("/")
        self._pause = pause
        self._timeout = timeout

    def live_paths(self) -> list[LivePath]:
        """Every path that somebody from outside publishes to. Raises MediaServerUnavailable."""
        return [live for path in self._paths() if (live := path.as_live()) is not None]

    def live_path(self, name: str) -> LivePath | None:
        """One path, asked for once; None if nobody publishes to it. Raises MediaServerUnavailable."""
        try:
            found = _Path.model_validate(self._attempt("GET", f"/v3/paths/get/{quote(name)}", LOOK_UP_TIMEOUT_S))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return None
            raise MediaServerUnavailable(f"The media server's control API sent {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise MediaServerUnavailable() from None
        return found.as_live()

    def kick(self, source: Source) -> None:
        """Closes a connection; one that has gone already is as good. Raises MediaServerUnavailable.

        Of a kind that is new to us MediaMTX may know no such route: that is no success.
        """
        self._request("POST", f"/v3/{source.collection}/kick/{quote(source.id, safe='')}", gone_is_fine=source.is_known)

    def are_gone(self, connections: Iterable[Source]) -> bool:
        """Whether MediaMTX says that it has none of these connections. Asked once each; silence proves nothing.

        A 404 counts with MediaMTX's own JSON error: without one there is no such route (a listener that is off), or it
        is somebody else who answers.
        """
        proven = False
        for connection in connections:
            try:
                self._attempt(
                    "GET", f"/v3/{connection.collection}/get/{quote(connection.id, safe='')}", LOOK_UP_TIMEOUT_S
                )
                return False
            except urllib.error.HTTPError as error:
                with error:
                    if error.code != 404:
                        return False
                    proven = proven or _is_its_own(error)
            except (OSError, http.client.HTTPException, ValueError):
                logger("control").warning(
                    "The media server does not respond",
                    event="media_server_unavailable",
                    detail="a connection could not be looked up",
                )
                return False
        return proven

    def _paths(self) -> Iterator[_Path]:
        for page in range(MAX_PAGES):
            raw = self._request("GET", f"/v3/paths/list?page={page}&itemsPerPage={PAGE}")
            try:
                found = _Page.model_validate(raw)
            except ValidationError:
                raise MediaServerUnavailable("The media server's control API sent an unexpected response") from None
            yield from found.items
            if page + 1 >= found.pageCount:
                return

    def _request(self, method: str, path: str, *, gone_is_fine: bool = False) -> Any:
        """Answered JSON, `{}` for an empty answer. Tries again after `PAUSES_S`, not after a plain refusal."""
        for pause in (*PAUSES_S, None):
            try:
                return self._attempt(method, path, self._timeout)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == 404 and gone_is_fine:
                    return {}
                if error.code < 500 or pause is None:
                    raise MediaServerUnavailable(f"The media server's control API sent {error.code}") from None
            except (OSError, http.client.HTTPException, ValueError) as error:
                if pause is None:
                    raise MediaServerUnavailable() from error
            self._pause(pause)
        raise AssertionError("unreachable")

    def _attempt(self, method: str, path: str, timeout: float) -> Any:
        request = urllib.request.Request(self._base_url + path, method=method, headers=_credentials())
        with _opener.open(request, timeout=timeout) as answer:
            return json.loads(answer.read(MAX_ANSWER) or b"{}")


def _is_its_own(error: urllib.error.HTTPError) -> bool:
    try:
        return "error" in json.loads(error.read(MAX_ERROR))
    except (OSError, http.client.HTTPException, ValueError, TypeError):
        return False


def _credentials() -> dict[str, str]:
    try:
        secret = secret_values.mediamtx_api_secret()
    except IdentityUnavailable as error:
        raise MediaServerUnavailable() from error
    if secret is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(f"{API_USER}:{secret}".encode()).decode()}
