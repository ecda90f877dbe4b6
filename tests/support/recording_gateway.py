"""The local gateway, which notes every call to AWS and the function that made it, a line of JSON each.

In `STREAM_SYNC_CALLS`. Schedules run every three seconds instead of every minute.
"""

import concurrent.futures
import contextvars
import json
import os
import threading
from collections.abc import Callable
from typing import Any

import botocore.client

from local.gateway import __main__ as gateway
from local.gateway import reactions
from local.gateway.functions import Functions
from tests.support.aws_requests import Account, requests

NAMES = {"$connect": "websocket_connect", "$default": "websocket_message", "$disconnect": "websocket_disconnect"}
EVERY_S = 3

_function: contextvars.ContextVar[str] = contextvars.ContextVar("function", default="")
_lock = threading.Lock()
_client: Any = botocore.client.BaseClient
_call = _client._make_api_call
_run = Functions.run
_invoke = Functions.invoke
_submit = concurrent.futures.ThreadPoolExecutor.submit
# The emulator's key is behind an alias.
_ACCOUNT = Account("us-east-1", "000000000000", "arn:aws:kms:us-east-1:000000000000:key/stream-keys")


def _noted(client: Any, operation: str, params: dict[str, Any]) -> Any:
    if function := _function.get():
        service = client.meta.service_model.endpoint_prefix
        for one in requests(_ACCOUNT, service, operation, params):
            line = {"function": function, "action": one.action, "resource": one.resource, "context": dict(one.context)}
            with _lock, open(os.environ["STREAM_SYNC_CALLS"], "a") as file:
                file.write(json.dumps(line) + "\n")
    return _call(client, operation, params)


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
        (botocore.client.BaseClient, "_make_api_call", _noted),
        (Functions, "run", _run_noted),
        (Functions, "invoke", _invoke_noted),
        (concurrent.futures.ThreadPoolExecutor, "submit", _submit_noted),
        (reactions, "rate_seconds", lambda _expression: EVERY_S),
    ):
        setattr(owner, name, replacement)
    gateway.main()
