"""Attacks on a node, each by a process of its own: what it costs must not hold up the test beside it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from local.children import die_with
from local.settings import ROOT

AS_ONE_ADDRESS_MAY = 256  # connections


def storm(port: int, kind: str, connections: int = AS_ONE_ADDRESS_MAY) -> contextlib.AbstractContextManager[int]:
    """Connections that send hostile pieces, and come back as soon as they are ended."""
    return _running("storm", port, kind, connections)


def half_open(port: int, count: int) -> contextlib.AbstractContextManager[int]:
    """So many handshakes that begin and never go on."""
    return _running("half_open", port, count)


@contextlib.contextmanager
def _running(module: str, *arguments: object) -> Iterator[int]:
    """`python -m tests.support.<module>` while it lasts: its process id, once it has said that it has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.support.{module}", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=die_with(os.getpid()),
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"open\n"
        yield process.pid
    finally:
        process.kill()
        process.wait(10)
