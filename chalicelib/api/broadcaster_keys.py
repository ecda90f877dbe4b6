"""Routes for signed-in broadcasters: the stream keys of their channel."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import BROADCASTER, Route
from chalicelib.contract.requests.keys import KeyEdit, KeyRotation, NewKey
from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import KeyChanged, KeyIsCurrent, KeyNotActive, TooManyKeys, TooManyRequests
from chalicelib.domain.not_found import BroadcastNotFound, KeyNotFound
from chalicelib.services import limits
from chalicelib.services.keys import changes, credentials, keyring, scheduled
from chalicelib.services.serializers import keys as key_serializer

blueprint = Blueprint(__name__)


@Route("GET", "/api/channel/keys", BROADCASTER, answer=contract.KeyList).on(blueprint)
def list_keys(channel: Channel) -> contract.KeyList:
    """All keys of the caller's channel, newest first."""
    return contract.KeyList(keys=[key_serializer.key(one) for one in keyring.of_channel(channel.channel_id, now_ms())])


@Route(
    "POST",
    "/api/channel/keys",
    BROADCASTER,
    body=NewKey,
    answer=contract.IssuedKey,
    status=201,
    problems=(BroadcastNotFound, TooManyKeys, TooManyRequests),
    no_store=True,
    idempotent=True,
    address=True,
).on(blueprint)
def create_key(channel: Channel, body: NewKey, address: str) -> contract.IssuedKey:
    """Creates an additional key for the caller's channel. Only this response contains the key."""
    now = now_ms()
    limits.new_key(channel.owner, address, now)
    terms = scheduled.timed(channel, body.terms(), now)
    return key_serializer.issued(keyring.create(channel, terms, channel.owner, now))


@Route(
    "DELETE",
    "/api/channel/keys/{key_id}",
    BROADCASTER,
    answer=contract.Key,
    problems=(KeyNotFound, KeyIsCurrent),
).on(blueprint)
def revoke_key(channel: Channel, key_id: str) -> contract.Key:
    """Revokes a key immediately; a stream that uses it ends. The key that the dashboard shows cannot be revoked: reset
    it."""
    return key_serializer.revoked(credentials.revoke(channel, key_id, channel.owner, now_ms()))


@Route(
    "PATCH",
    "/api/channel/keys/{key_id}",
    BROADCASTER,
    body=KeyEdit,
    answer=contract.Key,
    problems=(KeyNotFound, KeyNotActive, KeyChanged, TooManyKeys),
).on(blueprint)
def edit_key(channel: Channel, key_id: str, body: KeyEdit) -> contract.Key:
    """Changes the label, times or networks of a key. A new expiry also applies to a stream that uses the key; new
    networks apply to its next connection."""
    return key_serializer.key(changes.edit(channel, key_id, body.changes(), channel.owner, now_ms()))


@Route(
    "POST",
    "/api/channel/keys/{key_id}/rotate",
    BROADCASTER,
    body=KeyRotation,
    answer=contract.IssuedKey,
    status=201,
    problems=(KeyNotFound, KeyNotActive, KeyChanged, TooManyKeys, TooManyRequests),
    no_store=True,
    idempotent=True,
    address=True,
).on(blueprint)
def rotate_key(channel: Channel, key_id: str, body: KeyRotation, address: str) -> contract.IssuedKey:
    """Replaces a key by a new one with the same terms. Only this response contains the new key. The old key is revoked,
    or, with an overlap, expires at its end; a stream that still uses it then ends."""
    now = now_ms()
    limits.new_key(channel.owner, address, now)
    return key_serializer.issued(changes.rotate(channel, key_id, body.overlap_minutes * 60_000, channel.owner, now))
