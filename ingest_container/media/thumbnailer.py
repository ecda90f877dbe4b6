"""The handle of the worker process that makes thumbnails: started when it is needed, killed when it hangs.

One job at a time. Whatever a key frame does to the process, its job answers None within JOB_SECONDS, and the next job
gets a new one.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from aws_lambda_powertools import Logger

from ingest_container.media import thumbnail_worker

JOB_SECONDS = 5.0  # at the lowest priority on a busy machine; a start takes 0.3 s of it
KEPT_VARIABLES = ("LD_LIBRARY_PATH",)  # what an interpreter may need to start at all
COMMAND = (sys.executable, "-I", str(Path(thumbnail_worker.__file__)))


class Thumbnailer:
    """`command` is for tests."""

    def __init__(self, log: Logger, command: tuple[str, ...] = COMMAND, job_seconds: float = JOB_SECONDS) -> None:
        self._log = log
        self._command = command
        self._job_seconds = job_seconds
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Of the worker, while there is one."""
        return self._process.pid if self._process is not None else None

    async def thumbnail(self, data: bytes) -> bytes | None:
        """A JPEG of the first picture; `data`: see `thumbnail_worker`. None where it cannot be made."""
        try:
            async with asyncio.timeout(self._job_seconds):
                picture = await self._ask(data[: thumbnail_worker.MAX_JOB_BYTES])
        except (TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as failure:
            code = await self.close()
            self._log.warning(
                "The thumbnail worker was replaced",
                event="thumbnail_worker_replaced",
                reason="timeout" if isinstance(failure, TimeoutError) else "exited",
                exit_code=code,
            )
            return None
        except asyncio.CancelledError:
            await self.close()
            raise
        return picture or None

    async def _ask(self, data: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await self._start()
        jobs, results = process.stdin, process.stdout
        if jobs is None or results is None:
            raise OSError("no pipes")
        jobs.write(len(data).to_bytes(4, "big") + data)
        await jobs.drain()
        size = int.from_bytes(await results.readexactly(4), "big")
        if size > thumbnail_worker.MAX_RESULT_BYTES:
            raise ValueError("not the worker's protocol")
        return await results.readexactly(size)

    async def _start(self) -> asyncio.subprocess.Process:
        """Without the node's environment, which has the credentials of its role."""
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        )

    async def close(self) -> int | None:
        """Ends the worker; returns its exit code, if it had ended by itself."""
        process, self._process = self._process, None
        if process is None:
            return None
        code = process.returncode
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return code
