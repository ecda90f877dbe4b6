"""An answer that is read once and sent to many: each client gets its pieces as they arrive."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from multidict import CIMultiDict


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of an answer; `length` of its body in bytes, if it was told."""

    status: int
    headers: "CIMultiDict[str]"
    length: int | None


class Transfer:
    """Filled by one task, read by any number. `took` is told the bytes that are kept, and of their end (negative)."""

    def __init__(self, took: Callable[[int], None]) -> None:
        self.task: asyncio.Task[None] | None = None  # that fills it
        self.readers = 0
        self._head: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self._took = took
        self._pieces: list[bytes] = []
        self._more = asyncio.Event()
        self._ended = False
        self._error: Exception | None = None

    # --- the task that fills it --------------------------------------------------------------------------------

    def begin(self, head: Head) -> None:
        if not self._head.done():
            self._head.set_result(head)

    def add(self, piece: bytes) -> None:
        self._took(len(piece))
        self._pieces.append(piece)
        self._wake()

    def end(self, error: Exception | None = None) -> None:
        """All of it is here; or no more of it comes, because of `error`."""
        self._ended, self._error = True, error
        if error is not None and not self._head.done():
            self._head.set_exception(error)
            self._head.exception()  # whoever asked may be gone
        self._wake()

    def _wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()

    # --- its readers -------------------------------------------------------------------------------------------

    async def head(self) -> Head:
        """Raises what the transfer failed with."""
        return await asyncio.shield(self._head)

    async def pieces(self) -> AsyncIterator[bytes]:
        """From the first to the last. Raises what the transfer failed with."""
        at = 0
        while True:
            while at < len(self._pieces):
                yield self._pieces[at]
                at += 1
            if self._ended:
                break
            await self._more.wait()
        if self._error is not None:
            raise self._error

    def left(self) -> None:
        """A reader is done. After the last one nothing is kept, and nothing more is fetched."""
        self.readers -= 1
        if self.readers:
            return
        self._took(-sum(map(len, self._pieces)))
        self._pieces.clear()
        if self.task is not None:
            self.task.cancel()
