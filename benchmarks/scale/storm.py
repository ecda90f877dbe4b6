"""`python -m benchmarks.scale.storm`: how fast one real node lets a crowd of publishers in, and what that costs it.

All connect at once, each with a key of its own that the node has never seen; each sends its headers and a frame as
soon as it may publish. The database is the emulator, on the same machine: look at shares and at CPU for each publisher,
which a busy machine changes less than the rate.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ingest.new_channels import new_channels
from benchmarks.ingest.watch import cpu_seconds
from local.settings import HOST
from tests.support.nodes import Node
from tests.support.rtmp_peer import RtmpPeer
from tests.support.stack import Emulator, running_emulator

ANSWERED_WITHIN_S = 60.0
STARTED = "NetStream.Publish.Start"


@dataclass(frozen=True)
class Crowd:
    """Seconds from the first connection on: when each was let in."""

    let_in: list[float]
    refused: int

    @property
    def rate(self) -> float:
        """A second, between the first and the last tenth: the beginning and the end are of few."""
        ordered = sorted(self.let_in)
        early, late = len(ordered) // 10, len(ordered) * 9 // 10
        return (late - early) / (ordered[late] - ordered[early])


async def crowd(port: int, keys: list[str]) -> Crowd:
    began, let_in = time.monotonic(), list[float]()

    async def publish(key: str) -> asyncio.StreamWriter:
        peer = RtmpPeer(key=key)
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(peer.open())
        while peer.status() is None and (data := await reader.read(65_536)):
            peer.receive_data(data)
        if peer.status() == STARTED:
            let_in.append(time.monotonic() - began)
            writer.write(peer.sequence_headers() + peer.video(0, keyframe=True))
        return writer

    async with asyncio.timeout(ANSWERED_WITHIN_S):
        writers = await asyncio.gather(*(publish(key) for key in keys))
    for writer in writers:
        writer.transport.abort()
    return Crowd(let_in, len(keys) - len(let_in))


def measure(cloud: Emulator, folder: Path, publishers: int) -> dict[str, float]:
    keys = [key for _, key in new_channels(cloud.env, publishers)]
    node = Node(cloud.env, folder / "node.log", capacity=5_000).listening()
    try:
        before = cpu_seconds(node.process.pid), cpu_seconds(cloud.process.pid), time.monotonic()
        found = asyncio.run(crowd(node.port, keys))
        took = time.monotonic() - before[2]
        node_s, cloud_s = (cpu_seconds(p.pid) - b for p, b in ((node.process, before[0]), (cloud.process, before[1])))
    finally:
        node.end()
    return {
        "publishers": publishers,
        "refused": found.refused,
        "let in a second": round(found.rate, 1),
        "median wait, s": round(statistics.median(found.let_in), 2),
        "node's CPU for each, ms": round(1_000 * node_s / publishers, 2),
        "node, of a core": round(node_s / took, 2),
        "emulator's CPU for each, ms": round(1_000 * cloud_s / publishers, 2),
        "emulator, of a core": round(cloud_s / took, 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.storm", description=__doc__)
    parser.add_argument("--publishers", type=int, default=250)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stream-sync-storm-") as name:
        folder = Path(name)
        with running_emulator(folder / "cloud") as cloud:
            print(json.dumps(measure(cloud, folder, given.publishers), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
