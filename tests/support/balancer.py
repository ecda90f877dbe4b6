"""A load balancer for TCP, as far as deployments need one: it asks `/ready`, and sends newcomers to nodes that are.

Like a Network Load Balancer it leaves running connections alone, whatever their node answers, and sends newcomers to
all nodes if none is ready. Its checks come faster.
"""

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass
from http import HTTPStatus

from local.settings import HOST

CHECK_EVERY_S = 0.5
CHECKS = 2  # in a row, until it believes them
CHUNK = 65_536
# Before a health check where targets get the PROXY protocol: version 2, LOCAL, no addresses.
LOCAL_HEADER = b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"


@dataclass
class Target:
    """A node's ports, and what it answered lately."""

    port: int
    health_port: int
    is_healthy: bool = False
    contrary: int = 0  # answers in a row that say the opposite

    def answered(self, ready: bool) -> None:
        self.contrary = 0 if ready == self.is_healthy else self.contrary + 1
        if self.contrary >= CHECKS:
            self.is_healthy, self.contrary = ready, 0


class Balancer:
    """`with Balancer() as balancer:` listens on `balancer.port`; nodes are added and left where they are."""

    def __init__(self) -> None:
        self.port = 0
        self._targets: list[Target] = []
        self._listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Balancer":
        self._thread.start()
        assert self._listening.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def add(self, port: int, health_port: int) -> Target:
        target = Target(port, health_port)
        self._targets.append(target)
        return target

    @property
    def url(self) -> str:
        return f"rtmp://{HOST}:{self.port}/live"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        checking = self._loop.create_task(self._check())
        self._listening.set()
        self._loop.run_forever()
        checking.cancel()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _check(self) -> None:
        while True:
            targets = list(self._targets)
            for target, ready in zip(targets, await asyncio.gather(*map(_is_ready, targets)), strict=True):
                target.answered(ready)
            await asyncio.sleep(CHECK_EVERY_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        targets = [target for target in self._targets if target.is_healthy] or self._targets
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection(HOST, random.choice(targets).port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, upstream_writer), _pass_on(upstream_reader, writer))


async def _is_ready(target: Target) -> bool:
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(HOST, target.health_port)
            writer.write(LOCAL_HEADER + b"GET /ready HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")
            status = (await reader.readline()).split()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return len(status) > 1 and int(status[1]) == HTTPStatus.OK


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()
