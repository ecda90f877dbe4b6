"""The WebSocket API: who may connect, and which messages a client may send.

A browser cannot set headers on a WebSocket, so its token is sent as a subprotocol, `bearer.<jwt>`, besides the actual
one, `stream-sync`, which the response selects. A token in a query string would end up in access logs; it is accepted
for clients that cannot do better.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import WebsocketEvent
from pydantic import ValidationError

from chalicelib import contract
from chalicelib.api import problems
from chalicelib.api.access import counting_wrong_guesses
from chalicelib.api.http import now_ms
from chalicelib.contract.requests.messages import ClientMessage
from chalicelib.domain.channels import channel_id_of
from chalicelib.domain.errors import InvalidInput, StreamSyncError
from chalicelib.domain.topics import Closing, Connection, Listener, Topic
from chalicelib.services import fanout, identity, limits, sockets
from chalicelib.services.identity import Principal
from chalicelib.services.keys import credentials
from chalicelib.services.limits import Allowance
from chalicelib.services.reading import discovery
from chalicelib.services.serializers import messages

SUBPROTOCOL = "stream-sync"
TOKEN_PREFIX = "bearer."  # noqa: S105 - a prefix, not a secret
MAX_MESSAGE = 1_024  # characters; what we understand has fewer than 40


def on_connect(event: WebsocketEvent) -> dict[str, Any]:
    """Accepts an owner with a JWT, or a viewer with `?watch=<channel_id>`; otherwise 401, 404 or 429 with problem
    details."""
    raw = event.to_dict()
    if not _is(raw, "CONNECT"):
        return {"statusCode": 400}
    query: Mapping[str, str] = raw.get("queryStringParameters") or {}
    offered = _subprotocols(raw.get("headers") or {})
    now = now_ms()
    try:
        with counting_wrong_guesses(_address(raw)):
            topic, principal = _topic(query, offered, now)
        user, expires_at = (principal.user_id, principal.expires_at) if principal is not None else (None, None)
        places = limits.places_of(user, _address(raw))
        fanout.join(event.connection_id, topic, user, now, expires_at=expires_at, places=places)
    except StreamSyncError as error:
        return {"statusCode": error.http_status, "body": json.dumps(problems.problem(error))}
    selected = {"Sec-WebSocket-Protocol": SUBPROTOCOL} if SUBPROTOCOL in offered else {}
    return {"statusCode": 200, "headers": selected, "body": json.dumps(_end(expires_at))}


def _end(expires_at: int | None) -> dict[str, Any]:
    """When to close the connection, and its last message. The local gateway follows this. API Gateway ignores the body
    of a handshake: there the connection is closed with the next message in either direction."""
    if expires_at is None:
        return {}
    return {"expires_at": expires_at, "last_message": messages.closing(Closing.TOKEN_EXPIRED).model_dump(mode="json")}


def on_message(event: WebsocketEvent) -> None:
    """`{"action": "snapshot"}` or `{"action": "ping"}`; anything else gets an error that says what to send.

    Every message counts, valid or not: those beyond the limit are refused, many more close the connection.
    """
    connection = sockets.find(event.connection_id)
    if connection is None:
        return
    now = now_ms()
    if connection.has_expired(now):
        sockets.close(connection.connection_id, Closing.TOKEN_EXPIRED)
        return
    allowance = limits.message(connection.connection_id, now)
    if allowance is Allowance.ENDED:
        sockets.close(connection.connection_id, Closing.TOO_MANY_MESSAGES)
    elif allowance is Allowance.REFUSED:
        reason = (
            f"More than {limits.BURST} messages at once, or more than one per {limits.MESSAGE_EVERY} ms, were sent."
        )
        error = contract.ErrorMessage(code="too_many_messages", reason=reason, action="Send fewer messages.")
        sockets.send([connection.connection_id], error)
    else:
        _serve(connection, event.to_dict(), now)


def _serve(connection: Connection, raw: Mapping[str, Any], now: int) -> None:
    try:
        message = _message(raw)
    except InvalidInput as invalid:
        expected = 'Send {"action": "snapshot"} or {"action": "ping"}.'
        error = contract.ErrorMessage(code=invalid.code, reason=invalid.detail, action=expected)
        sockets.send([connection.connection_id], error)
        return
    if message.action == "snapshot":
        fanout.refresh(connection, now)
    else:
        sockets.send([connection.connection_id], contract.PongMessage())


def on_disconnect(event: WebsocketEvent) -> None:
    """Called on a best-effort basis: a closed connection is also removed when a message cannot be sent."""
    if _is(event.to_dict(), "DISCONNECT"):
        sockets.forget(event.connection_id)


def _is(raw: Mapping[str, Any], kind: str) -> bool:
    """Whether API Gateway itself sent this event. A message whose `action` names a route is not of that kind."""
    return bool(raw.get("requestContext", {}).get("eventType") == kind)


def _address(raw: Mapping[str, Any]) -> str:
    return str((raw.get("requestContext", {}).get("identity") or {}).get("sourceIp", ""))


def _topic(query: Mapping[str, str], offered: list[str], now: int) -> tuple[Topic, Principal | None]:
    if "watch" in query:
        return Topic(discovery.public_channel(query["watch"], now).channel.channel_id, Listener.PUBLIC), None
    token = next((p.removeprefix(TOKEN_PREFIX) for p in offered if p.startswith(TOKEN_PREFIX)), query.get("token"))
    principal = identity.principal_of_header(f"Bearer {token}" if token else None)
    credentials.own_channel(principal.user_id, now, principal.email)
    return Topic(channel_id_of(principal.user_id), Listener.OWNER), principal


def _subprotocols(headers: Mapping[str, str]) -> list[str]:
    value = next((v for name, v in headers.items() if name.lower() == "sec-websocket-protocol"), "")
    return [part.strip() for part in value.split(",") if part.strip()]


def _message(raw: Mapping[str, Any]) -> ClientMessage:
    """Raises InvalidInput, whose detail says what is wrong."""
    body = raw.get("body")
    if raw.get("isBase64Encoded") or not isinstance(body, str):
        raise InvalidInput("The message is not text.")
    if len(body) > MAX_MESSAGE:
        raise InvalidInput(f"The message has more than {MAX_MESSAGE} characters.")
    try:
        return ClientMessage.model_validate(json.loads(body))
    except ValidationError:
        raise InvalidInput("This message is not supported.") from None
    except (ValueError, RecursionError):
        raise InvalidInput("The message is not valid JSON.") from None
