"""Calls the app's handlers as Lambda would: in threads, each call with a context of its own."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalice.local import LambdaContext

from local.gateway.reporting import log_fields

log = logging.getLogger(__name__)

# As many handlers as run at once; each may wait for DynamoDB.
CONCURRENCY = 32
TIMEOUT_MS = 29_000
MEMORY_MB = 512
# Lambda tries an asynchronous call twice more: after one minute and after two. Seconds do on a laptop.
RETRY_AFTER_S = (1.0, 2.0)

Handler = Callable[[dict[str, Any], LambdaContext], Any]


class Functions:
    """The thread pool that stands for Lambda."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="lambda")

    async def run(self, call: Callable[[], Any]) -> Any:
        """Run a blocking call in the pool; its exceptions come through."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def invoke(self, name: str, handler: Handler, event: dict[str, Any]) -> Any:
        """A synchronous call: the handler's answer, or its exception."""
        return await self.run(lambda: handler(event, LambdaContext(name, MEMORY_MB, TIMEOUT_MS)))

    async def invoke_later(self, name: str, handler: Handler, event: dict[str, Any]) -> None:
        """An asynchronous call: tried again when it fails, then logged and dropped."""
        for pause in (*RETRY_AFTER_S, None):
            try:
                await self.invoke(name, handler, event)
                return
            except Exception:
                if pause is None:
                    log.exception(
                        "A function failed: the event is dropped", extra=log_fields("event_dropped", function=name)
                    )
                    return
                facts = log_fields("function_retried", function=name, pause_s=pause)
                log.warning("A function failed: it is retried", extra=facts, exc_info=True)
                await asyncio.sleep(pause)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
