"""OvenMediaEngine's AdmissionWebhooks: one URL for publishers and players, called at `opening` and at `closing`.

The response is always HTTP 200: `allowed` decides, and `reason` appears in OME's log. The body is signed with
the hook secret.
"""

from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from chalice.app import Blueprint
from pydantic import BaseModel, Field

from chalicelib.api.hooks.common import (
    KEY_PARAMETERS,
    ClientAddress,
    HookModel,
    HookQuery,
    Short,
    Text,
    as_address,
    check_watchable,
    key_and_channel,
    keys_in,
)
from chalicelib.api.http import now_ms
from chalicelib.api.routing import MEDIA_SERVER, Route
from chalicelib.contract.requests.base import example
from chalicelib.domain.not_found import NotFound
from chalicelib.domain.publications import OME_LIFETIME, Dialect
from chalicelib.domain.publish_names import asks_for_test
from chalicelib.domain.refusals import PublishRefused, WrongApplication
from chalicelib.services.media_servers import claims, publishers
from chalicelib.services.media_servers.publishers import MediaServer

blueprint = Blueprint(__name__)


class OmeClient(HookModel):
    address: Short
    port: int = Field(ge=0, le=65_535, strict=True)
    real_ip: ClientAddress = None


class OmeRequest(HookModel):
    """`url` is the URL that the client requested, `scheme://host[:port]/app/stream[/file][?query]`."""

    direction: Literal["incoming", "outgoing"]
    status: Literal["opening", "closing"]
    url: Text
    protocol: Text = ""


class Admission(HookModel):
    model_config = example(
        client={"address": "203.0.113.7", "port": 49152},
        request={"direction": "incoming", "status": "opening", "url": "rtmp://203.0.113.1:1935/live/<stream key>"},
    )

    client: OmeClient
    request: OmeRequest


class Admitted(BaseModel):
    """After `lifetime` ms OME closes the connection. `new_url` renames the stream to the channel's id."""

    allowed: bool
    new_url: str | None = None
    lifetime: int | None = None
    reason: str | None = None


class Noted(BaseModel):
    """The empty response to `closing`."""


@Route("POST", "/hooks/ome", MEDIA_SERVER, body=Admission, query=HookQuery, answer=Admitted | Noted).on(blueprint)
def ome(body: Admission, query: HookQuery) -> Admitted | Noted:
    """Decides whether a client may publish or play, and records that it has left."""
    server = MediaServer(Dialect.OME, query.server)
    connection = f"{body.client.address}:{body.client.port}"
    if body.request.status == "closing":
        _closed(server, connection, body.request)
        return Noted()
    try:
        if body.request.direction == "incoming":
            return _publish(server, connection, body)
        check_watchable(_stream_name(body.request.url))
    except (PublishRefused, NotFound) as refusal:
        return Admitted(allowed=False, reason=f"{refusal.code}: {refusal.detail}")
    return Admitted(allowed=True)


def _publish(server: MediaServer, connection: str, body: Admission) -> Admitted:
    url, now = body.request.url, now_ms()
    stream_name, query = _stream_name(url), urlsplit(url).query
    stream_key, channel_id = key_and_channel(stream_name, keys_in(query))
    client_ip = body.client.real_ip or as_address(body.client.address)
    test = asks_for_test(query)
    publication = claims.publish(server, connection, stream_key, client_ip, now, channel_id=channel_id, test=test)
    return Admitted(
        allowed=True,
        new_url=renamed(url, publication.channel_id),
        lifetime=min(OME_LIFETIME, publication.expires_at - now),
    )


def _closed(server: MediaServer, connection: str, request: OmeRequest) -> None:
    publication = publishers.find(server, connection) if request.direction == "incoming" else None
    if publication is not None:
        publishers.leave(publication, now_ms())


def _stream_name(url: str) -> str:
    """The second part of the path. Raises WrongApplication, also for what is no URL: the client wrote it."""
    try:
        parts = urlsplit(url).path.split("/")
    except ValueError:
        raise WrongApplication() from None
    if len(parts) < 3 or not parts[2]:
        raise WrongApplication()
    return parts[2]


def renamed(url: str, name: str) -> str:
    """The URL with another stream name and without a key; scheme, host, port and file stay, as OME demands."""
    parts = urlsplit(url)
    path = parts.path.split("/")
    path[2] = name
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in KEY_PARAMETERS]
    return urlunsplit(parts._replace(path="/".join(path), query=urlencode(query)))
