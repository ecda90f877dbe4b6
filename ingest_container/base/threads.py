"""Blocking calls (boto3, pynamodb) in a pool of threads, so that media never waits for the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from chalicelib.aws import POOL

P = ParamSpec("P")
R = TypeVar("R")


class Threads:
    """As many threads as the AWS clients have connections."""

    def __init__(self, size: int = POOL) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="aws")

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The call's result, or what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, lambda: call(*args, **kwargs))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
