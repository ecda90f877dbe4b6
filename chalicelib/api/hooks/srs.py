"""SRS: one URL for all of its `http_hooks`.

Allowed is HTTP 200 with the body `0`; an empty 200 and a 204 reject. SRS does not repeat a hook that was lost, and
renames nothing: `<channel id>?key=<stream key>` as stream name keeps the key out of its playback paths.
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
from chalicelib.domain.errors import BroadcastEnded, ChannelNotFound, StreamNotFound
from chalicelib.domain.publications import Dialect
from chalicelib.domain.refusals import PublishRefused
from chalicelib.observability import logger
from chalicelib.services.media_servers import claims, publishers
from chalicelib.services.media_servers.publishers import MediaServer

blueprint = Blueprint(__name__)

ALLOWED = 0


class SrsHook(HookModel):
    """`param` is the publisher's query with its `?`. `client_id` was a number until SRS 3."""

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
    """on_publish and on_play ask, on_unpublish and on_hls tell. What else SRS tells is none of our business."""
    server = MediaServer(Dialect.SRS, query.server)
    match body.action:
        case "on_publish":
            stream_key, channel_id = key_and_channel(body.stream, keys_in(body.param))
            claims.publish(server, body.client_id, stream_key, body.ip, now_ms(), channel_id=channel_id)
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
    """A segment was written, so the publisher is there. The last one is told after `on_unpublish`: it changes nothing.

    SRS lets nobody go for our answer: a publisher that may not go on is ended on our side, and its server told so.
    """
    publication = publishers.find(server, client_id)
    if publication is None:
        return
    try:
        publishers.confirm(publication, now_ms())
    except StreamNotFound:
        return  # it left at this very moment
    except (PublishRefused, BroadcastEnded) as refusal:
        logger("control").warning(
            "The publisher may not continue", event="publisher_dropped", node_id=publication.node_id, code=refusal.code
        )
        raise
