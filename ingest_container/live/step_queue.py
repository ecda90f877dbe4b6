"""One stream's steps that wait for the database: one after another, and retried while it is unreachable."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeAlias, TypeVar

from chalicelib.domain.errors import LeaseLost
from ingest_container.base.retry import Backoff, until_available
from ingest_container.base.threads import Threads

BACKOFF = Backoff(0.25, 2.0)  # while the database is unreachable

P = ParamSpec("P")
R = TypeVar("R")
Step: TypeAlias = Callable[[], Awaitable[None]]


class StepQueue:
    """Steps run in the order in which they were started. Only one runs at a time."""

    def __init__(
        self,
        threads: Threads,
        *,
        delayed: Callable[[], None],
        lease_lost: Step,
        failed: Callable[[Exception], Awaitable[None]],
    ) -> None:
        """`delayed` is called when the database does not answer, the others when a step raised LeaseLost or failed."""
        self._threads = threads
        self._delayed = delayed
        self._lease_lost = lease_lost
        self._failed = failed
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way."""
        return self._turn.locked()

    def start(self, step: Step) -> None:
        task = asyncio.get_running_loop().create_task(self._in_turn(step))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Returns when the steps started so far are done."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def persist(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Calls it in a thread until the database answers. Raises what it raises otherwise."""
        return await until_available(lambda: self._threads.run(call, *args, **kwargs), BACKOFF, self._delayed)

    async def _in_turn(self, step: Step) -> None:
        async with self._turn:
            try:
                await step()
            except LeaseLost:
                await self._lease_lost()
            except Exception as error:
                await self._failed(error)
