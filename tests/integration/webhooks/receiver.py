"""Somebody's server that takes webhooks: real HTTP in a thread; it answers as told and keeps what it got."""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Got:
    """One request; `at` is the monotonic clock, in seconds."""

    at: float
    headers: dict[str, str]
    body: bytes

    @property
    def signature(self) -> str:
        return self.headers["Stream-Sync-Signature"]

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass
class Receiver:
    """Answers with `answers`, one after the other, then with 200. `hold` keeps every request waiting while set."""

    url: str = ""
    answers: deque[int] = field(default_factory=deque)
    answer_body: str = "thank you"
    answer_headers: dict[str, str] = field(default_factory=dict)
    requests: list[Got] = field(default_factory=list)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _free: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._free.set()

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def until(self, count: int, within: float = 60.0) -> list[Got]:
        """All requests so far, once there are so many."""
        with self._news:
            enough = self._news.wait_for(lambda: len(self.requests) >= count, within)
            assert enough, f"{len(self.requests)} of {count} requests came within {within} s"
            return list(self.requests)

    def until_event(self, name: str, channel_id: str, within: float = 60.0) -> Got:
        """The first request that tells of such an event of this channel: others may share the stack."""

        def told() -> list[Got]:
            events = [(got, got.event) for got in self.requests]
            return [
                got for got, event in events if (event["type"], event["data"].get("channel_id")) == (name, channel_id)
            ]

        with self._news:
            found = self._news.wait_for(told, within)
            assert found, f"no {name} came within {within} s"
            return found[0]

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        with self._news:
            self.requests.append(Got(time.monotonic(), dict(request.headers), body))
            status = self.answers.popleft() if self.answers else 200
            self._news.notify_all()
        await asyncio.to_thread(self._free.wait)
        return web.Response(status=status, text=self.answer_body, headers=self.answer_headers)


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """On a free port of this machine, stopped at the end."""
    receiver = Receiver()
    loop = asyncio.new_event_loop()
    server = web.Application()
    server.router.add_route("*", "/{path:.*}", receiver.handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        receiver.url = f"http://{HOST}:{runner.addresses[0][1]}/hook"

    loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.release()
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
