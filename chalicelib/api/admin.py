"""Routes for administrators: streams and nodes."""

from chalice.app import Blueprint, Response

from chalicelib import contract
from chalicelib.api.http import now_ms, ok_text
from chalicelib.api.routing import ADMIN, Route
from chalicelib.api.shared import SharedAnswers
from chalicelib.contract.requests.base import UlidPageQuery
from chalicelib.contract.requests.nodes import Drain
from chalicelib.contract.requests.streams import EndedByAdministrator
from chalicelib.domain.errors import NotLive
from chalicelib.domain.not_found import NodeNotFound, StreamNotFound
from chalicelib.domain.streams import EndReason
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import nodes as node_serializer
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import fleet, orders

blueprint = Blueprint(__name__)

_pages = SharedAnswers()


@Route("GET", "/api/admin/streams", ADMIN, query=UlidPageQuery, answer=contract.ActiveStreamPage).on(blueprint)
def list_active_streams(query: UlidPageQuery) -> Response:
    """All streams that are LIVE or RECONNECTING, including private ones, oldest first."""
    return ok_text(_pages.get(query.model_dump_json(), lambda: _active_streams(query).model_dump_json()))


def _active_streams(query: UlidPageQuery) -> contract.ActiveStreamPage:
    now = now_ms()
    page = discovery.active_streams(query.limit, query.cursor, now)
    return contract.ActiveStreamPage(
        streams=[stream_serializer.active_stream(one, now) for one in page.items],
        next_cursor=page.next_cursor,
        message=None if page.items or page.next_cursor else "No stream is active.",
    )


@Route(
    "GET",
    "/api/admin/streams/{stream_id}",
    ADMIN,
    answer=contract.StreamDetails,
    problems=(StreamNotFound,),
).on(blueprint)
def get_stream_details(stream_id: str) -> contract.StreamDetails:
    """Everything known about one stream, running or ended."""
    now = now_ms()
    return stream_serializer.details(discovery.stream_details(stream_id, now), now)


@Route(
    "DELETE",
    "/api/admin/streams/{stream_id}",
    ADMIN,
    answer=contract.Accepted,
    status=202,
    problems=(StreamNotFound, NotLive),
).on(blueprint)
def end_stream(stream_id: str) -> contract.Accepted:
    """Ends a running stream. Its encoder is refused until the broadcaster allows it again or it has not tried for 20
    minutes: block the broadcaster, or revoke the key, to end it for good."""
    orders.end_stream(stream_id, EndReason.ADMIN_STOPPED, now_ms())
    return contract.Accepted(stream_id=stream_id)


@Route(
    "POST",
    "/api/admin/streams/{stream_id}/end",
    ADMIN,
    body=EndedByAdministrator,
    answer=contract.Accepted,
    status=202,
    problems=(StreamNotFound, NotLive),
).on(blueprint)
def end_stream_for(stream_id: str, body: EndedByAdministrator) -> contract.Accepted:
    """The same as `DELETE`, with a reason for the audit log."""
    return end_stream(stream_id)


@Route("GET", "/api/admin/nodes", ADMIN, answer=contract.NodeList).on(blueprint)
def list_nodes() -> contract.NodeList:
    """All ingest nodes, including those that disappeared within the last day."""
    members = fleet.members(now_ms())
    return node_serializer.node_list(members, fleet.readiness_of(members))


@Route(
    "POST",
    "/api/admin/nodes/{node_id}/drain",
    ADMIN,
    body=Drain,
    answer=contract.NodeList,
    status=202,
    problems=(NodeNotFound,),
).on(blueprint)
def drain_node(node_id: str, body: Drain) -> contract.NodeList:
    """Within two seconds the node stops accepting new publishers; its running streams continue, and can be moved to
    other nodes. It stays drained until it is undrained or restarted. Repeating it sets a new deadline, or none."""
    within = body.within_seconds
    fleet.drain(node_id, now_ms(), None if within is None else within * 1000)
    return list_nodes()


@Route(
    "POST",
    "/api/admin/nodes/{node_id}/undrain",
    ADMIN,
    answer=contract.NodeList,
    status=202,
    problems=(NodeNotFound,),
).on(blueprint)
def undrain_node(node_id: str) -> contract.NodeList:
    """Within two seconds a drained node accepts new publishers again, and moves no more streams away."""
    fleet.undrain(node_id, now_ms())
    return list_nodes()
