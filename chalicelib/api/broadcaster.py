"""Routes of the broadcaster, who is signed in: the channel, its credentials, its streams."""

from typing import Annotated, Any

from chalice.app import Blueprint, Response
from pydantic import Field, StringConstraints

from chalicelib.api.authorizer import broadcaster_auth
from chalicelib.api.http import NO_STORE, RequestBody, body_of, caller, now_ms, ok, query_of, route
from chalicelib.domain import channels as limits
from chalicelib.domain.channels import Channel, Visibility
from chalicelib.domain.streams import EndReason
from chalicelib.services import credentials, discovery, lifecycle, views
from chalicelib.store import channels, streams

blueprint = Blueprint(__name__)

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.MAX_TAG)]
PAGE = 50


class ChannelEdit(RequestBody):
    """`PATCH /api/channel`: what is given is set, what is not stays."""

    title: str | None = Field(default=None, max_length=limits.MAX_TITLE)
    description: str | None = Field(default=None, max_length=limits.MAX_DESCRIPTION)
    category: str | None = Field(default=None, max_length=limits.MAX_CATEGORY)
    tags: list[Tag] | None = Field(default=None, max_length=limits.MAX_TAGS)
    visibility: Visibility | None = None


class CredentialsQuery(RequestBody):
    reveal: bool = Field(default=False, strict=False)


class Page(RequestBody):
    """`limit` rows, after the row that `cursor` names; a cursor is the `next_cursor` of the page before."""

    limit: int = Field(default=PAGE, ge=1, le=200, strict=False)
    cursor: str | None = Field(default=None, min_length=26, max_length=26, pattern="^[0-9A-Z]+$")


def _own_channel() -> Channel:
    return credentials.own_channel(caller(blueprint.current_request).user_id, now_ms())


def _channel_body(channel: Channel) -> views.OwnChannel:
    return views.own_channel(discovery.view(channel, now_ms(), with_key=True))


@route(blueprint, "/api/channel", "GET", authorizer=broadcaster_auth)
def get_channel() -> views.OwnChannel:
    return _channel_body(_own_channel())


@route(blueprint, "/api/channel", "PATCH", authorizer=broadcaster_auth)
def edit_channel() -> views.OwnChannel:
    edit = body_of(blueprint.current_request, ChannelEdit)
    changes = edit.model_dump(mode="json", exclude_none=True)
    return _channel_body(channels.edit(_own_channel().channel_id, changes))


@route(blueprint, "/api/channel/credentials", "GET", authorizer=broadcaster_auth)
def get_credentials() -> Response:
    query = query_of(blueprint.current_request, CredentialsQuery)
    channel = _own_channel()
    if not query.reveal:
        return ok(views.credentials(channel.region, credentials.current_key(channel)), headers=NO_STORE)
    issued = credentials.reveal(channel, caller(blueprint.current_request).user_id)
    return ok(views.credentials(channel.region, issued.key, issued.stream_key), headers=NO_STORE)


@route(blueprint, "/api/channel/credentials/reset", "POST", authorizer=broadcaster_auth)
def reset_credentials() -> Response:
    channel = _own_channel()
    issued = credentials.reset(channel, caller(blueprint.current_request).user_id, now_ms())
    return ok(views.credentials(channel.region, issued.key, issued.stream_key), headers=NO_STORE)


@route(blueprint, "/api/channel/stop", "POST", authorizer=broadcaster_auth)
def stop_broadcast() -> Response:
    """202: the ingest node ends it with its next renewal, within 2 s."""
    channel = _own_channel()
    return ok({"stream_id": lifecycle.stop_channel(channel.channel_id, EndReason.STOPPED, now_ms())}, 202)


@route(blueprint, "/api/streams/generate-key", "POST", authorizer=broadcaster_auth)
def generate_key() -> Response:
    """A further key that expires by itself; for clients that make a key for each broadcast."""
    channel = _own_channel()
    issued = credentials.generate(channel, now_ms())
    return ok({"stream": views.generated(issued.key, channel.region, "inactive", issued.stream_key)}, 201, NO_STORE)


@route(blueprint, "/api/streams", "GET", authorizer=broadcaster_auth)
def list_streams() -> dict[str, Any]:
    """The caller's streams, newest first."""
    page = query_of(blueprint.current_request, Page)
    channel = _own_channel()
    found = streams.of_channel(channel.channel_id, page.limit, page.cursor)
    now = now_ms()
    return {
        "streams": [views.stream(stream, channel.region, now).model_dump(mode="json") for stream in found],
        "next_cursor": found[-1].stream_id if len(found) == page.limit else None,
    }
