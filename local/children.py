"""Child processes that exit with their parent, however it exits."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # linux/prctl.h
TAIL_LINES = 15


class ChildDied(Exception):
    """A child exited unexpectedly. The message contains the end of its log."""


def die_with(parent: int) -> Callable[[], None] | None:
    """For the child, between fork and exec: SIGTERM when the parent dies, kill -9 included (Linux only).

    SIGTERM and not SIGKILL: the emulator saves its state and the node ends its streams.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def in_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return in_child


class Child:
    """One child process with its log file. Make it with `start`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.log = log
        self.started = time.monotonic()
        self._process = process

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path
    ) -> "Child":
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *map(str, command),
                env=env,
                cwd=cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A session of its own: Ctrl-C reaches the parent only, which then ends its children in order.
                start_new_session=True,
                preexec_fn=die_with(os.getpid()),
            )
        return cls(name, process, log)

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    async def wait(self) -> int:
        return await self._process.wait()

    async def stop(self, grace: float) -> None:
        """SIGTERM, and SIGKILL after `grace` seconds."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), grace)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()

    async def until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait until `ready()`, polled in a thread. Raises ChildDied if the child ends or the time is over."""
        deadline = time.monotonic() + timeout
        while not await asyncio.to_thread(ready):
            if not self.running:
                raise self.death(f"The {self.name} exited with code {self._process.returncode}")
            if time.monotonic() > deadline:
                raise self.death(f"The {self.name} was not ready within {timeout:.0f} s")
            await asyncio.sleep(0.05)

    def death(self, what: str) -> ChildDied:
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return ChildDied("\n".join([f"{what}. The end of {self.log}:", *(f"  {line}" for line in lines)]))
