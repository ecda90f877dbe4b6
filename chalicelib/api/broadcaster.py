"""Routes of the broadcaster, who is signed in: the channel, its credentials, its streams."""

from typing import Annotated

from chalice.app import Blueprint
from pydantic import Field, StringConstraints

from chalicelib.api.http import Page, RequestModel, now_ms
from chalicelib.api.routing import BROADCASTER, route
from chalicelib.domain import channels as limits
from chalicelib.domain.channels import Channel, Visibility
from chalicelib.domain.errors import KeyChanged, KeyNotFound, NotLive, TooManyKeys
from chalicelib.domain.streams import EndReason
from chalicelib.services import credentials, discovery, lifecycle, views
from chalicelib.services.identity import Principal

blueprint = Blueprint(__name__)

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.MAX_TAG)]


class ChannelEdit(RequestModel):
    """`PATCH /api/channel`: what is given is set, what is not stays."""

    title: str | None = Field(default=None, max_length=limits.MAX_TITLE)
    description: str | None = Field(default=None, max_length=limits.MAX_DESCRIPTION)
    category: str | None = Field(default=None, max_length=limits.MAX_CATEGORY)
    tags: list[Tag] | None = Field(default=None, max_length=limits.MAX_TAGS)
    visibility: Visibility | None = None


class CredentialsQuery(RequestModel):
    """`reveal=true` asks for the key in the clear."""

    reveal: bool = Field(default=False, strict=False)


def _channel_of(user: Principal) -> Channel:
    return credentials.own_channel(user.user_id, now_ms())


def _body_of(channel: Channel) -> views.OwnChannel:
    return views.own_channel(discovery.view(channel, now_ms(), with_key=True))


@route(blueprint, "GET", "/api/channel", BROADCASTER, answer=views.OwnChannel)
def get_channel(user: Principal) -> views.OwnChannel:
    """The caller's channel, made with its first key when it is asked for the first time."""
    return _body_of(_channel_of(user))


@route(blueprint, "PATCH", "/api/channel", BROADCASTER, body=ChannelEdit, answer=views.OwnChannel)
def edit_channel(user: Principal, body: ChannelEdit) -> views.OwnChannel:
    """Title, description, category, tags, visibility."""
    changes = body.model_dump(mode="json", exclude_none=True)
    return _body_of(credentials.edit(_channel_of(user), changes))


@route(
    blueprint,
    "GET",
    "/api/channel/credentials",
    BROADCASTER,
    query=CredentialsQuery,
    answer=views.RevealedCredentials | views.Credentials,
    problems=(KeyNotFound,),
    no_store=True,
)
def get_credentials(user: Principal, query: CredentialsQuery) -> views.Credentials:
    """Ingest URL and stream key, masked unless asked for in the clear; a reveal leaves an audit line."""
    channel = _channel_of(user)
    if not query.reveal:
        return views.credentials(channel.region, credentials.current_key(channel))
    issued = credentials.reveal(channel, user.user_id)
    return views.revealed(channel.region, issued.key, issued.stream_key)


@route(
    blueprint,
    "POST",
    "/api/channel/credentials/reset",
    BROADCASTER,
    answer=views.RevealedCredentials,
    problems=(KeyChanged,),
    no_store=True,
)
def reset_credentials(user: Principal) -> views.RevealedCredentials:
    """A new key at once; the old one is dead and a broadcast that runs on it ends."""
    channel = _channel_of(user)
    issued = credentials.reset(channel, user.user_id, now_ms())
    return views.revealed(channel.region, issued.key, issued.stream_key)


@route(blueprint, "POST", "/api/channel/stop", BROADCASTER, answer=views.Ordered, status=202, problems=(NotLive,))
def stop_broadcast(user: Principal) -> views.Ordered:
    """Ends the broadcast that runs."""
    stream_id = lifecycle.stop_channel(_channel_of(user).channel_id, EndReason.STOPPED, now_ms())
    return views.Ordered(stream_id=stream_id)


@route(
    blueprint,
    "POST",
    "/api/streams/generate-key",
    BROADCASTER,
    answer=views.GeneratedStreamAnswer,
    status=201,
    problems=(TooManyKeys,),
    no_store=True,
)
def generate_key(user: Principal) -> views.GeneratedStreamAnswer:
    """A further key that expires by itself; for clients that make a key for each broadcast."""
    channel = _channel_of(user)
    issued = credentials.generate(channel, now_ms())
    return views.generated(issued.key, channel.region, issued.stream_key)


@route(blueprint, "GET", "/api/streams", BROADCASTER, query=Page, answer=views.StreamPage)
def list_streams(user: Principal, query: Page) -> views.StreamPage:
    """The caller's streams, newest first."""
    channel = _channel_of(user)
    found = discovery.streams_of(channel, query.limit, query.cursor)
    now = now_ms()
    return views.StreamPage(
        streams=[views.stream(stream, channel.region, now) for stream in found],
        next_cursor=found[-1].stream_id if len(found) == query.limit else None,
    )
