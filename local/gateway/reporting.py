"""What the gateway's log says of a fault: where it happened, not an exception's words, which may quote a request."""

import asyncio
import logging
import sys
import traceback
from types import TracebackType
from typing import Any

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


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
    """Exceptions as `describe` has them."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s")

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 - logging's own name
        return describe(ei[1])


def set_up() -> None:
    """For the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # It warns with the subprotocols that a client offers, and ours carry the access token.
    logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """In place of asyncio's own, which writes the reprs of tasks and their exceptions."""
    logging.getLogger("asyncio").error("%s: %s", context["message"], describe(context.get("exception")))
