"""Events of the bus and schedules, brought to the app's handlers."""

import asyncio
import hmac
import logging
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from aiohttp import web
from chalice.app import ScheduledEventConfig

from local.gateway.functions import Functions, Handler
from local.gateway.problems import gateway_problem
from local.settings import BUS_HEADER, REGION

log = logging.getLogger(__name__)

_UNIT_S = {"minute": 60, "hour": 3600, "day": 86400}


class Reactions:
    """`app_module` is the Chalice entry module: it holds `app`, whose plain functions stand behind the bus's rules."""

    def __init__(self, app_module: ModuleType, functions: Functions, bus_secret: str) -> None:
        self._app = app_module.app
        self._on_event: dict[str, Handler] = {
            function.name: self._app.handler_map[function.name] for function in self._app.pure_lambda_functions
        }
        self._functions = functions
        self._bus_secret = bus_secret.encode()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        """One event from the bus's rule. Answered before it is worked on: the handler's time is not the bus's."""
        given = request.headers.get(BUS_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._bus_secret):
            return gateway_problem("ACCESS_DENIED", status=403)
        try:
            event = await request.json()
        except ValueError:  # its words may quote the body
            return gateway_problem("BAD_REQUEST_BODY")
        for name, handler in self._on_event.items():
            self._start(self._functions.invoke_later(name, handler, event))
        return web.Response(status=202)

    def start_schedules(self) -> None:
        """Every schedule of the app, `rate(...)` only: ours have no `cron(...)`."""
        for source in self._app.event_sources:
            if isinstance(source, ScheduledEventConfig):
                expression = source.schedule_expression
                text = expression if isinstance(expression, str) else expression.to_string()
                self._start(self._repeat(source.name, self._app.handler_map[source.name], rate_seconds(text)))

    async def _repeat(self, name: str, handler: Handler, every: int) -> None:
        while True:
            await asyncio.sleep(every)
            await self._functions.invoke_later(name, handler, scheduled_event(name, datetime.now(UTC)))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        forget: Callable[[asyncio.Task[None]], None] = self._tasks.discard
        task.add_done_callback(forget)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def rate_seconds(expression: str) -> int:
    """`rate(5 minutes)` -> 300. Raises ValueError for anything else."""
    try:
        kind, _, inner = expression.removesuffix(")").partition("(")
        count, unit = inner.split()
        if kind != "rate":
            raise ValueError(kind)
        return int(count) * _UNIT_S[unit.removesuffix("s")]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{expression!r} is no rate(...) expression") from error


def scheduled_event(name: str, now: datetime) -> dict[str, Any]:
    """EventBridge's "Scheduled Event"."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:000000000000:rule/{name}"],
        "detail": {},
    }
