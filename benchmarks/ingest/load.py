"""The load generator: real publishers, one process. Reads a `Plan` (JSON) on stdin, writes an `Outcome` on stdout.

Everything that is sent was cut into chunks before. Flooding sends from a file without copying (sendfile); pacing sends
each message when it is due, every connection with a phase of its own. The server is watched from outside only: its CPU
time, its memory, and the bytes that lie unread in its sockets.

How late a server reads: the oldest byte that lies unread was due at a known moment; that long ago is its read delay.
"""

import heapq
import json
import os
import select
import socket
import sys
import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.ingest import watch
from benchmarks.ingest.material import Material, prepare, read_flv
from tests.support.rtmp_peer import RtmpPeer

HOST = "127.0.0.1"
PATIENCE_S = 20.0
CONNECTING_AT_ONCE = 8
PIECE = 1 << 20  # bytes offered to sendfile at a time
SAMPLE_EVERY_S = 0.2


class Refused(Exception):
    """The server did not take the publish."""


@dataclass(frozen=True)
class Plan:
    """What to do to which server. `keys` are stream names, one for each connection."""

    port: int
    pid: int
    keys: list[str] = field(repr=False)
    flv: str
    chunk_size: int
    paced: bool
    warm_s: float
    seconds: float
    speaks_rtmp: bool = True


@dataclass
class Outcome:
    """What was seen in `seconds` after the warming up. Times in ms where the name says so, memory in KiB."""

    connections: int
    refused: int
    broken: int  # connections that the server closed while they were sending
    gigabytes: float = 0.0
    cpu_s: float = 0.0
    memory_before_kb: int = 0
    memory_idle_kb: int = 0  # all publish, nothing is sent
    memory_live_kb: int = 0
    read_delay_p50_ms: float = 0.0
    read_delay_p95_ms: float = 0.0
    read_delay_max_ms: float = 0.0
    behind_ms: float = 0.0  # how late the generator itself was at worst: above some ms, a result says nothing


class Publisher:
    """One connection. `sent` counts the bytes of the endless loop; `phase` is when its first round was due."""

    __slots__ = ("phase", "port", "sent", "socket")

    def __init__(self, plan: Plan, key: str) -> None:
        self.socket = socket.create_connection((HOST, plan.port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self.socket.getsockname()[1]
        self.sent = 0
        self.phase = 0.0
        if plan.speaks_rtmp:
            self._publish(RtmpPeer(app="live", key=key, chunk_size=plan.chunk_size))

    def begin(self, material: Material) -> None:
        """Metadata and sequence headers; from then on nothing blocks."""
        self.socket.sendall(material.opening)
        self.socket.setblocking(False)

    def _publish(self, peer: RtmpPeer) -> None:
        self.socket.sendall(peer.hello())
        self._read(peer, lambda: peer.handshake_answered)
        self.socket.sendall(peer.finish_handshake() + peer.connect() + peer.create_stream())
        self._read(peer, lambda: len(peer.commands()) >= 2)
        self.socket.sendall(peer.publish())
        self._read(peer, lambda: peer.status() is not None)
        if peer.status() != "NetStream.Publish.Start":
            raise Refused(peer.status())

    def _read(self, peer: RtmpPeer, enough: Callable[[], bool]) -> None:
        while not enough():
            data = self.socket.recv(65536)
            if not data:
                raise Refused("closed")
            peer.receive_data(data)


class Load:
    """All publishers of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.material = prepare(read_flv(Path(plan.flv).read_bytes()), plan.chunk_size)
        self.publishers: list[Publisher] = []
        self.broken: list[Publisher] = []
        self._delays: list[float] = []
        self._behind = 0.0

    def run(self) -> Outcome:
        plan = self.plan
        before = watch.memory_kb(plan.pid)
        refused = self._connect()
        idle = watch.memory_kb(plan.pid)
        for publisher in self.publishers:
            publisher.begin(self.material)
        drive = self._pace if plan.paced else self._flood
        outcome = Outcome(len(self.publishers), refused, 0, memory_before_kb=before, memory_idle_kb=idle)
        marks: list[tuple[int, float]] = []  # bytes that were read, CPU time

        def on_mark() -> None:
            if not marks:
                self._delays.clear()
                self._behind = 0.0
            marks.append((self._read_by_server(), watch.cpu_seconds(plan.pid)))

        drive([plan.warm_s, plan.warm_s + plan.seconds], on_mark)
        (bytes_before, cpu_before), (bytes_after, cpu_after) = marks
        outcome.gigabytes = (bytes_after - bytes_before) / 1e9
        outcome.cpu_s = cpu_after - cpu_before
        outcome.memory_live_kb = watch.memory_kb(plan.pid)
        outcome.broken = len(self.broken)
        outcome.behind_ms = round(self._behind * 1000, 1)
        if self._delays:
            delays = sorted(self._delays)
            outcome.read_delay_p50_ms = round(delays[len(delays) // 2] * 1000, 1)
            outcome.read_delay_p95_ms = round(delays[len(delays) * 95 // 100] * 1000, 1)
            outcome.read_delay_max_ms = round(delays[-1] * 1000, 1)
        return outcome

    def _connect(self) -> int:
        """How many were refused."""

        def connect(key: str) -> Publisher | None:
            try:
                return Publisher(self.plan, key)
            except (Refused, OSError):
                return None

        with ThreadPoolExecutor(CONNECTING_AT_ONCE) as pool:
            tried = list(pool.map(connect, self.plan.keys))
        self.publishers = [publisher for publisher in tried if publisher is not None]
        return len(tried) - len(self.publishers)

    def _read_by_server(self) -> int:
        unread = watch.unread(self.plan.port)
        return sum(p.sent - unread.get(p.port, watch.Unread()).total for p in self.publishers)

    def _lose(self, publisher: Publisher) -> None:
        self.broken.append(publisher)

    # --- as fast as it is read ---------------------------------------------------------------------------------

    def _flood(self, marks: list[float], on_mark: Callable[[], None]) -> None:
        loop = self.material.loop
        file = os.memfd_create("media")
        os.write(file, loop)
        ready = select.epoll()
        by_file = {publisher.socket.fileno(): publisher for publisher in self.publishers}
        for number in by_file:
            ready.register(number, select.EPOLLOUT)
        began = time.monotonic()
        for mark in marks:
            while time.monotonic() < began + mark:
                for number, _ in ready.poll(0.1):
                    publisher = by_file[number]
                    offset = publisher.sent % len(loop)
                    try:
                        publisher.sent += os.sendfile(number, file, offset, min(PIECE, len(loop) - offset))
                    except BlockingIOError:
                        continue
                    except OSError:
                        ready.unregister(number)
                        self._lose(publisher)
            on_mark()

    # --- in real time ------------------------------------------------------------------------------------------

    def _pace(self, marks: list[float], on_mark: Callable[[], None]) -> None:
        material = self.material
        messages = len(material.due)
        round_s = material.duration / 1000
        view = memoryview(material.loop)
        began = time.monotonic() + 0.1
        # (when due, which message of all its rounds, publisher's number)
        queue: list[tuple[float, int, int]] = []
        for number, publisher in enumerate(self.publishers):
            publisher.phase = began + number / len(self.publishers)
            queue.append((publisher.phase + material.due[0] / 1000, 0, number))
        heapq.heapify(queue)
        sample_at = began
        for mark in marks:
            while (now := time.monotonic()) < began + mark:
                if now >= sample_at:
                    self._sample(now)
                    sample_at = now + SAMPLE_EVERY_S
                due, index, number = queue[0]
                if due > now:
                    time.sleep(min(due, sample_at, began + mark) - now)
                    continue
                self._behind = max(self._behind, now - due)
                publisher = self.publishers[number]
                rounds, message = divmod(index, messages)
                end = rounds * len(view) + material.ends[message]
                start = publisher.sent % len(view)
                try:
                    publisher.sent += publisher.socket.send(view[start : start + end - publisher.sent])
                except BlockingIOError:
                    pass  # the next one sends this, too
                except OSError:
                    heapq.heappop(queue)
                    self._lose(publisher)
                    continue
                rounds, message = divmod(index + 1, messages)
                next_due = publisher.phase + rounds * round_s + material.due[message] / 1000
                heapq.heapreplace(queue, (next_due, index + 1, number))
            on_mark()

    def _sample(self, now: float) -> None:
        """Note every connection's read delay. Bytes that were never sent for want of room count as unread."""
        material = self.material
        unread = watch.unread(self.plan.port)
        for publisher in self.publishers:
            waiting = unread.get(publisher.port, watch.Unread()).total
            if not waiting:
                self._delays.append(0.0)
                continue
            rounds, offset = divmod(publisher.sent - waiting, len(material.loop))
            message = bisect_right(material.ends, offset)
            due = publisher.phase + rounds * material.duration / 1000 + material.due[message] / 1000
            self._delays.append(max(0.0, now - due))


def main() -> int:
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(Load(plan).run()), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
