"""The load generator: real publishers, and what is seen of the server. `Plan` (JSON) on stdin, `Outcome` on stdout.

The server is watched from outside only: its CPU time, its memory, and the bytes that lie unread in its sockets.
How late it reads: the oldest byte that lies unread was due at a known moment; that long ago is its read delay.
"""

import json
import multiprocessing
import sys
import time
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.ingest import board as boards
from benchmarks.ingest import watch
from benchmarks.ingest.board import Board
from benchmarks.ingest.material import prepare, read_flv
from benchmarks.ingest.pump import Pump

SAMPLE_EVERY_S = 0.2
CONNECT_TIMEOUT_S = 120.0
END_TIMEOUT_S = 10.0
# More connections than this are begun one after the other: a node waits 5 s for the first media, not for the last of
# a thousand publishers. Fewer all publish before the first byte of media is sent, so that idle ones can be weighed.
MOST_IDLE = 200
# One process sends this many streams in real time, or it would measure itself.
STREAMS_A_PUMP = 500


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
    burst_ms: int = 0  # what is due within so many ms is sent together


@dataclass
class Outcome:
    """What was seen in the plan's `seconds`. Times in ms where the name says so, memory in KiB."""

    connections: int
    refused: int
    broken: int  # connections that the server closed while they were sending
    gigabytes: float = 0.0
    cpu_s: float = 0.0
    memory_before_kb: int = 0
    memory_idle_kb: int = 0  # all publish, nothing is sent; 0 where there are too many for that
    memory_live_kb: int = 0
    read_delay_p50_ms: float = 0.0
    read_delay_p95_ms: float = 0.0
    read_delay_p99_ms: float = 0.0
    read_delay_max_ms: float = 0.0
    behind_ms: float = 0.0  # how late the generator itself was at worst


class Load:
    """One plan, from the first connection to the outcome."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.material = prepare(read_flv(Path(plan.flv).read_bytes()), plan.chunk_size).in_bursts(plan.burst_ms)
        self.board = Board(len(plan.keys))
        self._delays: list[float] = []

    def run(self) -> Outcome:
        plan, board = self.plan, self.board
        outcome = Outcome(0, 0, 0, memory_before_kb=watch.memory_kb(plan.pid))
        idle_first = len(plan.keys) <= MOST_IDLE
        board.command = boards.CONNECT if idle_first else boards.SEND
        pumps = self._start_pumps()
        try:
            deadline = time.monotonic() + CONNECT_TIMEOUT_S
            while board.count(boards.WAITING) and time.monotonic() < deadline:
                time.sleep(0.05)
            if idle_first:
                outcome.memory_idle_kb = watch.memory_kb(plan.pid)
                board.command = boards.SEND
            time.sleep(plan.warm_s)
            board.behind_us = 0
            bytes_before, cpu_before = self._read_by_server(), watch.cpu_seconds(plan.pid)
            self._watch(plan.seconds)
            bytes_after, cpu_after = self._read_by_server(), watch.cpu_seconds(plan.pid)
            outcome.memory_live_kb = watch.memory_kb(plan.pid)
        finally:
            board.command = boards.END
            for pump in pumps:
                pump.join(END_TIMEOUT_S)
                if pump.is_alive():
                    pump.kill()
        outcome.gigabytes = (bytes_after - bytes_before) / 1e9
        outcome.cpu_s = round(cpu_after - cpu_before, 2)
        outcome.connections = board.count(boards.PUBLISHING) + board.count(boards.BROKEN)
        outcome.refused = board.connections - outcome.connections
        outcome.broken = board.count(boards.BROKEN)
        outcome.behind_ms = round(board.behind_us / 1000, 1)
        self._tell_delays(outcome)
        return outcome

    def _start_pumps(self) -> list[multiprocessing.context.ForkProcess]:
        plan = self.plan
        count = -(-len(plan.keys) // STREAMS_A_PUMP) if plan.paced else 1
        size = -(-len(plan.keys) // count)
        pumps = []
        for start in range(0, len(plan.keys), size):
            pump = Pump(self.board, range(start, min(start + size, len(plan.keys))), self.material)
            what = {"speaks_rtmp": plan.speaks_rtmp, "paced": plan.paced}
            process = multiprocessing.get_context("fork").Process(
                target=pump.run, args=(plan.port, plan.keys, plan.chunk_size), kwargs=what, daemon=True
            )
            process.start()
            pumps.append(process)
        return pumps

    def _read_by_server(self) -> int:
        unread = watch.unread(self.plan.port)
        none = watch.Unread()
        ports = zip(self.board.sent, self.board.port, strict=True)
        return sum(sent - unread.get(port, none).total for sent, port in ports if port)

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            if self.plan.paced:
                self._sample()
            time.sleep(max(0.0, min(until, now + SAMPLE_EVERY_S) - time.monotonic()))

    def _sample(self) -> None:
        """Note every connection's read delay. What waits for room is not sent yet, and its time runs."""
        material, board = self.material, self.board
        unread = watch.unread(self.plan.port)
        now = time.monotonic()
        none = watch.Unread()
        for sent, port, state, phase_us in zip(board.sent, board.port, board.state, board.phase_us, strict=True):
            if state != boards.PUBLISHING or not phase_us:
                continue
            waiting = unread.get(port, none).total
            if not waiting:
                self._delays.append(0.0)
                continue
            rounds, offset = divmod(max(0, sent - waiting), len(material.loop))
            message = bisect_right(material.ends, offset)
            due = phase_us / 1e6 + (rounds * material.duration + material.due[message]) / 1000
            self._delays.append(max(0.0, now - due))

    def _tell_delays(self, outcome: Outcome) -> None:
        if self._delays:
            delays = sorted(delay * 1000 for delay in self._delays)
            outcome.read_delay_p50_ms = round(delays[len(delays) // 2], 1)
            outcome.read_delay_p95_ms = round(delays[len(delays) * 95 // 100], 1)
            outcome.read_delay_p99_ms = round(delays[len(delays) * 99 // 100], 1)
            outcome.read_delay_max_ms = round(delays[-1], 1)


def main() -> int:
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(Load(plan).run()), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
