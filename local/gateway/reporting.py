"""What the gateway's log says of a fault: where it happened, not an exception's words, which may quote a request."""

import asyncio
import json
import logging
import sys
import traceback
from typing import Any

from chalicelib.domain.times import iso

LIBRARY = "library_message"  # the event of what aiohttp or botocore say of themselves


def log_fields(event: str, **facts: object) -> dict[str, object]:
    """For `extra=`: the stable code of what happened, and its facts."""
    return {"event": event, "facts": facts}


def describe(error: object) -> str:
    """The type of each exception in the chain, and the lines of code it came through."""
    parts: list[str] = []
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{type(error).__name__}\n{frames}".rstrip())
        error = error.__cause__ or error.__context__
    return "\ncaused by ".join(parts) or "no exception"


class Formatter(logging.Formatter):
    """A JSON object a line, with the keys that the functions' lines have. Exceptions as `describe` has them."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "level": record.levelname,
            "location": f"{record.name}:{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": iso(int(record.created * 1000)),
            "service": "gateway",
            "event": getattr(record, "event", LIBRARY),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["exception"] = describe(record.exc_info[1])
        return json.dumps(line, default=str)


def set_up() -> None:
    """For the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # It warns with the subprotocols that a client offers, and ours carry the access token.
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """In place of asyncio's own, which writes the reprs of tasks and their exceptions."""
    error = context.get("exception")
    logging.getLogger("asyncio").error(context["message"], extra=log_fields("loop_error"), exc_info=error)
