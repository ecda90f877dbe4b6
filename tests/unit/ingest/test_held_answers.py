"""An answer is held while another node may hold the channel for the encoder's own dead connection, and no longer."""

import asyncio

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.refusals import KeyInUse, KeyRevoked, NodeDraining, PublishRefused
from chalicelib.services.streams.holders import HeldBySameEncoder
from ingest_container.base.clock import now_ms
from ingest_container.live.publish import Abandoned
from ingest_container.node.held_answers import IN_FLIGHT, HeldAnswers

pytestmark = pytest.mark.requirement("EN-9")

KEY = StreamKey(key_hash="hash", key_id="key_1", channel_id="ch_1", hint="abcd", status=KeyStatus.ACTIVE, created_at=0)
GRANT = Grant("ch_1", "stream", "key_1", 7, Holder("node", "run", "publisher"), resumed=True, grace=8_000)
LOG = Logger(service="test")
NEVER = 60.0  # seconds


class Claimant:
    client_ip: str | None = "192.0.2.1"


class Lease:
    """Answers claims in this order, the last answer again and again."""

    def __init__(self, *answers: Grant | Exception) -> None:
        self._answers = list(answers)
        self.claims = 0
        self.was_claimed = asyncio.Event()

    async def __call__(self) -> Grant:
        self.claims += 1
        self.was_claimed.set()
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def held(last_media_at: int | None = None) -> HeldBySameEncoder:
    refusal = HeldBySameEncoder(channel_id="ch_1", key_id="key_1")
    refusal.last_media_at = last_media_at
    return refusal


def answers(longest: float = NEVER, claim_every: float = 0.001, most: int = 4) -> HeldAnswers:
    return HeldAnswers(LOG, longest=longest, claim_every=claim_every, most=most)


async def begin(waiting: HeldAnswers, claimant: Claimant, lease: Lease, key: StreamKey = KEY) -> "asyncio.Task[Grant]":
    task = asyncio.create_task(waiting.claim(claimant, key, lease))
    await lease.was_claimed.wait()
    await asyncio.sleep(0)
    return task


async def test_a_free_channel_is_granted_at_once() -> None:
    lease = Lease(GRANT)
    assert await answers().claim(Claimant(), KEY, lease) is GRANT
    assert lease.claims == 1


async def test_the_channel_is_granted_as_soon_as_the_other_node_lets_go() -> None:
    waiting, lease = answers(), Lease(held(), held(), held(), GRANT)
    assert await waiting.claim(Claimant(), KEY, lease) is GRANT
    assert (lease.claims, waiting.held) == (4, 0)


async def test_who_is_not_let_go_of_is_refused_when_the_time_is_over() -> None:
    waiting, lease = answers(longest=0.05), Lease(held())
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(KeyInUse):
        await waiting.claim(Claimant(), KEY, lease)
    assert loop.time() - began >= 0.05
    assert lease.claims > 1
    assert waiting.held == 0


async def test_the_last_claim_is_made_when_the_time_is_over() -> None:
    lease = Lease(held(), GRANT)
    assert await answers(longest=0.01, claim_every=NEVER).claim(Claimant(), KEY, lease) is GRANT


@pytest.mark.parametrize("refusal", [KeyInUse(), KeyRevoked(), NodeDraining()])
async def test_any_other_refusal_is_given_at_once_first_or_later(refusal: PublishRefused) -> None:
    for lease in (Lease(refusal), Lease(held(), refusal)):
        with pytest.raises(type(refusal)):
            await answers().claim(Claimant(), KEY, lease)


async def test_media_that_came_since_proves_another_encoder() -> None:
    sends = held(last_media_at=now_ms() + IN_FLIGHT + 60_000)
    lease = Lease(held(), sends)
    with pytest.raises(KeyInUse):
        await answers().claim(Claimant(), KEY, lease)
    assert lease.claims == 2


async def test_media_that_may_have_been_on_its_way_proves_nothing() -> None:
    lease = Lease(held(last_media_at=now_ms()), held(last_media_at=now_ms()), GRANT)
    assert await answers().claim(Claimant(), KEY, lease) is GRANT


async def test_only_so_many_answers_are_held() -> None:
    waiting = answers(claim_every=NEVER, most=1)
    first = await begin(waiting, Claimant(), Lease(held()))
    with pytest.raises(KeyInUse):
        await waiting.claim(Claimant(), StreamKey("h", "key_2", "ch_2", "abcd", KeyStatus.ACTIVE, 0), Lease(held()))
    assert not first.done()
    first.cancel()


async def test_the_encoders_newest_connection_is_the_one_that_waits() -> None:
    waiting = answers(claim_every=NEVER, most=1)
    older = await begin(waiting, Claimant(), Lease(held()))
    newer = await begin(waiting, Claimant(), Lease(held()))
    with pytest.raises(Abandoned, match="replaced"):
        await older
    assert (newer.done(), waiting.held) == (False, 1)
    newer.cancel()


async def test_who_hangs_up_is_not_waited_for() -> None:
    waiting, gone = answers(claim_every=NEVER), Claimant()
    task = await begin(waiting, gone, Lease(held()))
    waiting.left(Claimant())
    assert waiting.held == 1
    waiting.left(gone)
    with pytest.raises(Abandoned, match="peer_closed"):
        await task
    assert waiting.held == 0


async def test_a_node_that_stops_refuses_all_of_them() -> None:
    waiting = answers(claim_every=NEVER)
    task = await begin(waiting, Claimant(), Lease(held()))
    waiting.dismiss()
    with pytest.raises(NodeDraining):
        await task
