"""The calls that are measured: once as services in this process, once over HTTP as a media server or frontend asks."""

import http.client
import json
import threading
from collections.abc import Mapping, Sequence

from benchmarks.api import meter
from benchmarks.api.callers import Call
from benchmarks.api.gateway import HEADER
from benchmarks.api.house import SERVER, Lodger, now_ms
from benchmarks.api.meter import Cost
from chalicelib import contract
from chalicelib.aws import POOL
from chalicelib.domain.metadata import Search
from chalicelib.domain.publications import Dialect
from chalicelib.services.media_servers import claims
from chalicelib.services.media_servers.publishers import MediaServer
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import streams as stream_serializer

PAGE = 50
COUNTED = 20  # calls of a row whose read units are counted
CLIENT_IP = "203.0.113.7"

# As many calls run at once as there are connections to the database, on an ingest node as in the gateway.
_places = threading.BoundedSemaphore(POOL)


class Services:
    """Calls of the services, by threads of this process."""

    def authenticate(self, lodgers: Sequence[Lodger]) -> Call:
        """A publisher's key is checked and the channel claimed for it: what MediaMTX's hook does."""
        server = MediaServer(Dialect.MEDIAMTX, SERVER)

        def call(number: int) -> Cost:
            lodger = lodgers[number]
            with _places, meter.measured(reads=number < COUNTED) as cost:
                claims.admit(server, lodger.connection_id, lodger.stream_key, CLIENT_IP, now_ms())
            return cost

        return call

    def list_live(self) -> Call:
        """The first page of public live streams, as JSON."""

        def call(number: int) -> Cost:
            with _places, meter.measured(reads=number < COUNTED) as cost:
                page = discovery.public_streams(Search(), PAGE, None, now_ms())
                answer = contract.PublicStreamPage(
                    streams=[stream_serializer.public_stream(one) for one in page.items], next_cursor=page.next_cursor
                ).model_dump_json()
            if answer.count('"LIVE"') != PAGE:
                raise RuntimeError("The list is not what was put there")
            return cost

        return call


class Http:
    """The same over HTTP: one connection a caller, kept open."""

    def __init__(self, port: int, hook_secret: str) -> None:
        self._port = port
        self._hook_secret = hook_secret
        self._local = threading.local()

    def authenticate(self, lodgers: Sequence[Lodger]) -> Call:
        headers = {"Content-Type": "application/json", "X-Hook-Secret": self._hook_secret}

        def call(number: int) -> Cost:
            lodger = lodgers[number]
            body = {
                "action": "publish",
                "path": f"live/{lodger.stream_key}",
                "protocol": "rtmp",
                "id": lodger.connection_id,
                "ip": CLIENT_IP,
            }
            return self._ask("POST", "/hooks/mediamtx/auth", 204, headers, json.dumps(body))

        return call

    def list_live(self) -> Call:
        return lambda _number: self._ask("GET", f"/api/streams/public?limit={PAGE}", 200, {}, None)

    def _ask(self, method: str, path: str, expected: int, headers: Mapping[str, str], body: str | None) -> Cost:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != expected:
            raise RuntimeError(f"HTTP {answer.status}")
        return Cost(**json.loads(answer.headers[HEADER]))
