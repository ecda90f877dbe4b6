"""Broadcasters, as administrators handle them."""

from typing import Annotated

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.access import SHARED_SECRET
from chalicelib.api.free_text import Text
from chalicelib.api.http import ListPage, RequestModel, example, now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.domain import broadcasters as people
from chalicelib.domain import channels as limits
from chalicelib.domain.errors import BroadcasterExists, BroadcasterNotFound, InvalidInput
from chalicelib.services import broadcasters
from chalicelib.services.identity import MAX_SUBJECT
from chalicelib.services.keys import keyring
from chalicelib.services.serializers import broadcasters as broadcaster_serializer

blueprint = Blueprint(__name__)

DisplayName = Annotated[str, Text(limits.MAX_DISPLAY_NAME, shortest=1, strip=True)]
Contact = Annotated[str, Text(limits.MAX_CONTACT, strip=True)]
UserId = Annotated[str, Text(MAX_SUBJECT, shortest=1)]


class NewBroadcaster(RequestModel):
    """`user_id` is the `sub` of the account that is to own the channel; with tokens of the user service, `user:<id>`.

    Without it the channel belongs to nobody who could sign in: its keys come from here.
    """

    model_config = example(display_name="Ada", contact="ada@example.com", user_id="user:42")

    display_name: DisplayName
    contact: Contact = ""
    user_id: UserId | None = None


class BroadcasterEdit(RequestModel):
    """What is given is set, what is not stays."""

    model_config = example(contact="ada@example.com")

    display_name: DisplayName | None = None
    contact: Contact | None = None


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
    """A broadcaster with a channel."""
    return broadcaster_serializer.broadcaster(
        broadcasters.create(body.display_name, body.contact, body.user_id, now_ms())
    )


class BroadcasterQuery(ListPage):
    """`q` is a broadcaster id, a user id or an e-mail address; or else a part of a name, title, contact or address."""

    q: Annotated[str, Text(people.MAX_EMAIL + 2, shortest=1, strip=True)] | None = None


class Blocking(RequestModel):
    """`why` is kept, and who decides, for administrators only. With a token that is its user; `by` is for callers with
    the shared secret, which names no person."""

    model_config = example(by="ada@example.com", why="Rebroadcast somebody else's match")

    by: Annotated[str, Text(people.MAX_OPERATOR, shortest=1, strip=True)] | None = None
    why: Annotated[str, Text(people.MAX_REASON, strip=True)] = ""

    def decided_by(self, operator: str) -> str:
        """Raises InvalidInput where somebody who signed in names somebody else."""
        if self.by is None or self.by == operator:
            return operator
        if operator != SHARED_SECRET:
            problem = "must be left out: the token says who decides"
            raise InvalidInput("A field is not valid", [{"field": "by", "problem": problem}])
        return self.by


@Route("GET", "/api/admin/broadcasters", ADMIN, query=BroadcasterQuery, answer=contract.BroadcasterPage).on(blueprint)
def list_broadcasters(query: BroadcasterQuery) -> contract.BroadcasterPage:
    """All broadcasters, or those whom `q` finds, newest first. Case is ignored."""
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
    """One broadcaster with all their keys."""
    channel = broadcasters.get(broadcaster_id)
    keys = keyring.of_channel(channel.channel_id, now_ms())
    return broadcaster_serializer.broadcaster_details(channel, keys, broadcasters.history(channel.channel_id))


@Route(
    "PATCH",
    "/api/admin/broadcasters/{broadcaster_id}",
    ADMIN,
    body=BroadcasterEdit,
    answer=contract.Broadcaster,
    problems=(BroadcasterNotFound,),
).on(blueprint)
def edit_broadcaster(broadcaster_id: str, body: BroadcasterEdit) -> contract.Broadcaster:
    """Display name and contact."""
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
    """The person may neither broadcast nor use the API; what runs is ended. So for every account with their e-mail
    address, later ones too. Blocking again changes nothing."""
    return broadcaster_serializer.broadcaster(
        broadcasters.block(broadcaster_id, body.decided_by(operator), body.why, now_ms())
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
    """The person may do again what they could, with the keys that they had. Unblocking again changes nothing."""
    return broadcaster_serializer.broadcaster(
        broadcasters.unblock(broadcaster_id, body.decided_by(operator), body.why, now_ms())
    )
