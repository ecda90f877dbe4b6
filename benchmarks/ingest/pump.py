"""One process of the load generator: it connects some of the publishers and sends what they have to send.

Everything that is sent was cut into chunks before. Flooding sends from a file without copying (sendfile); pacing sends
each message when it is due, every connection with a phase of its own.
"""

import heapq
import os
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.ingest import board as boards
from benchmarks.ingest.board import Board
from benchmarks.ingest.material import Material
from tests.support.rtmp_peer import RtmpPeer

HOST = "127.0.0.1"
PATIENCE_S = 30.0
CONNECTING_AT_ONCE = 8
PIECE = 1 << 20  # bytes offered to sendfile at a time
LOOK_EVERY_S = 0.05  # for new connections and orders


class Refused(Exception):
    """The server did not take the publish."""


def connect(port: int, key: str, chunk_size: int, *, speaks_rtmp: bool) -> socket.socket:
    """A connection whose publish was accepted. Raises Refused, OSError."""
    connected = socket.create_connection((HOST, port), timeout=PATIENCE_S)
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if speaks_rtmp:
        try:
            _publish(connected, RtmpPeer(app="live", key=key, chunk_size=chunk_size))
        except BaseException:
            connected.close()
            raise
    return connected


def _publish(connected: socket.socket, peer: RtmpPeer) -> None:
    def read(enough: Callable[[], bool]) -> None:
        while not enough():
            data = connected.recv(65536)
            if not data:
                raise Refused("closed")
            peer.receive_data(data)

    connected.sendall(peer.hello())
    read(lambda: peer.handshake_answered)
    connected.sendall(peer.finish_handshake() + peer.connect() + peer.create_stream())
    read(lambda: len(peer.commands()) >= 2)
    connected.sendall(peer.publish())
    read(lambda: peer.status() is not None)
    if peer.status() != "NetStream.Publish.Start":
        raise Refused(peer.status())


class Pump:
    """The publishers `numbers` of the board, whose stream names are `keys`."""

    def __init__(self, board: Board, numbers: range, material: Material) -> None:
        self._board = board
        self._numbers = numbers
        self._material = material
        self._sent, self._state = board.sent, board.state
        self._sockets: dict[int, socket.socket] = {}
        self._arrived: deque[tuple[int, socket.socket]] = deque()

    def run(self, port: int, keys: list[str], chunk_size: int, *, speaks_rtmp: bool, paced: bool) -> None:
        """Until the board says END."""

        def one(number: int) -> None:
            try:
                connected = connect(port, keys[number], chunk_size, speaks_rtmp=speaks_rtmp)
            except (Refused, OSError):
                self._state[number] = boards.REFUSED
                return
            self._board.port[number] = connected.getsockname()[1]
            self._arrived.append((number, connected))
            self._state[number] = boards.PUBLISHING

        with ThreadPoolExecutor(CONNECTING_AT_ONCE) as pool:
            for number in self._numbers:
                pool.submit(one, number)
            while self._board.command == boards.CONNECT:
                time.sleep(LOOK_EVERY_S)
            (self._pace if paced else self._flood)()

    def _take_in(self) -> list[int]:
        """Those that connected since: metadata and sequence headers go out, and from then on nothing blocks."""
        new = []
        while self._arrived:
            number, connected = self._arrived.popleft()
            connected.sendall(self._material.opening)
            connected.setblocking(False)
            self._sockets[number] = connected
            new.append(number)
        return new

    def _flood(self) -> None:
        loop = self._material.loop
        file = os.memfd_create("media")
        os.write(file, loop)
        ready = select.epoll()
        by_file: dict[int, int] = {}
        while self._board.command != boards.END:
            for number in self._take_in():
                by_file[self._sockets[number].fileno()] = number
                ready.register(self._sockets[number], select.EPOLLOUT)
            for found, _ in ready.poll(LOOK_EVERY_S):
                number = by_file[found]
                offset = self._sent[number] % len(loop)
                try:
                    self._sent[number] += os.sendfile(found, file, offset, min(PIECE, len(loop) - offset))
                except BlockingIOError:
                    continue
                except OSError:
                    ready.unregister(found)
                    self._state[number] = boards.BROKEN

    def _pace(self) -> None:
        material = self._material
        messages, size, round_s = len(material.due), len(material.loop), material.duration / 1000
        dues = [due / 1000 for due in material.due]
        view = memoryview(material.loop)
        queue: list[tuple[float, int, int]] = []  # when due, which message of all its rounds, number
        look_at = 0.0
        while True:
            now = time.monotonic()
            if now >= look_at:
                if self._board.command == boards.END:
                    return
                look_at = now + LOOK_EVERY_S
                for number in self._take_in():
                    # Spread over a second, but begun at once: a node waits for the first media for a short time only.
                    phase = now + (number % 97) / 97
                    self._board.phase_us[number] = int(phase * 1e6)
                    heapq.heappush(queue, (phase + dues[0], 0, number))
            due, index, number = queue[0] if queue else (look_at, 0, 0)
            if due > now:
                time.sleep(max(0.0, min(due, look_at) - now))
                continue
            late = int((now - due) * 1e6)
            if late > self._board.behind_us:
                self._board.behind_us = late
            rounds, message = divmod(index, messages)
            sent = self._sent[number]
            start, end = sent % size, rounds * size + material.ends[message]
            try:
                self._sent[number] = sent + self._sockets[number].send(view[start : start + end - sent])
            except BlockingIOError:
                pass  # the next one sends this, too
            except OSError:
                self._state[number] = boards.BROKEN
                heapq.heappop(queue)
                continue
            rounds, message = divmod(index + 1, messages)
            next_due = self._board.phase_us[number] / 1e6 + rounds * round_s + dues[message]
            heapq.heapreplace(queue, (next_due, index + 1, number))
