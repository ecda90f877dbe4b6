"""Routes for anybody: health, public channels and streams, and a media server's look-up by key."""

from typing import Any

from chalice.app import Blueprint, CORSConfig, Response
from pydantic import Field

from chalicelib.api.http import NO_STORE, RequestBody, now_ms, ok, query_of, route
from chalicelib.config import settings
from chalicelib.domain.channels import Visibility
from chalicelib.domain.errors import StoreUnavailable, StreamNotFound
from chalicelib.domain.keys import is_well_formed
from chalicelib.services import discovery, lifecycle, views
from chalicelib.store import channels, streams

blueprint = Blueprint(__name__)

NOBODY = "nobody"  # a channel id that no channel has: reading it proves that the database answers
STREAM_ID_LENGTH = 26


class PublicQuery(RequestBody):
    """`q` is looked for in titles, descriptions and tags; `category` and `tag` must be equal, case aside."""

    q: str = Field(default="", max_length=100)
    category: str = Field(default="", max_length=60)
    tag: str = Field(default="", max_length=30)
    limit: int = Field(default=50, ge=1, le=200, strict=False)
    cursor: str | None = Field(default=None, min_length=26, max_length=26, pattern="^[0-9A-Z]+$")

    def matches(self, channel: views.PublicChannel) -> bool:
        text = " ".join([channel.title, channel.description, *channel.tags]).lower()
        tags = [tag.lower() for tag in channel.tags]
        return (
            self.q.lower() in text
            and (not self.category or self.category.lower() == channel.category.lower())
            and (not self.tag or self.tag.lower() in tags)
        )


@route(blueprint, "/health", "GET")
def health() -> Response:
    """200 if the database answers, 503 if not; the body says which part is ill."""
    try:
        channels.find(NOBODY)
    except StoreUnavailable as error:
        return ok({"status": "unavailable", "database": "unreachable", "detail": error.detail}, 503, NO_STORE)
    return ok({"status": "ok", "database": "ok", "stage": settings().stage}, 200, NO_STORE)


@route(blueprint, "/api/streams/public", "GET", cors=CORSConfig(allow_origin="*"))
def public_streams() -> dict[str, Any]:
    """Channels that are live and public, oldest first."""
    query = query_of(blueprint.current_request, PublicQuery)
    seen = discovery.live_views(now_ms(), public_only=True, limit=query.limit, after=query.cursor)
    found = [views.public_channel(one) for one in seen]
    last = seen[-1].stream if len(seen) == query.limit else None
    matching = [channel.model_dump(mode="json") for channel in found if query.matches(channel)]
    body: dict[str, Any] = {"streams": matching, "next_cursor": last.stream_id if last else None}
    if not matching:
        body["message"] = "Nobody is live right now."
    return body


@route(blueprint, "/api/channels/{channel_id}", "GET")
def get_public_channel(channel_id: str) -> views.PublicChannel:
    return views.public_channel(discovery.public_channel(channel_id, now_ms()))


@route(blueprint, "/api/streams/{key_or_id}", "GET")
def get_stream(key_or_id: str) -> Response:
    """By stream key, for a media server's validation (possession is the credential), or by public stream id."""
    now = now_ms()
    if is_well_formed(key_or_id):
        key, channel = discovery.stream_by_key(key_or_id, now)
        running = lifecycle.running_stream(channel.channel_id)
        status = "active" if running is not None and running.key_id == key.key_id else "inactive"
        return ok({"stream": views.generated(key, channel.region, status)}, headers=NO_STORE)
    stream = streams.find(key_or_id) if len(key_or_id) == STREAM_ID_LENGTH else None
    channel_of = channels.find(stream.channel_id) if stream is not None else None
    if stream is None or channel_of is None or channel_of.visibility is Visibility.PRIVATE:
        raise StreamNotFound()
    return ok({"stream": views.stream(stream, channel_of.region, now).model_dump(mode="json")})
