"""Ports for servers that a test starts."""

import itertools
import os
import re
import secrets
import socket
from collections.abc import Iterator

from local.settings import HOST

# Below what the kernel gives to outgoing connections (Linux: from 32768 on): a flood's thousands would take a port that
# was free a moment ago before its server listens. No two parallel workers have a port in common.
LOWEST, RANGE, WORKERS = 12_000, 2_500, 8


def _candidates() -> Iterator[int]:
    """Each of this worker's ports in turn, so that one is not given again soon; two test runs begin apart."""
    worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
    lowest = LOWEST + RANGE * (int(worker) % WORKERS)
    offset = secrets.randbelow(RANGE)
    while True:
        yield lowest + offset % RANGE
        offset += 1


_next_ports = _candidates()


def free_ports(count: int) -> list[int]:
    """Ports on which nobody listens, all different."""
    tried = itertools.islice(_next_ports, RANGE)
    return list(itertools.islice(filter(_is_free, tried), count))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
