"""SRS: one URL for all of its `http_hooks`.

HTTP 200 with the body `0` allows; an empty 200 and a 204 reject. SRS does not retry hooks and cannot rename a stream:
`<channel id>?key=<stream key>` as stream name keeps the key out of its playback paths.
"""

from chalice.app import Blueprint, Response

from chalicelib.api.hooks.common import (
    REFUSALS,
    ClientAddress,
    ConnectionId,
    HookModel,
    HookQuery,
    Text,
    check_watchable,
    key_and_channel,
    keys_in,
)
from chalicelib.api.http import now_ms, ok
from chalicelib.api.routing import MEDIA_SERVER, Route
from chalicelib.contract.requests.base import example
from chalicelib.domain.errors import BroadcastEnded
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.publications import Dialect
from chalicelib.domain.publish_names import asks_for_test
from chalicelib.domain.refusals import PublishRefused
from chalicelib.observability import logger
from chalicelib.services.media_servers import claims, publishers
from chalicelib.services.media_servers.publishers import MediaServer

blueprint = Blueprint(__name__)

ALLOWED = 0


class SrsHook(HookModel):
    """`param` is the publisher's query, including the `?`. `client_id` was a number until SRS 3."""

    model_config = example(
        action="on_publish", client_id="341w361a", ip="203.0.113.7", stream="<channel id>", param="?key=<stream key>"
    )

    action: Text
    client_id: ConnectionId
    ip: ClientAddress = None
    stream: Text = ""
    param: Text = ""


@Route(
    "POST",
    "/hooks/srs",
    MEDIA_SERVER,
    body=SrsHook,
    query=HookQuery,
    answer=int,
    problems=(*REFUSALS, ChannelNotFound, BroadcastEnded),
).on(blueprint)
def srs(body: SrsHook, query: HookQuery) -> Response:
    """All hooks of SRS. `on_publish` and `on_play` ask for permission, `on_unpublish` and `on_hls` report; others are
    ignored."""
    server = MediaServer(Dialect.SRS, query.server)
    match body.action:
        case "on_publish":
            stream_key, channel_id = key_and_channel(body.stream, keys_in(body.param))
            test = asks_for_test(body.param.removeprefix("?"))
            claims.publish(server, body.client_id, stream_key, body.ip, now_ms(), channel_id=channel_id, test=test)
        case "on_unpublish":
            publication = publishers.find(server, body.client_id)
            if publication is not None:
                publishers.leave(publication, now_ms())
        case "on_hls":
            _segment(server, body.client_id)
        case "on_play":
            check_watchable(body.stream)
    return ok(ALLOWED)


def _segment(server: MediaServer, client_id: str) -> None:
    """A segment was written, so the publisher is still there. The last one comes after `on_unpublish` and is ignored.

    SRS does not disconnect a publisher for our response: one that may not continue is ended on our side only.
    """
    publication = publishers.find(server, client_id)
    if publication is None:
        return
    try:
        publishers.confirm(publication, now_ms())
    except StreamNotFound:
        return  # it has just left
    except (PublishRefused, BroadcastEnded) as refusal:
        logger("control").warning(
            "Publisher no longer allowed", event="publisher_dropped", node_id=publication.node_id, code=refusal.code
        )
        raise
