"""Broadcasters, as administrators handle them."""

from typing import Annotated

from chalice.app import Blueprint

from chalicelib.api.free_text import Text
from chalicelib.api.http import ListPage, RequestModel, example, now_ms
from chalicelib.api.routing import ADMIN, route
from chalicelib.domain import channels as limits
from chalicelib.domain.errors import BroadcasterExists, BroadcasterNotFound
from chalicelib.services import admin_views, broadcasters, keyring
from chalicelib.services.identity import MAX_SUBJECT

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


@route(
    blueprint,
    "POST",
    "/api/admin/broadcasters",
    ADMIN,
    body=NewBroadcaster,
    answer=admin_views.BroadcasterBody,
    status=201,
    problems=(BroadcasterExists,),
    idempotent=True,
)
def create_broadcaster(body: NewBroadcaster) -> admin_views.BroadcasterBody:
    """A broadcaster with a channel."""
    return admin_views.broadcaster(broadcasters.create(body.display_name, body.contact, body.user_id, now_ms()))


@route(blueprint, "GET", "/api/admin/broadcasters", ADMIN, query=ListPage, answer=admin_views.BroadcasterPage)
def list_broadcasters(query: ListPage) -> admin_views.BroadcasterPage:
    """All broadcasters, newest first."""
    page = broadcasters.listed(query.limit, query.cursor)
    return admin_views.BroadcasterPage(
        broadcasters=[admin_views.broadcaster(one) for one in page.broadcasters], next_cursor=page.next_cursor
    )


@route(
    blueprint,
    "GET",
    "/api/admin/broadcasters/{broadcaster_id}",
    ADMIN,
    answer=admin_views.BroadcasterDetails,
    problems=(BroadcasterNotFound,),
)
def get_broadcaster(broadcaster_id: str) -> admin_views.BroadcasterDetails:
    """One broadcaster with all their keys."""
    channel = broadcasters.get(broadcaster_id)
    return admin_views.broadcaster_details(channel, keyring.of_channel(channel.channel_id, now_ms()))


@route(
    blueprint,
    "PATCH",
    "/api/admin/broadcasters/{broadcaster_id}",
    ADMIN,
    body=BroadcasterEdit,
    answer=admin_views.BroadcasterBody,
    problems=(BroadcasterNotFound,),
)
def edit_broadcaster(broadcaster_id: str, body: BroadcasterEdit) -> admin_views.BroadcasterBody:
    """Display name and contact."""
    changes = body.model_dump(mode="json", exclude_none=True)
    return admin_views.broadcaster(broadcasters.edit(broadcaster_id, changes))
