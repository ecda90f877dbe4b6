"""Routes for signed-in broadcasters: their channel, its credentials and its streams."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import BROADCASTER, Route
from chalicelib.contract.requests.base import PageQuery, UlidPageQuery
from chalicelib.contract.requests.channels import ChannelEdit, CredentialsQuery, NewPlaybackToken
from chalicelib.contract.requests.streams import RecordingEdit
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import (
    KeyChanged,
    NotLive,
    PlaybackTokensUnavailable,
    RecordingRunning,
    TooManyKeys,
    TooManyRequests,
)
from chalicelib.domain.not_found import KeyNotFound, RecordingNotFound, StreamNotFound
from chalicelib.domain.streams import EndReason
from chalicelib.services import limits, playback_tokens
from chalicelib.services.keys import credentials, keyring
from chalicelib.services.media_servers import readers
from chalicelib.services.reading import discovery, refusals, timelines
from chalicelib.services.recordings import upkeep
from chalicelib.services.serializers import channels as channel_serializer
from chalicelib.services.serializers import keys as key_serializer
from chalicelib.services.serializers import recordings as recording_serializer
from chalicelib.services.serializers import streams as stream_serializer
from chalicelib.services.streams import ingest_urls, orders

blueprint = Blueprint(__name__)


def _body_of(channel: Channel) -> contract.OwnChannel:
    return channel_serializer.own_channel(discovery.view(channel, now_ms(), owner=True))


@Route("GET", "/api/channel", BROADCASTER, answer=contract.OwnChannel).on(blueprint)
def get_channel(channel: Channel) -> contract.OwnChannel:
    """The caller's channel. The first request creates it, with its first key."""
    return _body_of(channel)


@Route("PATCH", "/api/channel", BROADCASTER, body=ChannelEdit, answer=contract.OwnChannel).on(blueprint)
def edit_channel(channel: Channel, body: ChannelEdit) -> contract.OwnChannel:
    """Changes title, display name, description, category, tags or visibility, or whether streams are recorded."""
    changes = body.model_dump(mode="json", exclude_none=True)
    edited = credentials.edit(channel, changes, now_ms())
    if "visibility" in changes:
        readers.visibility_set(edited, now_ms())
    return _body_of(edited)


@Route(
    "GET",
    "/api/channel/credentials",
    BROADCASTER,
    query=CredentialsQuery,
    answer=contract.RevealedCredentials | contract.Credentials,
    problems=(KeyNotFound,),
    no_store=True,
).on(blueprint)
def get_credentials(channel: Channel, query: CredentialsQuery) -> contract.Credentials:
    """The ingest URL and the stream key, masked by default. Revealing the key is logged."""
    if not query.reveal:
        return key_serializer.credentials(ingest_urls.best(channel.region, now_ms()), credentials.current_key(channel))
    issued = credentials.reveal(channel, channel.owner)
    return key_serializer.revealed(ingest_urls.best(channel.region, now_ms()), issued.key, issued.stream_key)


@Route(
    "POST",
    "/api/channel/credentials/reset",
    BROADCASTER,
    answer=contract.RevealedCredentials,
    problems=(KeyChanged, TooManyRequests),
    no_store=True,
    idempotent=True,
    address=True,
).on(blueprint)
def reset_credentials(channel: Channel, address: str) -> contract.RevealedCredentials:
    """Replaces the stream key. The old key stops working immediately, and a stream that uses it ends."""
    limits.new_key(channel.owner, address, now_ms())
    issued = credentials.reset(channel, channel.owner, now_ms())
    return key_serializer.revealed(ingest_urls.best(channel.region, now_ms()), issued.key, issued.stream_key)


@Route(
    "POST",
    "/api/channel/playback-tokens",
    BROADCASTER,
    body=NewPlaybackToken,
    answer=contract.PlaybackToken,
    status=201,
    problems=(PlaybackTokensUnavailable,),
    no_store=True,
).on(blueprint)
def create_playback_token(channel: Channel, body: NewPlaybackToken) -> contract.PlaybackToken:
    """Creates a playback token. Anyone who has it can watch the channel until it expires, even if the channel is
    private. A token cannot be revoked, so keep its lifetime short."""
    token = playback_tokens.issue(channel.channel_id, body.ttl_seconds, now_ms(), preview=body.preview)
    return channel_serializer.playback_token(channel.channel_id, token)


@Route(
    "POST",
    "/api/channel/stop",
    BROADCASTER,
    answer=contract.Accepted,
    status=202,
    problems=(NotLive,),
).on(blueprint)
def stop_stream(channel: Channel) -> contract.Accepted:
    """Ends the running stream. Encoders that reconnect are refused with `channel_closed` until `POST
    /api/channel/allow`, or until none has tried for 20 minutes."""
    stream_id = orders.stop_channel(channel.channel_id, EndReason.STOPPED, now_ms())
    return contract.Accepted(stream_id=stream_id)


@Route("POST", "/api/channel/allow", BROADCASTER, answer=contract.OwnChannel).on(blueprint)
def allow_publishing(channel: Channel) -> contract.OwnChannel:
    """Accepts encoders again after the stream was ended here or by an administrator. May be repeated."""
    return _body_of(orders.allow_again(channel.channel_id, now_ms()))


@Route(
    "POST",
    "/api/streams/generate-key",
    BROADCASTER,
    answer=contract.GeneratedStreamAnswer,
    status=201,
    problems=(TooManyKeys, TooManyRequests),
    no_store=True,
    idempotent=True,
    address=True,
).on(blueprint)
def generate_key(channel: Channel, address: str) -> contract.GeneratedStreamAnswer:
    """Generates an additional key that expires, for clients that use a new key for each stream. `id` will be the id of
    the stream that starts with it."""
    limits.new_key(channel.owner, address, now_ms())
    issued = credentials.generate(channel, channel.owner, now_ms())
    return stream_serializer.generated(issued.key, channel.region, issued.stream_key)


@Route("GET", "/api/streams", BROADCASTER, query=UlidPageQuery, answer=contract.StreamPage).on(blueprint)
def list_streams(channel: Channel, query: UlidPageQuery) -> contract.StreamPage:
    """The caller's streams, newest first. The first page starts with the streams that have a generated key and have not
    started yet."""
    now = now_ms()
    found = discovery.streams_of(channel, query.limit, query.cursor, now)
    startable = keyring.generated_and_unused(channel.channel_id, now) if query.cursor is None else []
    begun = {one.stream.stream_id for one in found}  # keys are listed by an index, which may lag
    return contract.StreamPage(
        streams=[stream_serializer.own_startable(key, channel) for key in startable if key.first_stream_id not in begun]
        + [stream_serializer.own_stream(one, now) for one in found],
        next_cursor=found[-1].stream.stream_id if len(found) == query.limit else None,
    )


# The parameter has the name that `viewer` gives it: API Gateway allows only one name at one place of a path.
@Route(
    "GET",
    "/api/streams/{key_or_id}/timeline",
    BROADCASTER,
    query=PageQuery,
    answer=contract.TimelinePage,
    problems=(StreamNotFound,),
).on(blueprint)
def get_timeline(channel: Channel, key_or_id: str, query: PageQuery) -> contract.TimelinePage:
    """The state changes and audit records of one of the caller's streams, by its id. They are kept for 90 days."""
    return timelines.page(channel, key_or_id, query.limit, query.cursor)


@Route(
    "PATCH",
    "/api/streams/{key_or_id}/recording",
    BROADCASTER,
    body=RecordingEdit,
    answer=contract.OwnRecording,
    problems=(StreamNotFound, RecordingNotFound, RecordingRunning),
).on(blueprint)
def edit_recording(channel: Channel, key_or_id: str, body: RecordingEdit) -> contract.OwnRecording | None:
    """Removes the expiry of a recording of one of the caller's streams, or sets it again, to at least one day from
    now."""
    now = now_ms()
    return recording_serializer.own_recording(upkeep.set_kept(channel, key_or_id, now, kept=body.kept), channel, now)


@Route(
    "DELETE",
    "/api/streams/{key_or_id}/recording",
    BROADCASTER,
    answer=contract.OwnRecording,
    problems=(StreamNotFound, RecordingNotFound, RecordingRunning),
).on(blueprint)
def delete_recording(channel: Channel, key_or_id: str) -> contract.OwnRecording | None:
    """Deletes the recording of one of the caller's streams. It can no longer be played, except from caches; its
    segments are deleted within minutes."""
    now = now_ms()
    return recording_serializer.own_recording(upkeep.delete(channel, key_or_id, now), channel, now)


@Route("GET", "/api/channel/refusals", BROADCASTER, query=PageQuery, answer=contract.RefusalPage).on(blueprint)
def list_own_refusals(channel: Channel, query: PageQuery) -> contract.RefusalPage:
    """Publishers with a key of the caller's channel that were refused in the last 90 days, newest first."""
    now = now_ms()
    asked = refusals.Asked(since=now - refusals.LONGEST, until=now, channel_id=channel.channel_id)
    return refusals.page(asked, query.limit, query.cursor)
