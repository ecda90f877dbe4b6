"""Messages to open WebSockets, through API Gateway's `@connections`, and their end by the server.

That API closes a connection without a code or reason of ours, so the last message says both.
"""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel

from chalicelib import aws, counters, secret_values
from chalicelib.domain.errors import IdentityUnavailable
from chalicelib.domain.metrics import FANOUT_FAILURES, FANOUT_POSTS
from chalicelib.domain.topics import Closing, Connection
from chalicelib.observability import logger
from chalicelib.services import limits
from chalicelib.services.serializers import messages
from chalicelib.store import connections

CONCURRENCY = 32  # posts at once from one process; the client has as many connections
OPEN_PAUSES = (0.02, 0.05, 0.1, 0.3, 1.0)  # seconds between looks whether a new connection is open yet


def find(connection_id: str) -> Connection | None:
    """The open connection; None if it has been forgotten."""
    return connections.find(connection_id)


def send(connection_ids: Iterable[str], message: BaseModel, *, until: float | None = None) -> None:
    """To each of them, CONCURRENCY at once. What is not under way at `until` (of `time.monotonic`) is left out."""
    ids = list(connection_ids)
    if not ids:
        return
    data = message.model_dump_json().encode()
    if len(ids) == 1:
        posts = [_post(ids[0], data, until)]
    else:
        posts = list(_pool().map(lambda connection_id: _post(connection_id, data, until), ids))
    counters.count(FANOUT_POSTS, len(ids) - posts.count(_Post.LEFT_OUT))
    counters.count(FANOUT_FAILURES, posts.count(_Post.FAILED))
    if left_out := posts.count(_Post.LEFT_OUT):
        logger("control").warning("WebSocket messages were left out", event="messages_left_out", count=left_out)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="sockets")


class _Post(Enum):
    """What became of one message. To a connection that is gone there was none to send."""

    TAKEN = auto()
    FAILED = auto()
    LEFT_OUT = auto()


def _api() -> Any:
    """Raises IdentityUnavailable if its address cannot be read."""
    return aws.connections_api(secret_values.ws_management_url())


def _post(connection_id: str, data: bytes, until: float | None) -> _Post:
    """One message to one connection. A connection that is gone is forgotten; any other failure is logged."""
    if until is not None and time.monotonic() >= until:
        return _Post.LEFT_OUT
    try:
        _api().post_to_connection(ConnectionId=connection_id, Data=data)
    except ClientError as error:
        if error.response["Error"]["Code"] != "GoneException":
            return _failed(connection_id, str(error))
        forget(connection_id)
    except (BotoCoreError, IdentityUnavailable) as error:
        return _failed(connection_id, type(error).__name__)
    return _Post.TAKEN


def _failed(connection_id: str, error: str) -> _Post:
    logger("control").warning(
        "A WebSocket message was not delivered",
        event="message_not_delivered",
        connection_id=connection_id,
        error=error,
    )
    return _Post.FAILED


def forget(connection_id: str) -> None:
    """The connection is gone, or hears nothing more; its places are free."""
    limits.connection_closed(connection_id, connections.remove(connection_id))


def close(connection_id: str, why: Closing) -> None:
    """Its last message, then its end. It hears nothing more, also where closing it fails."""
    forget(connection_id)
    send([connection_id], messages.closing(why))
    try:
        _api().delete_connection(ConnectionId=connection_id)
    except (BotoCoreError, ClientError, IdentityUnavailable) as error:
        logger("control").warning(
            "A WebSocket was not closed",
            event="websocket_not_closed",
            connection_id=connection_id,
            error=type(error).__name__,
        )


def is_open(connection_id: str) -> bool:
    """API Gateway lets nobody write to a connection before its `$connect` has returned, and the bus may be faster."""
    for pause in OPEN_PAUSES:
        try:
            _api().get_connection(ConnectionId=connection_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "GoneException":
                return True
            time.sleep(pause)
        else:
            return True
    forget(connection_id)
    return False
