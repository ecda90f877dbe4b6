"""A broadcast whose database answers late: what happened meanwhile counts."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.events import StreamFacts
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.streams import GRACE, EndReason, StreamState
from ingest_container.broadcast import Broadcast
from ingest_container.telemetry import Telemetry
from ingest_container.threads import Threads

KEY = StreamKey("hash", "key_1", "ch_1", "hint", KeyStatus.ACTIVE, 0)


class LateDatabase(Threads):
    """Each call is given its answer by the test."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: asyncio.Queue[asyncio.Future[Any]] = asyncio.Queue()

    async def run(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.asked.put_nowait(answer)
        return await answer


class Encoder:
    client_ip: str | None = "192.0.2.1"
    facts = StreamFacts()
    dropped: EndReason | None = None

    def drop(self, reason: EndReason) -> None:
        self.dropped = reason

    def gather(self, bytes_per_second: float) -> None: ...

    def hasten(self) -> None: ...

    def has_unread(self) -> bool:
        return False


def grant(fence: int) -> Grant:
    return Grant("ch_1", "stream_1", "key_1", fence, Holder("node-1", "run-1", str(fence)), True, GRACE, 1)


async def test_an_encoder_that_came_back_while_its_old_lease_was_asked_for_stays() -> None:
    database, log, gone = LateDatabase(), Logger("test", level="CRITICAL"), list[Broadcast]()
    telemetry = Telemetry("node-1", database, log)
    broadcast = Broadcast(grant(1), KEY, database, telemetry, log, gone.append)
    first, second = Encoder(), Encoder()
    broadcast.take_on(first, grant(1), KEY)
    broadcast.check_lease()
    async with asyncio.timeout(5):
        still_held = await database.asked.get()
        broadcast.take_on(second, grant(2), KEY)
        still_held.set_result(False)
        await broadcast.settled()
    assert (first.dropped, second.dropped) == (EndReason.LEASE_LOST, None)
    assert broadcast.hold.state is StreamState.RECONNECTING
    assert gone == []
    database.close()


async def test_a_broadcast_whose_lease_is_held_by_another_is_over() -> None:
    database, log, gone = LateDatabase(), Logger("test", level="CRITICAL"), list[Broadcast]()
    broadcast = Broadcast(grant(1), KEY, database, Telemetry("node-1", database, log), log, gone.append)
    encoder = Encoder()
    broadcast.take_on(encoder, grant(1), KEY)
    broadcast.check_lease()
    async with asyncio.timeout(5):
        (await database.asked.get()).set_result(False)
        await broadcast.ended.wait()
    assert encoder.dropped is EndReason.LEASE_LOST
    assert gone == [broadcast]
    database.close()


async def test_a_step_that_never_has_its_turn_leaves_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    """The node stops while the database is away: the first step waits for it, the second for the first."""
    database, log = LateDatabase(), Logger("test", level="CRITICAL")
    broadcast = Broadcast(grant(1), KEY, database, Telemetry("node-1", database, log), log, lambda _: None)
    broadcast.check_lease()
    broadcast.end(EndReason.NODE_DRAINED)
    async with asyncio.timeout(5):
        await database.asked.get()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.wait(others)
    del others, task
    gc.collect()  # then Python tells of coroutines that were never awaited
    assert [str(warning.message) for warning in recwarn] == []
    database.close()


@pytest.mark.requirement("SS-5.1")
async def test_a_defect_ends_the_broadcast_and_gives_the_channel_back() -> None:
    database, log, gone = LateDatabase(), Logger("test", level="CRITICAL"), list[Broadcast]()
    broadcast = Broadcast(grant(1), KEY, database, Telemetry("node-1", database, log), log, gone.append)
    encoder = Encoder()
    broadcast.take_on(encoder, grant(1), KEY)
    broadcast.fail(ZeroDivisionError())
    async with asyncio.timeout(5):
        (await database.asked.get()).set_result(True)
        await broadcast.ended.wait()
    assert encoder.dropped is EndReason.NODE_LOST
    assert gone == [broadcast]
    database.close()
