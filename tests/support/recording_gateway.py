"""The local gateway, which notes every call to AWS and the function that made it (`tests.support.recorded_calls`).

Schedules run every three seconds instead of every minute.
"""

import concurrent.futures
import contextvars
from collections.abc import Callable
from typing import Any

from local.gateway import __main__ as gateway
from local.gateway import reactions
from local.gateway.functions import Functions
from tests.support.recorded_calls import note

NAMES = {"$connect": "websocket_connect", "$default": "websocket_message", "$disconnect": "websocket_disconnect"}
EVERY_S = 3

_function: contextvars.ContextVar[str] = contextvars.ContextVar("function", default="")
_run = Functions.run
_invoke = Functions.invoke
_submit = concurrent.futures.ThreadPoolExecutor.submit


async def _run_noted(functions: Functions, call: Callable[[], Any]) -> Any:
    """What is run without a name is a request to the REST API."""
    context = contextvars.copy_context()
    if not _function.get():
        context.run(_function.set, "api_handler")
    return await _run(functions, lambda: context.run(call))


async def _invoke_noted(functions: Functions, name: str, handler: Any, event: dict[str, Any]) -> Any:
    token = _function.set(NAMES.get(name, name))
    try:
        return await _invoke(functions, name, handler, event)
    finally:
        _function.reset(token)


def _submit_noted(pool: Any, call: Callable[..., Any], /, *args: Any, **named: Any) -> Any:
    """Threads that a function starts work for that function."""
    return _submit(pool, contextvars.copy_context().run, call, *args, **named)


if __name__ == "__main__":
    for owner, name, replacement in (
        (Functions, "run", _run_noted),
        (Functions, "invoke", _invoke_noted),
        (concurrent.futures.ThreadPoolExecutor, "submit", _submit_noted),
        (reactions, "rate_seconds", lambda _expression: EVERY_S),
    ):
        setattr(owner, name, replacement)
    note(_function.get)
    gateway.main()
