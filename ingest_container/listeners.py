"""Sockets that listen, bound before anything else is begun; and room for as many connections as the system allows."""

import asyncio
import resource
import socket
from collections.abc import Callable

BACKLOG = 4_096  # connections the kernel holds for us: a whole node's encoders may come back at once
# Connections taken in one turn of the event loop. A flood of them must not keep media waiting.
ACCEPTED_AT_ONCE = 64
RESERVED_FILES = 256  # descriptors for the database, logs and the like


class CannotListen(Exception):
    """An address that cannot be bound; the text says why and what to do."""


def bind(host: str, port: int, variable: str) -> socket.socket:
    """A bound TCP socket. `::` is every address of this machine, IPv4 as well. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
            bound.bind((host, port))
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {host}:{port} ({error.strerror}). "
            f"Set {variable} to another port, or end what listens there."
        ) from error
    return bound


async def serve(bound: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]) -> asyncio.Server:
    """Takes connections from now on."""
    server = await asyncio.get_running_loop().create_server(protocol, sock=bound, backlog=ACCEPTED_AT_ONCE)
    bound.listen(BACKLOG)  # the event loop takes one number for two things: how many wait, how many are taken at once
    return server


def make_room(connections: int) -> int:
    """How many of so many connections the system lets us hold; the limit of this process is raised as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else min(connections, soft - RESERVED_FILES)
