"""The WebSocket API: who may listen, and what a client may say.

A browser cannot set headers on a WebSocket, so its token comes as a subprotocol, `bearer.<jwt>`, beside the real one,
`stream-sync`, which the answer selects. A token in a query string would end up in access logs; it is taken only for
clients that can do no better.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import WebsocketEvent

from chalicelib.api import problems
from chalicelib.api.http import now_ms
from chalicelib.domain.channels import channel_id_of
from chalicelib.domain.errors import StreamSyncError, TooManyRequests, Unauthenticated
from chalicelib.domain.refusals import StoreUnavailable
from chalicelib.domain.topics import Listener, Topic
from chalicelib.services import credentials, discovery, fanout, identity, limits

SUBPROTOCOL = "stream-sync"
TOKEN_PREFIX = "bearer."  # noqa: S105 - a prefix, not a secret
MAX_MESSAGE = 1_024  # characters; what we understand has fewer than 40


def on_connect(event: WebsocketEvent) -> dict[str, Any]:
    """Owner by JWT, or the public by `?watch=<channel_id>`; 401 or 404 with problem details otherwise."""
    raw = event.to_dict()
    query: Mapping[str, str] = raw.get("queryStringParameters") or {}
    offered = _subprotocols(raw.get("headers") or {})
    try:
        topic, user = _topic(query, offered)
        fanout.join(event.connection_id, topic, user, now_ms())
    except StreamSyncError as refusal:
        error = _counted(refusal, raw)
        return {"statusCode": error.http_status, "body": json.dumps(problems.problem(error))}
    selected = {"Sec-WebSocket-Protocol": SUBPROTOCOL} if SUBPROTOCOL in offered else {}
    return {"statusCode": 200, "headers": selected}


def on_message(event: WebsocketEvent) -> None:
    """`{"action": "snapshot"}` or `{"action": "ping"}`; anything else is answered with what would be right."""
    action = _action(event.body)
    topic = fanout.topic_of(event.connection_id)
    if topic is None:
        return
    if action == "snapshot":
        fanout.refresh(event.connection_id, topic, now_ms())
    elif action == "ping":
        fanout.reply(event.connection_id, {"type": "pong"})
    else:
        fanout.reply(
            event.connection_id,
            {"type": "error", "code": "invalid_input", "action": 'Send {"action": "snapshot"} or {"action": "ping"}.'},
        )


def on_disconnect(event: WebsocketEvent) -> None:
    """Best effort, says API Gateway: a connection that is gone is also forgotten when a message meets it."""
    fanout.leave(event.connection_id)


def _counted(refusal: StreamSyncError, raw: Mapping[str, Any]) -> StreamSyncError:
    """A bad token counts as a wrong guess; TooManyRequests takes its place where an address guesses on."""
    if isinstance(refusal, Unauthenticated):
        address = (raw.get("requestContext", {}).get("identity") or {}).get("sourceIp", "")
        try:
            limits.failure(str(address), now_ms())
        except (TooManyRequests, StoreUnavailable) as limited:
            return limited if isinstance(limited, TooManyRequests) else refusal
    return refusal


def _topic(query: Mapping[str, str], offered: list[str]) -> tuple[Topic, str | None]:
    if "watch" in query:
        return Topic(discovery.public_channel(query["watch"], now_ms()).channel.channel_id, Listener.PUBLIC), None
    token = next((p.removeprefix(TOKEN_PREFIX) for p in offered if p.startswith(TOKEN_PREFIX)), query.get("token"))
    principal = identity.principal_of_header(f"Bearer {token}" if token else None)
    credentials.own_channel(principal.user_id, now_ms(), principal.email)
    return Topic(channel_id_of(principal.user_id), Listener.OWNER), principal.user_id


def _subprotocols(headers: Mapping[str, str]) -> list[str]:
    value = next((v for name, v in headers.items() if name.lower() == "sec-websocket-protocol"), "")
    return [part.strip() for part in value.split(",") if part.strip()]


def _action(body: str) -> str | None:
    if len(body) > MAX_MESSAGE:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    action = message.get("action") if isinstance(message, dict) else None
    return action if isinstance(action, str) else None
