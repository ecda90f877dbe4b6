"""Whose turn it is, and what becomes of a worker that hangs, dies or answers nonsense."""

import asyncio
import os
import sys
from itertools import pairwise
from typing import cast

import pytest
from aws_lambda_powertools import Logger

from ingest_container.media.packaging import Packaging
from ingest_container.media.thumbnailer import Thumbnailer
from ingest_container.media.thumbnails import LONGEST_PAUSE_S, UNWATCHED_EVERY_S, WATCHED_EVERY_S, Thumbnails
from tests.support.pictures import LOG, RGB, Clock, decoded, flv, garbage, is_near, packaged, send

GREEN: RGB = (40, 160, 60)
BLUE: RGB = (30, 60, 200)
PATIENT_S = 200.0  # the worker runs at the lowest priority, and other tests beside it do not
HANGS = (sys.executable, "-c", "import time; time.sleep(600)")
DIES = (sys.executable, "-c", "import sys; sys.stdin.buffer.read(4); sys.exit(3)")
BABBLES = (sys.executable, "-c", "print('z' * 100_000)")


class Log:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.warnings: list[dict[str, object]] = []

    def warning(self, _message: str, **fields: object) -> None:
        self.warnings.append(fields)


class Stage:
    """A node's packaging and thumbnails; time goes on as streams send, or by hand."""

    def __init__(self, worker: Thumbnailer) -> None:
        self.clock = Clock()
        self.packaging = Packaging(self.clock, LOG)
        self.thumbnails = Thumbnails(self.packaging, worker, self.clock, LOG)

    async def turn(self) -> str | None:
        """The channel whose turn it was."""
        packager = self.thumbnails.next()
        if packager is None:
            return None
        await self.thumbnails.take(packager)
        return packager.channel_id

    def later(self, seconds: float) -> None:
        self.clock.now += round(seconds * 1000)


class Fake(Thumbnailer):
    """Answers at once."""

    def __init__(self, answer: bytes | None = b"jpeg") -> None:
        super().__init__(LOG)
        self.answer = answer

    async def thumbnail(self, data: bytes) -> bytes | None:
        return self.answer


@pytest.fixture
def stage() -> Stage:
    return Stage(Fake())


async def test_the_first_comes_with_the_first_part(stage: Stage) -> None:
    packager = packaged(stage.packaging, stage.clock, flv(GREEN, seconds=0.4))
    assert await stage.turn() is None
    packager.interrupted()  # what there is becomes a part
    assert await stage.turn() == "ch_1"
    assert packager.latest_thumbnail == b"jpeg"


async def test_one_that_nobody_looks_at_has_one_a_minute(stage: Stage) -> None:
    packager = packaged(stage.packaging, stage.clock, flv(GREEN))
    assert await stage.turn() == "ch_1"
    send(packager, stage.clock, flv(GREEN))
    stage.later(UNWATCHED_EVERY_S - 3)
    assert await stage.turn() is None
    stage.later(3)
    assert await stage.turn() == "ch_1"


async def test_one_that_is_watched_has_one_every_fifteen_seconds(stage: Stage) -> None:
    packager = packaged(stage.packaging, stage.clock, flv(GREEN))
    assert await stage.turn() == "ch_1"
    send(packager, stage.clock, flv(GREEN))
    stage.later(WATCHED_EVERY_S)
    assert await stage.turn() is None
    packager.asked()
    assert await stage.turn() == "ch_1"


async def test_without_a_new_key_frame_there_is_no_turn(stage: Stage) -> None:
    packaged(stage.packaging, stage.clock, flv(GREEN))
    assert await stage.turn() == "ch_1"
    stage.later(10 * UNWATCHED_EVERY_S)
    assert await stage.turn() is None


async def test_the_longest_overdue_is_first_and_a_new_stream_before_all(stage: Stage) -> None:
    first = packaged(stage.packaging, stage.clock, flv(GREEN), "a")
    assert await stage.turn() == "a"
    second = packaged(stage.packaging, stage.clock, flv(GREEN), "b")
    assert await stage.turn() == "b"
    stage.later(UNWATCHED_EVERY_S)
    for packager in (second, first):
        send(packager, stage.clock, flv(GREEN))
    packaged(stage.packaging, stage.clock, flv(GREEN), "c")
    assert [await stage.turn() for _ in range(4)] == ["c", "a", "b", None]


async def test_a_stream_without_a_picture_has_no_turn(stage: Stage) -> None:
    packager = packaged(stage.packaging, stage.clock, b"")
    assert packager.key_picture is None
    assert await stage.turn() is None


async def test_one_that_cannot_be_decoded_is_tried_more_and_more_seldom() -> None:
    stage = Stage(Fake(None))
    packager = packaged(stage.packaging, stage.clock, b"")
    tried = []
    for second in range(0, 2400, 3):
        garbage(packager, stage.clock, first=second * 1000)
        stage.clock.now += 3000 - 38 * 40
        if await stage.turn():
            tried.append(stage.clock.now // 1000)
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses[0] <= WATCHED_EVERY_S + 3
    assert pauses == sorted(pauses)
    assert pauses[-1] <= LONGEST_PAUSE_S + 3
    assert len(tried) <= 10


async def test_what_has_ended_keeps_its_last_one_for_the_recording(stage: Stage) -> None:
    packager = packaged(stage.packaging, stage.clock, flv(GREEN))
    await stage.turn()
    stage.packaging.end("ch_1")
    assert stage.thumbnails.next() is None
    assert packager.latest_thumbnail == b"jpeg"


@pytest.mark.requirement("FX-2")
async def test_a_real_worker_makes_one_after_another_in_one_process() -> None:
    worker = Thumbnailer(LOG, job_seconds=PATIENT_S)
    stage = Stage(worker)
    packager = packaged(stage.packaging, stage.clock, flv(GREEN))
    try:
        await stage.turn()
        pid = worker.pid
        assert is_near(decoded(packager.latest_thumbnail or b"")[2], GREEN)
        stage.later(UNWATCHED_EVERY_S)
        send(packager, stage.clock, flv(BLUE))
        await stage.turn()
        assert is_near(decoded(packager.latest_thumbnail or b"")[2], BLUE)
        assert worker.pid == pid
    finally:
        await worker.close()


async def test_garbage_costs_a_job_and_no_process_and_the_next_stream_has_its_picture() -> None:
    worker = Thumbnailer(LOG, job_seconds=PATIENT_S)
    stage = Stage(worker)
    bad = packaged(stage.packaging, stage.clock, b"", "bad")
    garbage(bad, stage.clock)
    good = packaged(stage.packaging, stage.clock, flv(GREEN), "good")
    try:
        assert await stage.turn() == "bad"
        pid = worker.pid
        assert await stage.turn() == "good"
        assert bad.latest_thumbnail is None
        assert good.latest_thumbnail is not None
        assert worker.pid == pid is not None
    finally:
        await worker.close()


@pytest.mark.parametrize(
    ("command", "reason"),
    [(HANGS, "timeout"), (DIES, "exited"), (BABBLES, "exited"), (("/nowhere",), "exited")],
    ids=["hangs", "dies", "babbles", "cannot be started"],
)
async def test_a_worker_that_fails_is_replaced(command: tuple[str, ...], reason: str) -> None:
    log = Log()
    worker = Thumbnailer(cast(Logger, log), command, job_seconds=0.5 if command is HANGS else PATIENT_S)
    assert await worker.thumbnail(b"x" * 2_000_000) is None
    assert worker.pid is None
    assert [warning["reason"] for warning in log.warnings] == [reason]


async def test_a_stopping_node_leaves_no_worker_behind() -> None:
    said = asyncio.Event()

    class Started(Thumbnailer):
        async def thumbnail(self, data: bytes) -> bytes | None:
            made = await super().thumbnail(data)
            said.set()
            return made

    worker = Started(LOG, job_seconds=PATIENT_S)
    stage = Stage(worker)
    packaged(stage.packaging, stage.clock, flv(GREEN))
    running = asyncio.create_task(stage.thumbnails.run())
    async with asyncio.timeout(PATIENT_S):
        await said.wait()
    pid = worker.pid
    assert pid is not None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
