"""Starts the emulator, fills it, and starts the gateway and one ingest node; stops them in reverse order.

The order matters: the node ends its streams, which needs the gateway's handlers and the emulator's tables; the emulator
stops last and saves its state.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Mapping
from contextlib import AsyncExitStack
from typing import TypeVar

from local import emulator
from local.children import Child
from local.environment import bootstrap_environment, gateway_environment, node_environment, not_used
from local.loopback import answers
from local.node import Node
from local.ports import check_free, free_port
from local.private_files import load_or_make_secrets, read_sign_in, sole_use, write_private_json
from local.ready import ready_block, ready_document
from local.settings import HOST, ROOT, LocalSettings, services_settings

BOOTSTRAP_TIMEOUT_S = 180.0
GATEWAY_READY_TIMEOUT_S = 60.0
GATEWAY_STOP_GRACE_S = 8.0
# A step that takes longer than this is announced.
SILENCE_S = 1.5

T = TypeVar("T")


def say(line: str) -> None:
    print(line, flush=True)


async def run(settings: LocalSettings) -> None:
    """Start everything, then watch it until cancelled.

    Raises CannotStart before anything is started, ChildDied when the emulator or the gateway ends.
    """
    began = time.monotonic()
    # The folder first: a second `make run` is told that one is running, not that its ports are taken.
    with sole_use(settings.state_dir):
        check_free(
            {
                "STREAM_SYNC_HTTP_PORT": (HOST, settings.http_port, "dashboard and API"),
                "STREAM_SYNC_RTMP_PORT": (settings.rtmp_host, settings.rtmp_port, "RTMP ingest"),
                "STREAM_SYNC_CLOUD_PORT": (HOST, settings.cloud_port, "AWS emulator"),
            },
        )
        for name in ("origin_port", "health_port"):
            if getattr(settings, name) == 0:
                settings = settings.model_copy(update={name: free_port(HOST)})
        await _start_and_watch(settings, began)


async def _start_and_watch(settings: LocalSettings, began: float) -> None:
    settings.ready_file.unlink(missing_ok=True)
    for old in settings.log_dir.glob("*.log"):
        old.unlink()
    secrets, users = load_or_make_secrets(settings.state_dir), services_settings()
    for line in not_used(os.environ):
        say(line)

    async with AsyncExitStack() as ending:
        env = emulator.environment(settings, secrets)
        cloud = await _announced("Starting the AWS emulator", emulator.start(settings, env))
        ending.push_async_callback(cloud.stop, emulator.STOP_GRACE_S)

        env = bootstrap_environment(settings, secrets)
        await _announced("Creating tables, keys, the bus and the demo account", _bootstrap(settings, env))

        env = gateway_environment(settings, secrets, read_sign_in(settings.state_dir))
        gateway = await Child.start(
            "gateway", [sys.executable, "-m", "local.gateway"], env=env, cwd=ROOT, log=settings.log_dir / "gateway.log"
        )
        ending.push_async_callback(gateway.stop, GATEWAY_STOP_GRACE_S)
        node = Node(settings, secrets, node_environment(settings, secrets))
        ending.push_async_callback(node.stop)
        await node.start()
        await _announced(
            "Starting the gateway and the ingest node",
            asyncio.gather(
                gateway.until(lambda: answers(f"{settings.http_url}/config.json"), GATEWAY_READY_TIMEOUT_S),
                node.until_listening(),
            ),
        )

        # The file last: a program that waits for it finds the message printed.
        say(ready_block(settings, secrets, users, time.monotonic() - began))
        write_private_json(settings.ready_file, ready_document(settings, secrets, users))
        ending.callback(settings.ready_file.unlink, missing_ok=True)
        ending.callback(say, "\nStopping. Channels and keys are kept.")
        await _first_end(cloud, gateway, node)


async def _bootstrap(settings: LocalSettings, env: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "local.bootstrap"]
    child = await Child.start("bootstrap", command, env=env, cwd=ROOT, log=settings.log_dir / "bootstrap.log")
    try:
        code = await asyncio.wait_for(child.wait(), BOOTSTRAP_TIMEOUT_S)
    finally:
        await child.stop(1)
    if code:
        raise child.death("The emulator could not be set up")


async def _first_end(cloud: Child, gateway: Child, node: Node) -> None:
    """Restart the node whenever it exits; raise ChildDied as soon as the emulator or the gateway exits."""
    watchers = [asyncio.ensure_future(watch) for watch in (_must_live(cloud), _must_live(gateway), node.keep_running())]
    try:
        done, _ = await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
        for watcher in done:
            watcher.result()
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _must_live(child: Child) -> None:
    code = await child.wait()
    raise child.death(f"The {child.name} exited with code {code}")


async def _announced(what: str, step: Awaitable[T]) -> T:
    """Await `step`; print `what` if it takes long."""
    notice = asyncio.get_running_loop().call_later(SILENCE_S, say, f"{what} ...")
    try:
        return await step
    finally:
        notice.cancel()
