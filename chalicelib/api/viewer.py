"""Routes for anybody: health, public channels and streams, and a media server's look-up by key."""

from chalice.app import Blueprint, Response
from pydantic import Field

from chalicelib.api.http import NO_STORE, Page, now_ms, ok
from chalicelib.api.routing import ANYONE, route
from chalicelib.config import settings
from chalicelib.domain.errors import ChannelNotFound, StoreUnavailable, StreamNotFound
from chalicelib.domain.keys import is_well_formed
from chalicelib.services import discovery, lifecycle, views

blueprint = Blueprint(__name__)


class PublicQuery(Page):
    """`q` is looked for in titles, descriptions and tags; `category` and `tag` must be equal, case aside."""

    q: str = Field(default="", max_length=100)
    category: str = Field(default="", max_length=60)
    tag: str = Field(default="", max_length=30)

    def matches(self, channel: views.PublicChannel) -> bool:
        text = " ".join([channel.title, channel.description, *channel.tags]).lower()
        tags = [tag.lower() for tag in channel.tags]
        return (
            self.q.lower() in text
            and (not self.category or self.category.lower() == channel.category.lower())
            and (not self.tag or self.tag.lower() in tags)
        )


@route(blueprint, "GET", "/health", ANYONE, answer=views.Health)
def health() -> Response:
    """200 if the database answers, 503 if not; the body says which part is ill."""
    stage = settings().stage
    if discovery.database_answers():
        return ok(views.Health(status="ok", database="ok", stage=stage), 200, NO_STORE)
    detail = StoreUnavailable.title
    return ok(views.Health(status="unavailable", database="unreachable", stage=stage, detail=detail), 503, NO_STORE)


@route(
    blueprint,
    "GET",
    "/api/streams/public",
    ANYONE,
    query=PublicQuery,
    answer=views.PublicStreamPage,
    any_origin=True,
)
def public_streams(query: PublicQuery) -> views.PublicStreamPage:
    """Channels that are live and public, oldest first."""
    seen = discovery.live_views(now_ms(), public_only=True, limit=query.limit, after=query.cursor)
    last = seen[-1].stream if len(seen) == query.limit else None
    found = [channel for channel in map(views.public_channel, seen) if query.matches(channel)]
    return views.PublicStreamPage(
        streams=found,
        next_cursor=last.stream_id if last else None,
        message=None if found else "Nobody is live right now.",
    )


@route(blueprint, "GET", "/api/channels/{channel_id}", ANYONE, answer=views.PublicChannel, problems=(ChannelNotFound,))
def get_public_channel(channel_id: str) -> views.PublicChannel:
    """A channel, live or not; a private one is not found."""
    return views.public_channel(discovery.public_channel(channel_id, now_ms()))


@route(
    blueprint,
    "GET",
    "/api/streams/{key_or_id}",
    ANYONE,
    answer=views.StreamOfKeyAnswer | views.StreamAnswer,
    problems=(StreamNotFound,),
    no_store=True,
)
def get_stream(key_or_id: str) -> views.StreamOfKeyAnswer | views.StreamAnswer:
    """By stream key, for a media server's validation (possession is the credential), or by public stream id."""
    now = now_ms()
    if is_well_formed(key_or_id):
        key, channel = discovery.stream_by_key(key_or_id, now)
        running = lifecycle.running_stream(channel.channel_id)
        active = running is not None and running.key_id == key.key_id
        return views.StreamOfKeyAnswer(stream=views.stream_of_key(key, channel.region, active=active))
    stream, channel = discovery.public_stream(key_or_id)
    return views.StreamAnswer(stream=views.stream(stream, channel.region, now))
