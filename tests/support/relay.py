"""A TCP relay between us and a server, which can be away, refuse, or answer late."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from enum import Enum, auto

from local.settings import HOST

CHUNK = 65_536
SLOW_S = 1.0


class Mode(Enum):
    PASS = auto()
    REFUSE = auto()  # connections are closed at once, open ones too
    HANG = auto()  # connections are taken, and nothing is heard of them
    SLOW = auto()  # each piece takes a second


class Relay:
    """`with relaying(port) as relay:` listens on `relay.port`."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._mode = Mode.PASS
        self._open: set[socket.socket] = set()
        self._passing = threading.Event()
        self._passing.set()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.HANG:
            self._passing.clear()
        else:
            self._passing.set()
        if mode is Mode.REFUSE:
            for each in list(self._open):
                _close(each)

    def close(self) -> None:
        _close(self._listener)
        self.set(Mode.REFUSE)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self._mode is Mode.REFUSE:
                    _close(client)
                    continue
                server = socket.create_connection((HOST, self._target))
                self._open |= {client, server}
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                self._passing.wait()
                if self._mode is Mode.SLOW:
                    time.sleep(SLOW_S)
                sink.sendall(data)
        for each in (source, sink):
            _close(each)
            self._open.discard(each)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()


@contextlib.contextmanager
def relaying(target: int) -> Iterator[Relay]:
    relay = Relay(target)
    try:
        yield relay
    finally:
        relay.close()
