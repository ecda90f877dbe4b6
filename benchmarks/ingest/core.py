"""`python -m benchmarks.ingest.core <file.flv>`: the RTMP core alone, without a socket, compiled or not.

The figures of decision 14. Bytes are copied into one buffer before each read, as the kernel would, so that they are
found where a real read leaves them; that copy is not counted.
"""

import sys
import time
from pathlib import Path

from benchmarks.ingest.material import prepare, read_flv
from ingest_container import compiled
from ingest_container.rtmp import Session
from tests.support.rtmp_peer import RtmpPeer

READ = 256 * 1024
ROUNDS = 100


def seconds_a_gigabyte(flv: bytes, chunk_size: int, *, frames: bool) -> float:
    """Of the best of many rounds."""
    material = prepare(read_flv(flv), chunk_size)
    session, peer = Session(now=0.0, random_bytes=bytes(1528), frames=frames), RtmpPeer(chunk_size=chunk_size)
    session.receive_data(peer.open(), 0.0)
    session.accept_publish(0.0)
    session.receive_data(material.opening, 0.0)
    buffer = bytearray(READ)
    pieces = [material.loop[start : start + READ] for start in range(0, len(material.loop), READ)]
    best = float("inf")
    for _ in range(ROUNDS):
        taken = 0.0
        for piece in pieces:
            buffer[: len(piece)] = piece
            began = time.perf_counter()
            session.receive_data(buffer, 1.0, len(piece))
            taken += time.perf_counter() - began
        best = min(best, taken)
    return best / len(material.loop) * 1e9


if __name__ == "__main__":
    print("compiled" if compiled.find("rtmp") else "plain Python")
    for size in (128, 4096, 65536):
        for wanted in (False, True):
            seconds = seconds_a_gigabyte(Path(sys.argv[1]).read_bytes(), size, frames=wanted)
            print(f"chunk size {size:>6,}, frames {'told' if wanted else 'counted'}: {seconds:.3f} s/GB")
