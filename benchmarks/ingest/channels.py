"""`python -m benchmarks.ingest.channels <count>`: channels in the emulator; ids and stream keys on stdout, as JSON.

Run under the emulator's environment. The keys are of no use anywhere else, and are written nowhere.
"""

import json
import secrets
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from ulid import ULID

from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.store import channels

AT_ONCE = 8


def make(number: int) -> tuple[str, str]:
    """A channel with one key: its id and the key."""
    stream_key = rules.new_stream_key(secrets.choice)
    now = time.time_ns() // 1_000_000
    channel = Channel(channel_id=f"ch_{ULID()}", owner=f"broadcaster {number}", region="us-east-1", created_at=now)
    key = StreamKey(
        key_hash=rules.hash_key(stream_key),
        key_id=f"key_{ULID()}",
        channel_id=channel.channel_id,
        hint=rules.hint_of(stream_key),
        status=KeyStatus.ACTIVE,
        created_at=now,
    )
    channels.create(channel, key)
    return channel.channel_id, stream_key


if __name__ == "__main__":
    with ThreadPoolExecutor(AT_ONCE) as pool:
        json.dump(list(pool.map(make, range(int(sys.argv[1])))), sys.stdout)
