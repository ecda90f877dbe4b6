"""Check that ports are free before anything is started."""

import errno
import socket
from collections.abc import Mapping


class CannotStart(Exception):
    """A setting or this machine prevents the start; the message says what to change."""


def free_port(host: str) -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def check_free(wanted: Mapping[str, tuple[str, int, str]]) -> None:
    """`wanted`: variable -> (address, port, what it is for). Raises CannotStart."""
    seen: dict[int, str] = {}
    for variable, (host, port, what) in wanted.items():
        if port in seen:
            raise CannotStart(f"{seen[port]} and {variable} are both {port}; each needs its own port.")
        seen[port] = variable
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As servers do: a port whose last connections still linger in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise CannotStart(
                        f"This machine has no address {host}, on which port {port} ({what}) should be opened."
                    ) from error
                if error.errno == errno.EACCES:
                    raise CannotStart(
                        f"This user may not listen on port {port} ({what}); ports from 1024 on are allowed.\n"
                        f"Choose another port:  {variable}={port + 8000} make run"
                    ) from error
                raise CannotStart(
                    f"Port {port} ({what}) is used by another program.\n"
                    f"Stop that program, or choose another port:  {variable}={port + 1} make run"
                ) from error
