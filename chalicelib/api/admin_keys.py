"""Routes for administrators: stream keys."""

from chalice.app import Blueprint

from chalicelib import contract
from chalicelib.api.http import now_ms
from chalicelib.api.routing import ADMIN, Route
from chalicelib.contract.requests.base import UlidPageQuery
from chalicelib.contract.requests.keys import KeyQuery, NewKeyFor
from chalicelib.domain.errors import TooManyKeys
from chalicelib.domain.not_found import BroadcasterNotFound, BroadcastNotFound, KeyNotFound
from chalicelib.services import broadcasters
from chalicelib.services.keys import keyring, scheduled
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import keys as key_serializer
from chalicelib.services.serializers import streams as stream_serializer

blueprint = Blueprint(__name__)


@Route(
    "POST",
    "/api/admin/keys",
    ADMIN,
    body=NewKeyFor,
    answer=contract.IssuedKey,
    status=201,
    problems=(BroadcasterNotFound, BroadcastNotFound, TooManyKeys),
    no_store=True,
    idempotent=True,
    operator=True,
).on(blueprint)
def create_key(body: NewKeyFor, operator: str) -> contract.IssuedKey:
    """Creates a key for a broadcaster. Only this response contains the key."""
    channel = broadcasters.get(body.broadcaster_id)
    now = now_ms()
    return key_serializer.issued(keyring.create(channel, scheduled.timed(channel, body.terms(), now), operator, now))


@Route("GET", "/api/admin/keys", ADMIN, query=KeyQuery, answer=contract.KeyPage).on(blueprint)
def list_keys(query: KeyQuery) -> contract.KeyPage:
    """The keys of all broadcasters. A page may have fewer entries than `limit`."""
    page = keyring.listed(query.status, query.limit, query.cursor, now_ms())
    return contract.KeyPage(keys=[key_serializer.key(one) for one in page.items], next_cursor=page.next_cursor)


@Route("GET", "/api/admin/keys/{key_id}", ADMIN, answer=contract.Key, problems=(KeyNotFound,)).on(blueprint)
def get_key(key_id: str) -> contract.Key:
    """One key. A new key may take a second to become visible here."""
    return key_serializer.key(keyring.views([keyring.get(key_id)], now_ms())[0])


@Route(
    "GET",
    "/api/admin/keys/{key_id}/streams",
    ADMIN,
    query=UlidPageQuery,
    answer=contract.KeyUsage,
    problems=(KeyNotFound,),
).on(blueprint)
def list_key_usage(key_id: str, query: UlidPageQuery) -> contract.KeyUsage:
    """The streams that used a key, newest first."""
    now = now_ms()
    key = keyring.get(key_id)
    page = discovery.streams_on(broadcasters.get(key.channel_id), key, query.limit, query.cursor, now)
    return contract.KeyUsage(
        streams=[stream_serializer.own_stream(one, now) for one in page.items], next_cursor=page.next_cursor
    )


@Route(
    "POST",
    "/api/admin/keys/{key_id}/revoke",
    ADMIN,
    answer=contract.Key,
    problems=(KeyNotFound,),
    operator=True,
).on(blueprint)
def revoke_key(key_id: str, operator: str) -> contract.Key:
    """Revokes a key: every node refuses it immediately, and the stream that uses it ends. Revoking twice has no further
    effect."""
    return key_serializer.revoked(keyring.revoke(keyring.get(key_id), operator, now_ms()))
