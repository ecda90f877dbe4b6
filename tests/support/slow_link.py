"""A TCP link with a long way between its ends: what the server sends arrives later, in order and at full rate."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator

from local.settings import HOST

CHUNK = 65_536


class SlowLink:
    """`with slow_link(port, delay_s) as link:` listens on `link.port` and adds `delay_s` to each round trip."""

    def __init__(self, target: int, delay_s: float) -> None:
        self._target = target
        self._delay_s = delay_s
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((HOST, self._target))
                for one in (client, server):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                answers: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                for work in (
                    (self._pass_on, client, server),
                    (self._take, server, answers),
                    (self._deliver, answers, client),
                ):
                    threading.Thread(target=work[0], args=work[1:], daemon=True).start()

    @staticmethod
    def _pass_on(client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(CHUNK):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _take(self, server: socket.socket, answers: "queue.SimpleQueue[tuple[float, bytes]]") -> None:
        data = b""
        with contextlib.suppress(OSError):
            while data := server.recv(CHUNK):
                answers.put((time.monotonic() + self._delay_s, data))
        answers.put((time.monotonic() + self._delay_s, b""))
        server.close()

    @staticmethod
    def _deliver(answers: "queue.SimpleQueue[tuple[float, bytes]]", client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = answers.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not data:
                    break
                client.sendall(data)
        client.close()


@contextlib.contextmanager
def slow_link(target: int, delay_s: float) -> Iterator[SlowLink]:
    link = SlowLink(target, delay_s)
    try:
        yield link
    finally:
        link.close()
