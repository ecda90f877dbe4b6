"""One node's half of the lease race: a process whose threads all claim one channel at the same instant.

Standard input: the stream key, then one line a round, the instant to start at (seconds since the epoch). Standard
output: "ready", then a JSON line a round: `{"grants": [[stream_id, fence, publisher_id], ...], "refusals": {code: n}}`.
"""

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from ulid import ULID

from chalicelib.domain.errors import StreamSyncError
from chalicelib.domain.keys import StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.nodes import NodeInfo
from chalicelib.services.streams import admission
from chalicelib.store import nodes

ROUND_MS = 120_000  # the node's session is renewed with each round


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def claim(key: StreamKey, holder: Holder, start_at: float) -> Grant | str:
    time.sleep(max(0.0, start_at - time.time()))
    try:
        return admission.claim(key, holder, "192.0.2.1", now_ms())
    except StreamSyncError as refusal:
        return refusal.code


def main(node_id: str, threads: int) -> None:
    key = admission.authenticate(sys.stdin.readline().strip(), now_ms())
    run = str(ULID())
    info = NodeInfo(node_id, run, "", "us-east-1", 1000, now_ms())
    nodes.register(info, now_ms() + ROUND_MS)
    print("ready", flush=True)
    with ThreadPoolExecutor(threads) as pool:
        for line in sys.stdin:
            nodes.register(info, now_ms() + ROUND_MS)
            holders = [Holder(node_id, run, str(ULID())) for _ in range(threads)]
            answers = list(pool.map(lambda holder, at=float(line): claim(key, holder, at), holders))
            grants = [[a.stream_id, a.fence, a.holder.publisher_id] for a in answers if isinstance(a, Grant)]
            refusals = Counter(a for a in answers if isinstance(a, str))
            print(json.dumps({"grants": grants, "refusals": refusals}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
