"""Routes for administrators: broadcasters."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.access import SHARED_SECRET
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.base import UlidPageQuery
from chalicelib.contract.requests.broadcasters import Blocking, BroadcasterEdit, BroadcasterQuery, NewBroadcaster
from chalicelib.domain.errors import BroadcasterExists, InvalidInput
from chalicelib.domain.not_found import BroadcasterNotFound
from chalicelib.services import broadcasters
from chalicelib.services.keys import keyring
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import broadcasters as broadcaster_serializer
from chalicelib.services.serializers import streams as stream_serializer

blueprint = Blueprint(__name__)


@Route(
    "POST",
    "/api/admin/broadcasters",
    ADMIN,
    body=NewBroadcaster,
    answer=contract.Broadcaster,
    status=201,
    problems=(BroadcasterExists,),
    idempotent=True,
).on(blueprint)
def create_broadcaster(body: NewBroadcaster) -> contract.Broadcaster:
    """Creates a broadcaster with a channel and its first key."""
    return broadcaster_serializer.broadcaster(
        broadcasters.create(body.display_name, body.contact, body.user_id, now_ms())
    )


@Route("GET", "/api/admin/broadcasters", ADMIN, query=BroadcasterQuery, answer=contract.BroadcasterPage).on(blueprint)
def list_broadcasters(query: BroadcasterQuery) -> contract.BroadcasterPage:
    """All broadcasters, or those that match `q`, newest first. Case is ignored."""
    if query.q is None:
        page = broadcasters.listed(query.limit, query.cursor)
    else:
        page = broadcasters.found(query.q, query.limit, query.cursor)
    return contract.BroadcasterPage(
        broadcasters=[broadcaster_serializer.broadcaster(one) for one in page.items],
        next_cursor=page.next_cursor,
    )


@Route(
    "GET",
    "/api/admin/broadcasters/{broadcaster_id}",
    ADMIN,
    answer=contract.BroadcasterDetails,
    problems=(BroadcasterNotFound,),
).on(blueprint)
def get_broadcaster(broadcaster_id: str) -> contract.BroadcasterDetails:
    """One broadcaster, with their keys and the history of blocks."""
    channel = broadcasters.get(broadcaster_id)
    keys = keyring.of_channel(channel.channel_id, now_ms())
    return broadcaster_serializer.broadcaster_details(channel, keys, broadcasters.history(channel.channel_id))


@Route(
    "GET",
    "/api/admin/broadcasters/{broadcaster_id}/streams",
    ADMIN,
    query=UlidPageQuery,
    answer=contract.BroadcasterStreams,
    problems=(BroadcasterNotFound,),
).on(blueprint)
def list_streams_of_broadcaster(broadcaster_id: str, query: UlidPageQuery) -> contract.BroadcasterStreams:
    """A broadcaster's streams, newest first."""
    now = now_ms()
    found = discovery.streams_of(broadcasters.get(broadcaster_id), query.limit, query.cursor, now)
    return contract.BroadcasterStreams(
        streams=[stream_serializer.own_stream(one, now) for one in found],
        next_cursor=found[-1].stream.stream_id if len(found) == query.limit else None,
    )


@Route(
    "PATCH",
    "/api/admin/broadcasters/{broadcaster_id}",
    ADMIN,
    body=BroadcasterEdit,
    answer=contract.Broadcaster,
    problems=(BroadcasterNotFound,),
).on(blueprint)
def edit_broadcaster(broadcaster_id: str, body: BroadcasterEdit) -> contract.Broadcaster:
    """Changes a broadcaster's display name or contact."""
    changes = body.model_dump(mode="json", exclude_none=True)
    return broadcaster_serializer.broadcaster(broadcasters.edit(broadcaster_id, changes))


@Route(
    "POST",
    "/api/admin/broadcasters/{broadcaster_id}/block",
    ADMIN,
    body=Blocking,
    answer=contract.Broadcaster,
    problems=(BroadcasterNotFound,),
    operator=True,
).on(blueprint)
def block_broadcaster(broadcaster_id: str, body: Blocking, operator: str) -> contract.Broadcaster:
    """Blocks a broadcaster: their running stream ends, and they can neither broadcast nor use the API. The block
    applies to every account with their e-mail address, including future ones. Blocking twice has no further effect."""
    return broadcaster_serializer.broadcaster(
        broadcasters.block(broadcaster_id, _decided_by(body, operator), body.why, now_ms())
    )


@Route(
    "POST",
    "/api/admin/broadcasters/{broadcaster_id}/unblock",
    ADMIN,
    body=Blocking,
    answer=contract.Broadcaster,
    problems=(BroadcasterNotFound,),
    operator=True,
).on(blueprint)
def unblock_broadcaster(broadcaster_id: str, body: Blocking, operator: str) -> contract.Broadcaster:
    """Removes a block. The keys that the broadcaster had work again. Unblocking twice has no further effect."""
    return broadcaster_serializer.broadcaster(
        broadcasters.unblock(broadcaster_id, _decided_by(body, operator), body.why, now_ms())
    )


def _decided_by(body: Blocking, operator: str) -> str:
    """The administrator. Raises InvalidInput where a caller with a token names somebody else."""
    if body.by is None or body.by == operator:
        return operator
    if operator != SHARED_SECRET:
        problem = "must be left out: the token identifies the administrator"
        raise InvalidInput("A field is not valid", [{"field": "by", "problem": problem}])
    return body.by
