"""A hundred publishers want one channel at the same instant, from two nodes: exactly one gets it, every time."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import IO, cast

import pytest

from chalicelib.domain.leases import SESSION_TTL, Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.streams import EndReason
from chalicelib.domain.timeline import Entry
from chalicelib.services.streams.lifecycle import StreamHold
from chalicelib.store import lease_ends, models, nodes
from local.settings import ROOT
from tests.integration.store.conftest import Clock, LeasedStudio
from tests.support.stack import Emulator
from tests.support.studio import REGION

THREADS = 50  # in each of the two processes
MOST_ROUNDS, LEAST_ROUNDS = 30, 12  # of the least, four of each kind, however slow the machine is
SECONDS = 15.0  # after which no further round begins
LEAD_S = 0.02  # both processes have the line by then


class Claimants:
    """One of the two processes."""

    def __init__(self, node_id: str, env: dict[str, str], stream_key: str) -> None:
        self.node_id = node_id
        command = [sys.executable, "-m", "tests.integration.store.claimants", node_id, str(THREADS)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._in, self._out = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        self.send(stream_key)

    def send(self, line: str) -> None:
        self._in.write(line + "\n")
        self._in.flush()

    def line(self) -> str:
        return self._out.readline().strip()

    def close(self) -> None:
        self._in.close()
        assert self.process.wait(120) == 0


def forget_starts(studio: LeasedStudio) -> None:
    """More begin here than `domain.starts` lets anybody."""
    models.Channel(studio.channel_id).update([models.Channel.starts_paid_until.remove()])


@pytest.mark.requirement("SS-2.3")
@pytest.mark.requirement("SO-2")
@pytest.mark.requirement("SS-6.4")
@pytest.mark.timeout(900)
def test_one_of_a_hundred_concurrent_claims_wins_and_the_fence_grows(
    cloud: Emulator, studio: LeasedStudio, clock: Clock
) -> None:
    """Rounds take turns: a free channel, a stream that waits for its encoder, a channel whose holder's node died."""
    sides = [Claimants(f"race-{side}-{studio.channel_id}", cloud.env, studio.stream_key) for side in "ab"]
    assert [side.line() for side in sides] == ["ready", "ready"]
    prepare: list[Callable[[LeasedStudio], None]] = [lambda _: None, leave_waiting, leave_to_a_dead_node]
    last_fence = 0
    winners: Counter[str] = Counter()
    ends_at = time.monotonic() + SECONDS
    for number in range(MOST_ROUNDS):
        if number >= LEAST_ROUNDS and len(winners) == 2 and time.monotonic() > ends_at:
            break
        forget_starts(studio)
        prepare[number % 3](studio)
        before = studio.fence
        start_at = time.time() + LEAD_S
        for side in sides:
            side.send(repr(start_at))
        answers = [json.loads(side.line()) for side in sides]
        grants = [(side, *grant) for side, answer in zip(sides, answers, strict=True) for grant in answer["grants"]]
        refused = sum((Counter(answer["refusals"]) for answer in answers), Counter())

        assert len(grants) == 1, f"round {number}: {grants}"
        # A busy emulator does not answer everybody in time: they did not get the channel either.
        assert refused.keys() <= {"key_in_use", "store_unavailable"}
        assert refused.total() == 2 * THREADS - 1
        side, stream_id, fence, publisher = grants[0]
        channel = studio.channel
        assert channel.lease.holder is not None
        assert (channel.lease.holder.node_id, channel.lease.holder.publisher_id) == (side.node_id, publisher)
        assert (channel.lease.fence, channel.stream_id) == (fence, stream_id)
        assert fence > before >= last_fence
        last_fence = fence
        winners[side.node_id] += 1
        lease_ends.finish(
            studio.channel_id, fence, EndReason.CLEAN_STOP, 0, Entry(stream_id, 0, now_ms(), "Stream End", {})
        )
    for side in sides:
        side.close()
    assert len(winners) == 2, "both nodes took part in earnest"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def live_on(studio: LeasedStudio, node_id: str) -> StreamHold:
    studio.clock.now = now_ms()
    hold = StreamHold(studio.claim(Holder(node_id, "run", "publisher")))
    hold.media(now_ms(), StreamFacts())
    return hold


def leave_waiting(studio: LeasedStudio) -> None:
    live_on(studio, "gone").lost(now_ms(), now_ms(), 0)


def leave_to_a_dead_node(studio: LeasedStudio) -> None:
    live_on(studio, f"dead-{studio.channel_id}")
    info = NodeInfo(f"dead-{studio.channel_id}", "run", "", REGION, 1, now_ms())
    nodes.register(info, now_ms() - SESSION_TTL // 4)
