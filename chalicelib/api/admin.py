"""Routes for administrators and frontends, by shared secret in `X-Api-Key`: streams and nodes."""

from chalice.app import Blueprint, Response

from chalicelib.api.http import Page, now_ms, ok_text
from chalicelib.api.routing import ADMIN, route
from chalicelib.api.shared import SharedAnswers
from chalicelib.domain.errors import NodeNotFound, NotLive, StreamNotFound
from chalicelib.domain.streams import EndReason
from chalicelib.services import admin_views, stream_views, views
from chalicelib.services.reading import discovery
from chalicelib.services.streams import fleet, lifecycle

blueprint = Blueprint(__name__)

_pages = SharedAnswers()


@route(blueprint, "GET", "/api/admin/streams", ADMIN, query=Page, answer=stream_views.ActiveStreamPage)
def list_active_streams(query: Page) -> Response:
    """Every stream that is live or waits for its encoder, private ones too, oldest first."""
    return ok_text(_pages.get(query.model_dump_json(), lambda: _active_streams(query).model_dump_json()))


def _active_streams(query: Page) -> stream_views.ActiveStreamPage:
    now = now_ms()
    page = discovery.active_streams(query.limit, query.cursor, now)
    return stream_views.ActiveStreamPage(
        streams=[stream_views.active_stream(one, now) for one in page.streams],
        next_cursor=page.next_cursor,
        message=None if page.streams or page.next_cursor else "No stream is active.",
    )


@route(
    blueprint,
    "GET",
    "/api/admin/streams/{stream_id}",
    ADMIN,
    answer=stream_views.StreamDetails,
    problems=(StreamNotFound,),
)
def get_stream_details(stream_id: str) -> stream_views.StreamDetails:
    """All that is known of one stream, running or over."""
    now = now_ms()
    return stream_views.details(discovery.stream_details(stream_id, now), now)


@route(
    blueprint,
    "DELETE",
    "/api/admin/streams/{stream_id}",
    ADMIN,
    answer=views.Ordered,
    status=202,
    problems=(StreamNotFound, NotLive),
)
def end_stream(stream_id: str) -> views.Ordered:
    """Ends a stream that runs. Its key stays good: revoke that as well to keep the broadcaster out."""
    lifecycle.end_stream(stream_id, EndReason.ADMIN_STOPPED, now_ms())
    return views.Ordered(stream_id=stream_id)


@route(blueprint, "GET", "/api/admin/nodes", ADMIN, answer=admin_views.NodeList)
def list_nodes() -> admin_views.NodeList:
    """Our ingest nodes, those too that are gone since a day at most."""
    now = now_ms()
    return admin_views.NodeList(nodes=[admin_views.node(node, gone=gone) for node, gone in fleet.members(now)])


@route(
    blueprint,
    "POST",
    "/api/admin/nodes/{node_id}/drain",
    ADMIN,
    answer=admin_views.NodeList,
    status=202,
    problems=(NodeNotFound,),
)
def drain_node(node_id: str) -> admin_views.NodeList:
    """The node takes no new publishers within two seconds; those that it has go on. Until it is undrained or started
    anew."""
    fleet.drain(node_id)
    return list_nodes()


@route(
    blueprint,
    "POST",
    "/api/admin/nodes/{node_id}/undrain",
    ADMIN,
    answer=admin_views.NodeList,
    status=202,
    problems=(NodeNotFound,),
)
def undrain_node(node_id: str) -> admin_views.NodeList:
    """A drained node takes new publishers again within two seconds."""
    fleet.undrain(node_id)
    return list_nodes()
