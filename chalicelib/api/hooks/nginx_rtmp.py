"""nginx-rtmp: `on_publish`, `on_publish_done` and `on_update`, as forms.

2xx lets the publisher continue, 3xx with a plain `Location` renames its stream, anything else disconnects it. nginx
appends the publisher's query to its own fields, so the first of a repeated field is nginx's. All three hooks contain
the name that the publisher sent, even after a rename.
"""

from chalice.app import Blueprint, Response

from chalicelib.api.hooks.common import (
    REFUSALS,
    ClientAddress,
    ConnectionId,
    HookModel,
    HookQuery,
    Text,
    key_and_channel,
    nothing,
)
from chalicelib.api.http import now_ms
from chalicelib.api.routing import MEDIA_SERVER, Route
from chalicelib.contract.requests.base import example
from chalicelib.domain.errors import BroadcastEnded
from chalicelib.domain.not_found import StreamNotFound
from chalicelib.domain.publications import Dialect
from chalicelib.domain.publish_names import asks_for_test
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.observability import logger
from chalicelib.services.media_servers import claims, publishers
from chalicelib.services.media_servers.publishers import MediaServer

blueprint = Blueprint(__name__)


class Publisher(HookModel):
    """A connection. `clientid` is the number that nginx gave it; `key` and `test` are from the publisher's query."""

    model_config = example(call="publish", clientid="17", name="<stream key>", addr="203.0.113.7")

    clientid: ConnectionId
    call: Text = ""
    name: Text = ""
    addr: ClientAddress = None
    key: Text | None = None
    test: Text | None = None
    bandwidthtest: Text | None = None

    @property
    def is_test(self) -> bool:
        return any(value is not None and asks_for_test(f"test={value}") for value in (self.test, self.bandwidthtest))


@Route(
    "POST",
    "/hooks/nginx-rtmp/publish",
    MEDIA_SERVER,
    body=Publisher,
    query=HookQuery,
    status=302,
    problems=REFUSALS,
    form=True,
).on(blueprint)
def nginx_publish(body: Publisher, query: HookQuery) -> Response:
    """Decides whether a client may publish. Renames its stream to the channel's id, so that playback paths contain no
    key."""
    stream_key, channel_id = key_and_channel(body.name, [body.key])
    publication = claims.publish(
        _server(query), body.clientid, stream_key, body.addr, now_ms(), channel_id=channel_id, test=body.is_test
    )
    return nothing(302, Location=publication.channel_id)


@Route(
    "POST",
    "/hooks/nginx-rtmp/update",
    MEDIA_SERVER,
    body=Publisher,
    query=HookQuery,
    status=204,
    problems=(*REFUSALS, StreamNotFound, BroadcastEnded),
    form=True,
).on(blueprint)
def nginx_update(body: Publisher, query: HookQuery) -> Response:
    """Confirms that a publisher is still connected. nginx disconnects it if we refuse: if it may not continue, or is
    not known. Updates about players (`update_play`) are always accepted."""
    if body.call != "update_publish":
        return nothing()
    publication = publishers.find(_server(query), body.clientid)
    if publication is None:
        raise StreamNotFound()
    try:
        publishers.confirm(publication, now_ms())
    except StoreUnavailable:  # running streams continue
        logger("control").warning(
            "Session not renewed: the database is unreachable", event="session_not_renewed", node_id=publication.node_id
        )
    return nothing()


@Route(
    "POST",
    "/hooks/nginx-rtmp/publish_done",
    MEDIA_SERVER,
    body=Publisher,
    query=HookQuery,
    status=204,
    form=True,
).on(blueprint)
def nginx_publish_done(body: Publisher, query: HookQuery) -> Response:
    """Records that a publisher has left."""
    publication = publishers.find(_server(query), body.clientid)
    if publication is not None:
        publishers.leave(publication, now_ms())
    return nothing()


def _server(query: HookQuery) -> MediaServer:
    return MediaServer(Dialect.NGINX_RTMP, query.server)
