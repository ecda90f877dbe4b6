"""MediaMTX: `authHTTPAddress`, and the commands runOnReady/runOnNotReady (until 1.19.2) or
runOnAvailable/runOnUnavailable (since), which call us with curl.

Any 2xx admits the client, anything else refuses it. The body of a refusal appears in MediaMTX's log, so it contains no
key.
"""

import hmac

from chalice.app import Blueprint, Response

from chalicelib import secret_values
from chalicelib.api.access import wrong_guess
from chalicelib.api.hooks.common import (
    APPLICATION,
    REFUSALS,
    ClientAddress,
    ConnectionId,
    HookModel,
    HookQuery,
    Short,
    Text,
    check_watchable,
    key_and_channel,
    keys_in,
    nothing,
)
from chalicelib.api.http import now_ms
from chalicelib.api.routing import MEDIA_SERVER, Route
from chalicelib.contract.requests.base import example
from chalicelib.domain.errors import ActionNotAllowed, BroadcastEnded
from chalicelib.domain.mediamtx import Source
from chalicelib.domain.not_found import ChannelNotFound, StreamNotFound
from chalicelib.domain.publications import Dialect
from chalicelib.domain.publish_names import asks_for_test
from chalicelib.domain.refusals import KeyMissing, WrongApplication
from chalicelib.services.media_servers import claims, reconciler
from chalicelib.services.media_servers.publishers import MediaServer

blueprint = Blueprint(__name__)

ASKS_AGAIN = ("webrtc", "moq")  # protocols of which MediaMTX asks about HTTP requests, and then about the session
CHALLENGED = ("rtsp", "rtsps", *ASKS_AGAIN)


class AuthRequest(HookModel):
    """What MediaMTX posts. `id` is the id of the connection, or null if there is none yet."""

    model_config = example(
        action="publish", path="live/<stream key>", protocol="rtmp", id="2b5a7c0e", ip="203.0.113.7", query=""
    )

    action: Text
    path: Text = ""
    protocol: Short = ""
    id: ConnectionId | None = None
    ip: ClientAddress = None
    user: Text | None = None
    password: Text | None = None
    token: Text | None = None
    query: Text | None = None


class PathChange(HookModel):
    """MTX_PATH, MTX_SOURCE_TYPE and MTX_SOURCE_ID, as the commands in docs/integrations/mediamtx send them."""

    model_config = example(path="live/<stream key>", source_type="rtmpConn", source_id="2b5a7c0e")

    path: Text
    source_type: Short
    source_id: ConnectionId


@Route(
    "POST",
    "/hooks/mediamtx/auth",
    MEDIA_SERVER,
    body=AuthRequest,
    query=HookQuery,
    status=204,
    problems=(*REFUSALS, WrongApplication, ChannelNotFound, ActionNotAllowed),
    address=True,
).on(blueprint)
def mediamtx_auth(body: AuthRequest, query: HookQuery, address: str) -> Response:
    """Decides whether a client may publish (with a stream key), play (by public id) or use the server's own API."""
    if body.action == "publish":
        _admit(body, MediaServer(Dialect.MEDIAMTX, query.server))
    elif body.action in ("read", "playback"):
        check_watchable(_stream_name(body.path))
    else:
        _check_api_secret(body.password, body.ip or address)
    return nothing()


@Route(
    "POST",
    "/hooks/mediamtx/publish",
    MEDIA_SERVER,
    body=PathChange,
    query=HookQuery,
    status=204,
    problems=(*REFUSALS, StreamNotFound, BroadcastEnded),
    form=True,
).on(blueprint)
def mediamtx_publish(body: PathChange, query: HookQuery) -> Response:
    """Records that a path is ready: its stream is LIVE."""
    if _is_ours(body.path):
        reconciler.ready(query.server, body.path, Source(body.source_type, body.source_id), now_ms())
    return nothing()


@Route(
    "POST",
    "/hooks/mediamtx/unpublish",
    MEDIA_SERVER,
    body=PathChange,
    query=HookQuery,
    status=204,
    form=True,
).on(blueprint)
def mediamtx_unpublish(body: PathChange, query: HookQuery) -> Response:
    """Records that a path is no longer ready: its stream has ended."""
    if _is_ours(body.path):
        reconciler.not_ready(query.server, body.path, Source(body.source_type, body.source_id), now_ms())
    return nothing()


def _admit(body: AuthRequest, server: MediaServer) -> None:
    """Claims the channel for a connection. Where there is none yet (WHIP's OPTIONS, the publish page), claims nothing.

    RTSP clients announce themselves without credentials first and, as those of HTTP, send them after a 401: there is
    nobody to be refused yet.
    """
    offered = [body.token, body.password, *keys_in(body.query or "")]
    stream_key, channel_id = key_and_channel(_stream_name(body.path), offered)
    if not stream_key and not body.user and body.protocol in CHALLENGED:
        raise KeyMissing()
    now, protocol, test = now_ms(), body.protocol, asks_for_test(body.query or "")
    if body.id is None:
        again = protocol in ASKS_AGAIN
        claims.introduce(server, stream_key, body.ip, now, channel_id=channel_id, asks_again=again, test=test)
    else:
        claims.admit(server, body.id, stream_key, body.ip, now, channel_id=channel_id, protocol=protocol, test=test)


def _is_ours(path: str) -> bool:
    return path.startswith(f"{APPLICATION}/")


def _stream_name(path: str) -> str:
    """`live/<name>` -> name. Raises WrongApplication."""
    application, _, name = path.partition("/")
    if application != APPLICATION or not name:
        raise WrongApplication()
    return name


def _check_api_secret(password: str | None, address: str) -> None:
    """`api`, `metrics` and `pprof` are closed unless a secret is configured for them. Raises ActionNotAllowed.

    `address` is that of MediaMTX's client: wrong passwords count by it, and past the limit raise TooManyRequests.
    """
    secret = secret_values.mediamtx_api_secret()
    if secret is not None and password:
        if hmac.compare_digest(password.encode("utf-8", "surrogatepass"), secret.encode()):
            return
        wrong_guess(address)
    raise ActionNotAllowed()
