"""`python -m benchmarks.package.viewers`: many HLS clients of one stream. `Plan` (JSON) on stdin, `Answers` on stdout.

A waiter asks for the playlist with the part that comes next (RFC 8216bis, 6.2.5.2), again and again. A player fetches
that part, too. How late an answer is, is counted from the first answer that any client had for the same part.
"""

import asyncio
import functools
import json
import re
import resource
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from urllib.request import urlopen

from local.settings import HOST

CONNECTING_AT_ONCE = 100
WARM_S = 3.0

_HINT = re.compile(rb'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]*p(\d+)\.(\d+)\.m4s)"')
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """Whom to ask, and how many do."""

    port: int
    channel: str
    waiters: int
    players: int
    seconds: float


@dataclass
class Answers:
    """Times in ms after the first answer for the same part."""

    playlists: int = 0
    parts: int = 0
    gigabytes: float = 0.0
    lost: int = 0  # connections that the origin closed
    refused: int = 0  # answers other than 200
    playlist_p50_ms: float = 0.0
    playlist_p95_ms: float = 0.0
    playlist_max_ms: float = 0.0
    part_p95_ms: float = 0.0
    part_max_ms: float = 0.0


@dataclass
class Seen:
    """When each part was first listed, and how much later all others had it."""

    first: dict[bytes, float] = field(default_factory=dict)
    playlists: dict[bytes, list[float]] = field(default_factory=lambda: defaultdict(list))
    parts: list[float] = field(default_factory=list)
    bytes: int = 0
    lost: int = 0
    refused: int = 0
    counts: bool = False  # after the warming up


class Client(asyncio.Protocol):
    """One connection: asks, takes the whole answer, asks again."""

    def __init__(self, seen: Seen, playlist: str, *, plays: bool) -> None:
        self._seen = seen
        self._playlist = playlist
        self._base = playlist.rpartition("/")[0]
        self._plays = plays
        self._part: bytes | None = None  # that is being fetched
        self._awaited: bytes | None = None  # part that the playlist is to have
        self._next: tuple[bytes, int, int] | None = None  # part that it announces
        self._received = bytearray()
        self._whole = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask(self._playlist)

    def connection_lost(self, exc: Exception | None) -> None:
        self._seen.lost += self._seen.counts

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._whole:
            head = received.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(received, 0, head + 2)
            self._whole = head + 4 + (int(length[1]) if length else 0)
        if len(received) >= self._whole:
            self._answered(bytes(received[:4096]) if self._part else bytes(received))
            received.clear()
            self._whole = 0

    def _ask(self, target: str) -> None:
        if self._transport is not None:
            self._transport.write(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def _answered(self, answer: bytes) -> None:
        now, seen = time.monotonic(), self._seen
        if not answer.startswith(b"HTTP/1.1 200 "):
            seen.refused += seen.counts
            self._part = self._awaited = None
            self._ask(self._playlist)
            return
        seen.bytes += self._whole * seen.counts
        if self._part is not None:
            if seen.counts:
                seen.parts.append(now - seen.first[self._part])
            self._part = None
            self._wait()
            return
        if self._awaited is not None:
            first = seen.first.setdefault(self._awaited, now)
            if seen.counts:
                seen.playlists[self._awaited].append(now - first)
            self._part = self._awaited if self._plays else None
        hint = _HINT.search(answer)
        self._next = (hint[1], int(hint[2]), int(hint[3])) if hint else None
        if self._part is not None:
            self._ask(f"{self._base}/{self._part.decode()}")
        else:
            self._wait()

    def _wait(self) -> None:
        if self._next is None:
            self._awaited = None
            self._ask(self._playlist)
            return
        self._awaited, msn, part = self._next
        self._ask(f"{self._playlist}?_HLS_msn={msn}&_HLS_part={part}")


async def watch(plan: Plan) -> Answers:
    """All clients for so long."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    playlist = _media_playlist(plan)
    loop, seen = asyncio.get_running_loop(), Seen()
    transports = []
    make = {plays: functools.partial(Client, seen, playlist, plays=plays) for plays in (False, True)}
    for number in range(plan.waiters + plan.players):
        transport, _ = await loop.create_connection(make[number < plan.players], HOST, plan.port)
        transports.append(transport)
        if number % CONNECTING_AT_ONCE == 0:
            await asyncio.sleep(0)
    await asyncio.sleep(WARM_S)
    seen.counts = True
    await asyncio.sleep(plan.seconds)
    seen.counts = False
    for transport in transports:
        transport.close()
    return _answers(seen)


def _media_playlist(plan: Plan) -> str:
    index = f"/live/{plan.channel}/index.m3u8"
    with urlopen(f"http://{HOST}:{plan.port}{index}", timeout=10) as answer:
        uri = answer.read().decode().strip().splitlines()[-1]
    return f"{index.rpartition('/')[0]}/{uri}"


def _answers(seen: Seen) -> Answers:
    late = sorted(1000 * each for times in seen.playlists.values() for each in times)
    fetched = sorted(1000 * each for each in seen.parts)
    return Answers(
        len(late),
        len(fetched),
        round(seen.bytes / 1e9, 3),
        seen.lost,
        seen.refused,
        _at(late, 50),
        _at(late, 95),
        _at(late, 100),
        _at(fetched, 95),
        _at(fetched, 100),
    )


def _at(values: list[float], percent: int) -> float:
    return round(values[min(len(values) - 1, len(values) * percent // 100)], 1) if values else 0.0


if __name__ == "__main__":
    json.dump(asdict(asyncio.run(watch(Plan(**json.load(sys.stdin))))), sys.stdout)
