"""Listening sockets, bound before anything else starts, and the limit of open files."""

import asyncio
import resource
import socket
from collections import deque
from collections.abc import Callable

BACKLOG = 4_096  # connections the kernel holds for us: a whole node's encoders may come back at once
# Connections taken in one turn of the event loop. A flood of them must not keep media waiting.
ACCEPTED_AT_ONCE = 64
# A connection that comes and goes costs half a millisecond: half a core, whoever they are. A whole node's encoders may
# come back at once.
CONNECTIONS_A_SECOND, BURST_OF_CONNECTIONS = 1_000, 1_000
# Seconds that the kernel holds a connection of which nothing has come yet: encoders speak first. Those that are closed
# without a word are then closed by the time that they are accepted, and cost next to nothing.
SILENT_SECONDS = 1
PAUSE = 0.01  # seconds until some more may be taken
PAUSE_WITHOUT_DESCRIPTORS = 1.0
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


class Listener:
    """Takes connections in batches, and not more of them in a second than the node can bear; the others wait here.

    The event loop's own server takes one in each turn where it is uvloop's, so that a publisher's connection would wait
    for as many turns as connections came before it.
    """

    def __init__(self, bound: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        self._loop = asyncio.get_running_loop()
        self._socket = bound
        self._protocol = protocol
        self._tasks: set[asyncio.Task[object]] = set()
        self._waiting: deque[socket.socket] = deque()  # taken from the kernel, and nothing made of them yet
        self._next: asyncio.TimerHandle | None = None  # when some of them are taken
        self._pause: asyncio.TimerHandle | None = None
        self._left = float(BURST_OF_CONNECTIONS)
        self._filled_at = self._loop.time()
        bound.setblocking(False)
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)
        bound.listen(BACKLOG)
        self._loop.add_reader(bound, self._accept)

    def close(self) -> None:
        """No more connections; those that are there go on."""
        for timer in (self._pause, self._next):
            if timer is not None:
                timer.cancel()
        while self._waiting:
            self._waiting.pop().close()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                connection, _address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                break
            except OSError:  # no descriptor or memory left: some will be given back
                self._loop.remove_reader(self._socket)
                self._pause = self._loop.call_later(PAUSE_WITHOUT_DESCRIPTORS, self._resume)
                break
            connection.setblocking(False)
            self._waiting.append(connection)
        if self._next is None:
            self._take_waiting()

    def _resume(self) -> None:
        self._loop.add_reader(self._socket, self._accept)

    def _take_waiting(self) -> None:
        """As many as may be taken now; those that are closed already cost next to nothing."""
        now = self._loop.time()
        earned = (now - self._filled_at) * CONNECTIONS_A_SECOND
        self._left, self._filled_at = min(self._left + earned, BURST_OF_CONNECTIONS), now
        while self._waiting:
            connection = self._waiting.popleft()
            if _close_if_gone(connection):
                continue
            if self._left < 1:
                self._waiting.appendleft(connection)
                break
            self._take(connection)
        while len(self._waiting) > BACKLOG:
            self._waiting.pop().close()
        self._next = self._loop.call_later(PAUSE, self._take_again) if self._waiting else None

    def _take_again(self) -> None:
        self._next = None
        self._take_waiting()

    def _take(self, connection: socket.socket) -> None:
        self._left -= 1
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, connection))
        self._tasks.add(task)
        task.add_done_callback(self._connected)

    def _connected(self, task: "asyncio.Task[object]") -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # the connection is gone already


def _close_if_gone(connection: socket.socket) -> bool:
    """Whether its peer has closed it without sending anything."""
    try:
        gone = not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        gone = True
    if gone:
        connection.close()
    return gone


def serve(bound: socket.socket, protocol: Callable[[], asyncio.BaseProtocol]) -> Listener:
    """Takes connections from now on."""
    return Listener(bound, protocol)


def make_room(connections: int) -> int:
    """How many of so many connections the system lets us hold; the limit of this process is raised as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else min(connections, soft - RESERVED_FILES)
