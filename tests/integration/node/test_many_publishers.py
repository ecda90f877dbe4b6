"""A node full of publishers, each of them real; `make bench-ingest` does it with a thousand for a minute."""

from pathlib import Path

import pytest

from benchmarks.ingest.load import Load, Plan
from benchmarks.ingest.new_channels import new_channels
from tests.integration.node.conftest import Node
from tests.support.rtmp_peer import AAC_48K_STEREO, AVC_RECORD
from tests.support.stack import Emulator

PUBLISHERS = 100
SECONDS = 6.0
LATE_MS = 1_000


def flv(seconds: int) -> bytes:
    """An FLV file of 25 frames and 25 pieces of sound a second, 430 kbit/s; none of it can be decoded."""
    tags = [(9, 0, b"\x17\x00\x00\x00\x00" + AVC_RECORD), (8, 0, b"\xaf\x00" + AAC_48K_STEREO)]
    for time in range(0, seconds * 1000, 40):
        tags.append((9, time, (b"\x17" if time % 2000 == 0 else b"\x27") + b"\x01\x00\x00\x00" + bytes(2_000)))
        tags.append((8, time, b"\xaf\x01" + bytes(150)))
    out = b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4)
    for type_id, time, body in tags:
        out += bytes((type_id,)) + len(body).to_bytes(3, "big") + time.to_bytes(3, "big") + bytes(4) + body + bytes(4)
    return out


@pytest.mark.serial
@pytest.mark.requirement("SS-5.1")
@pytest.mark.requirement("SS-6.7")
def test_a_hundred_publishers_at_once_are_all_taken_and_read_in_time(
    node: Node, cloud: Emulator, tmp_path: Path
) -> None:
    material = tmp_path / "media.flv"
    material.write_bytes(flv(8))
    plan = Plan(
        port=node.port,
        pid=node.process.pid,
        keys=[stream_key for _, stream_key in new_channels(cloud.env, PUBLISHERS)],
        flv=str(material),
        chunk_size=4096,
        paced=True,
        warm_s=3.0,
        seconds=SECONDS,
    )
    outcome = Load(plan).run()
    assert (outcome.connections, outcome.refused, outcome.broken) == (PUBLISHERS, 0, 0)
    expected = PUBLISHERS * SECONDS * (2_005 + 152) * 25 / 1e9
    assert outcome.gigabytes == pytest.approx(expected, rel=0.1)
    # What the sender itself was late by, on a busy machine, is not the node's doing.
    assert outcome.read_delay_max_ms - outcome.behind_ms < LATE_MS
    per_connection = (outcome.memory_live_kb - outcome.memory_before_kb) / PUBLISHERS
    assert per_connection < 1_024
