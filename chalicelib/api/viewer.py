"""Routes for everyone: health, public channels and streams, and a media server's lookup by key."""

from typing import Literal

from chalice.app import Blueprint, Response

from chalicelib import contract
from chalicelib.api.access import wrong_guess
from chalicelib.api.http import NO_STORE, address_of, now_ms, ok, ok_text
from chalicelib.api.routing import ANYONE, Route
from chalicelib.api.shared import SharedAnswers
from chalicelib.config import settings
from chalicelib.contract.requests.base import UlidPageQuery
from chalicelib.contract.requests.streams import PublicStreamQuery
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.keys import is_well_formed
from chalicelib.domain.nodes import Readiness
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.services import schedule
from chalicelib.services.reading import discovery, recordings
from chalicelib.services.serializers import nodes as node_serializer
from chalicelib.services.serializers import recordings as recording_serializer
from chalicelib.services.serializers import schedule as schedule_serializer
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import fleet

blueprint = Blueprint(__name__)

# Seconds for which caches keep an answer. A second is short for a viewer, and a CDN that asks once a second instead of
# once a viewer asks a hundred thousand times less. What became private is not found that much later.
STATUS_FOR = 1
RECORDINGS_FOR = 5

_pages = SharedAnswers()
_readiness = SharedAnswers()  # shared, since the route has no rate limit


@Route("GET", "/health", ANYONE, answer=contract.Health, others={503: contract.Health}).on(blueprint)
def health() -> Response:
    """The health of the service: 200 if the database can be reached, otherwise 503. The body says which part does not
    work."""
    stage = settings().stage
    try:
        ingest = Readiness(_readiness.get(None, lambda: fleet.readiness(now_ms()).value))
    except StoreUnavailable as error:
        away = contract.Health(
            status="unavailable", database="unreachable", ingest=None, stage=stage, detail=error.title
        )
        return ok(away, 503, NO_STORE)
    detail = node_serializer.NOT_SERVING.get(ingest)
    status: Literal["ok", "degraded"] = "ok" if detail is None else "degraded"
    return ok(contract.Health(status=status, database="ok", ingest=ingest, stage=stage, detail=detail), 200, NO_STORE)


@Route(
    "GET",
    "/api/streams/public",
    ANYONE,
    query=PublicStreamQuery,
    answer=contract.PublicStreamPage,
    max_age=STATUS_FOR,
    any_origin=True,
).on(blueprint)
def public_streams(query: PublicStreamQuery) -> Response:
    """Public channels that are live, oldest first. A page may have fewer entries than `limit`."""
    return ok_text(_pages.get(query.model_dump_json(), lambda: _public_streams(query).model_dump_json()))


def _public_streams(query: PublicStreamQuery) -> contract.PublicStreamPage:
    page = discovery.public_streams(query.search, query.limit, query.cursor, now_ms())
    return contract.PublicStreamPage(
        streams=[stream_serializer.public_stream(one) for one in page.items],
        next_cursor=page.next_cursor,
        message=None if page.items or page.next_cursor else "Nobody is live right now.",
    )


@Route(
    "GET",
    "/api/channels/{channel_id}",
    ANYONE,
    answer=contract.PublicChannelPage,
    problems=(ChannelNotFound,),
    max_age=STATUS_FOR,
).on(blueprint)
def get_public_channel(channel_id: str) -> contract.PublicChannelPage:
    """A channel, whether it is live or not, and what is planned on it. Private channels respond with 404."""
    now = now_ms()
    seen = discovery.public_channel(channel_id, now)
    return schedule_serializer.channel_page(seen, schedule.shown(channel_id, now))


@Route(
    "GET",
    "/api/channels/{channel_id}/recordings",
    ANYONE,
    query=UlidPageQuery,
    answer=contract.RecordingPage,
    problems=(ChannelNotFound,),
    max_age=RECORDINGS_FOR,
).on(blueprint)
def get_channel_recordings(channel_id: str, query: UlidPageQuery) -> contract.RecordingPage:
    """Past streams of a channel that can be watched, newest first. Private channels respond with 404. A page may have
    fewer entries than `limit`."""
    page = recordings.of_channel(channel_id, query.limit, query.cursor, now_ms())
    return contract.RecordingPage(
        recordings=[recording_serializer.channel_recording(stream, found) for stream, found in page.items],
        next_cursor=page.next_cursor,
    )


@Route(
    "GET",
    "/api/streams/{key_or_id}",
    ANYONE,
    answer=contract.StreamOfKeyAnswer | contract.StreamAnswer,
    problems=(StreamNotFound, TooManyRequests),
    no_store=True,
).on(blueprint)
def get_stream(key_or_id: str) -> contract.StreamOfKeyAnswer | contract.StreamAnswer:
    """A stream, by its id or by its stream key. Media servers can use the latter to validate a key; having the key is
    the credential."""
    now = now_ms()
    try:
        if is_well_formed(key_or_id):
            key, channel, runs = discovery.stream_by_key(key_or_id, now)
            return contract.StreamOfKeyAnswer(stream=stream_serializer.stream_of_key(key, channel.region, runs))
        return contract.StreamAnswer(stream=_by_id(key_or_id, now))
    except StreamNotFound:
        wrong_guess(address_of(blueprint.current_request))
        raise


def _by_id(stream_id: str, now: int) -> contract.Stream:
    try:
        return stream_serializer.stream(discovery.public_stream(stream_id, now), now)
    except StreamNotFound:
        unstarted = discovery.startable_stream(stream_id, now)
        if unstarted is None:
            raise
        return stream_serializer.startable(*unstarted)
