"""A broadcast whose database answers late: what happened meanwhile counts."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.leases import Grant, Holder
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.streams import GRACE, NOT_TAKEN_UP, EndReason, StreamState
from ingest_container.base.threads import Threads
from ingest_container.live.broadcast import Broadcast
from ingest_container.live.telemetry import Telemetry

KEY = StreamKey("hash", "key_1", "ch_1", "hint", KeyStatus.ACTIVE, 0)


class LateDatabase(Threads):
    """Each call is given its answer by the test."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked: asyncio.Queue[asyncio.Future[Any]] = asyncio.Queue()
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    async def run(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.calls.append((call.__name__, args, kwargs))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.asked.put_nowait(answer)
        return await answer


class Encoder:
    facts = StreamFacts()
    described = False
    unread = False
    is_test = False
    dropped: EndReason | None = None

    def __init__(self, client_ip: str | None = "192.0.2.1", flash_version: str = "FMLE/3.0") -> None:
        self.client_ip = client_ip
        self.flash_version = flash_version
        self.requested_at = 0.0

    def drop(self, reason: EndReason) -> None:
        self.dropped = reason

    def batch_reads(self, bytes_per_second: float) -> None: ...

    def read_immediately(self) -> None: ...

    def has_pending_data(self) -> bool:
        return self.unread


def grant(fence: int) -> Grant:
    return Grant("ch_1", "stream_1", "key_1", fence, Holder("node-1", "run-1", str(fence)), True, GRACE, 1)


async def test_an_encoder_that_came_back_while_its_old_lease_was_asked_for_stays() -> None:
    database, log, gone = LateDatabase(), Logger("test", level="CRITICAL"), list[Broadcast]()
    telemetry = Telemetry("node-1", database, log)
    broadcast = Broadcast(grant(1), KEY, database, telemetry, log, gone.append)
    first, second = Encoder(), Encoder()
    broadcast.attach(first, grant(1), KEY)
    broadcast.check_lease()
    async with asyncio.timeout(20):
        still_held = await database.asked.get()
        broadcast.attach(second, grant(2), KEY)
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
    broadcast.attach(encoder, grant(1), KEY)
    broadcast.check_lease()
    async with asyncio.timeout(20):
        (await database.asked.get()).set_result(False)
        await broadcast.wait_ended()
    assert encoder.dropped is EndReason.LEASE_LOST
    assert gone == [broadcast]
    database.close()


async def test_a_step_that_never_has_its_turn_leaves_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    """The node stops while the database is away: the first step waits for it, the second for the first."""
    database, log = LateDatabase(), Logger("test", level="CRITICAL")
    broadcast = Broadcast(grant(1), KEY, database, Telemetry("node-1", database, log), log, lambda _: None)
    broadcast.check_lease()
    broadcast.end(EndReason.NODE_DRAINED)
    async with asyncio.timeout(20):
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
    broadcast.attach(encoder, grant(1), KEY)
    broadcast.fail(ZeroDivisionError())
    async with asyncio.timeout(20):
        (await database.asked.get()).set_result(True)
        await broadcast.wait_ended()
    assert encoder.dropped is EndReason.NODE_LOST
    assert gone == [broadcast]
    database.close()


# --- an encoder that is back before its dead connection was noticed ---------------------------------------------------

OTHER_KEY = StreamKey("other", "key_2", "ch_1", "hint", KeyStatus.ACTIVE, 0)


class Clock:
    """Seconds."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@contextlib.asynccontextmanager
async def live(encoder: Encoder | None = None) -> AsyncIterator[tuple[Broadcast, Encoder, LateDatabase, Clock]]:
    """A broadcast that is LIVE, with media at this very moment."""
    encoder = encoder or Encoder()
    database, log, clock = LateDatabase(), Logger("test", level="CRITICAL"), Clock()
    broadcast = Broadcast(grant(1), KEY, database, Telemetry("node-1", database, log), log, lambda _: None, clock=clock)
    broadcast.attach(encoder, grant(1), KEY)
    broadcast.media(10)
    async with asyncio.timeout(20):
        (await database.asked.get()).set_result(None)
        await broadcast.settled()
        yield broadcast, encoder, database, clock
    database.close()


@pytest.mark.requirement("EN-9")
async def test_the_same_encoder_takes_the_place_of_its_quiet_connection() -> None:
    async with live() as (broadcast, first, database, clock):
        clock.now += 1.5
        await broadcast.release_stale(Encoder(), KEY)
        assert first.dropped is EndReason.LEASE_LOST
        await database.asked.get()  # the lease is let go


async def test_it_is_waited_for_a_moment_whether_the_first_connection_is_quiet() -> None:
    async with live() as (broadcast, first, _, clock):
        clock.now += 0.9
        coming = asyncio.create_task(broadcast.release_stale(Encoder(), KEY))
        await asyncio.sleep(0)
        assert first.dropped is None
        clock.now += 0.2
        await coming
        assert first.dropped is EndReason.LEASE_LOST


@pytest.mark.requirement("EN-9")
async def test_a_connection_that_sends_meanwhile_stays() -> None:
    async with live() as (broadcast, first, _, clock):
        clock.now += 0.9
        coming = asyncio.create_task(broadcast.release_stale(Encoder(), KEY))
        await asyncio.sleep(0)
        clock.now += 0.9
        broadcast.media(1)
        await coming
        assert first.dropped is None


@pytest.mark.requirement("EN-9")
@pytest.mark.parametrize(
    ("newcomer", "key"),
    [
        (Encoder("192.0.2.2"), KEY),
        (Encoder(flash_version="another"), KEY),
        (Encoder(), OTHER_KEY),
    ],
    ids=["another address", "another encoder", "another key"],
)
async def test_nobody_else_takes_a_quiet_connections_place(newcomer: Encoder, key: StreamKey) -> None:
    async with live() as (broadcast, first, _, clock):
        clock.now += 3
        await broadcast.release_stale(newcomer, key)
        assert first.dropped is None


@pytest.mark.parametrize("unnamed", [Encoder(None), Encoder(flash_version="")], ids=["address", "name"])
async def test_who_is_not_known_by_address_and_name_is_never_the_same(unnamed: Encoder) -> None:
    async with live(unnamed) as (broadcast, _, _, clock):
        clock.now += 3
        await broadcast.release_stale(Encoder(unnamed.client_ip, unnamed.flash_version), KEY)
        assert unnamed.dropped is None


async def test_a_connection_that_we_are_late_to_read_stays() -> None:
    async with live() as (broadcast, first, _, clock):
        first.unread = True
        clock.now += 3
        await broadcast.release_stale(Encoder(), KEY)
        assert first.dropped is None


# --- a stream that is handed over -------------------------------------------------------------------------------------


@pytest.mark.requirement("FX-22")
@pytest.mark.parametrize(
    ("leave", "interruption", "end"),
    [
        (lambda broadcast, _: broadcast.hand_over(), {"handed_over": True}, (EndReason.NODE_DRAINED, NOT_TAKEN_UP)),
        (
            Broadcast.connection_lost,
            {"handed_over": False},
            (EndReason.GRACE_OVER, None),
        ),
    ],
    ids=["handed over", "lost"],
)
async def test_a_stream_whose_encoder_does_not_come_back_ends_with_what_interrupted_it(
    leave: Callable[[Broadcast, Encoder], None], interruption: dict[str, bool], end: tuple[EndReason, str | None]
) -> None:
    async with live() as (broadcast, encoder, database, clock):
        leave(broadcast, encoder)
        (await database.asked.get()).set_result(None)
        await broadcast.settled()
        clock.now += GRACE / 1000 + 2
        broadcast.tick()
        (await database.asked.get()).set_result(None)
        await broadcast.wait_ended()
        (_, _, how), (_, why, _) = database.calls[-2:]
        assert how == interruption
        assert (why[0], why[3]) == end
