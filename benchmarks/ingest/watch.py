"""A process and its sockets, seen from outside (Linux's /proc)."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_ESTABLISHED = "01"


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_kb(pid: int) -> int:
    """Resident memory."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


@dataclass(slots=True)
class Unread:
    """Bytes of one connection that its server has not read: in its own socket, and not yet there."""

    waiting: int = 0
    under_way: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.under_way


def unread(server_port: int) -> dict[int, Unread]:
    """By the client's port. Connections of the server's port on this machine, both ends of which are listed."""
    found: dict[int, Unread] = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, state, queues, *_ = line.split(None, 5)
        if state != _ESTABLISHED:
            continue
        local_port, remote_port = int(local[-4:], 16), int(remote[-4:], 16)
        sending, receiving = queues.split(":")
        if local_port == server_port:
            found.setdefault(remote_port, Unread()).waiting = int(receiving, 16)
        elif remote_port == server_port:
            found.setdefault(local_port, Unread()).under_way = int(sending, 16)
    return found
