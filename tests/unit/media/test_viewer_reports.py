"""Reports of viewers over HTTP: who is counted, and what a liar gets."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from chalicelib.domain.addresses import Network
from ingest_container.media import viewer_reports
from ingest_container.media.audience import WINDOW_S, ReportLimits
from ingest_container.media.viewer_reports import (
    BLOCK_REPORTS,
    FIRST_REPORT_S,
    KEY_SECONDS,
    MAX_TOKEN_AGE_S,
    MIN_TOKEN_AGE_S,
    NODE_REPORTS,
    ViewerReports,
)
from tests.unit.media.test_origin import CHANNEL, Live, live

PROXIES: list[Network] = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")]
LIMITS = ReportLimits(most=1_000, per_block=20)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Tab:
    """One that plays, at an address."""

    stage: "Stage"
    address: str = "203.0.113.7"
    viewer_id: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str | None = None

    async def report(self, **more: Any) -> tuple[int, Any]:
        body = {"id": self.viewer_id, "token": self.token} | more
        status, answer = await self.stage.post(json.dumps(body), self.address)
        if status == 200:
            self.token = answer["token"]
        return status, answer

    async def watch(self) -> None:
        """Until it is counted."""
        await self.report()
        self.stage.clock.now += FIRST_REPORT_S
        await self.report()


@dataclass
class Stage:
    stream: Live
    clock: Clock

    async def post(self, body: str | bytes, address: str = "203.0.113.7") -> tuple[int, Any]:
        headers = {"X-Forwarded-For": address}
        async with self.stream.http.post(f"/live/{CHANNEL}/viewers", data=body, headers=headers) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            return answer.status, await answer.json() if answer.status == 200 else await answer.text()

    @property
    def viewers(self) -> int:
        self.stream.packager.audience.tick(self.clock.now, LIMITS)
        return self.stream.packager.audience.viewers


@pytest.fixture
async def stage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    clock = Clock()
    monkeypatch.setattr(viewer_reports, "steady", clock)
    async with live(reports=ViewerReports(PROXIES, LIMITS)) as stream:
        yield Stage(stream, clock)


@pytest.mark.requirement("FX-4")
async def test_a_tab_counts_from_its_second_report_on(stage: Stage) -> None:
    tab = Tab(stage)
    _, first = await tab.report()
    assert (first["next_report_s"], first["sample_rate"], stage.viewers) == (FIRST_REPORT_S, 1.0, 0)
    stage.clock.now += first["next_report_s"]
    _, second = await tab.report()
    assert (second["next_report_s"], stage.viewers) == (20.0, 1)
    stage.clock.now += second["next_report_s"]
    await tab.report()
    assert stage.viewers == 1


async def test_a_tab_that_closes_is_gone_at_once_and_one_that_dies_within_a_minute(stage: Stage) -> None:
    closes, dies = Tab(stage), Tab(stage)
    await closes.watch()
    await dies.watch()
    assert stage.viewers == 2
    assert (await closes.report(leave=True))[0] == 204
    assert stage.viewers == 1
    stage.clock.now += WINDOW_S
    assert stage.viewers == 0


async def test_nobody_else_can_say_that_a_tab_has_closed(stage: Stage) -> None:
    tab = Tab(stage)
    await tab.watch()
    await Tab(stage, viewer_id=tab.viewer_id).report(leave=True)
    assert stage.viewers == 1


@pytest.mark.requirement("FX-4")
@pytest.mark.parametrize("token", [None, "", "0.00", "ffffff.zz", "é", "." * 100])
async def test_who_makes_its_token_up_is_not_counted(stage: Stage, token: str | None) -> None:
    tab = Tab(stage)
    for _ in range(3):
        tab.token = token
        assert (await tab.report())[0] == 200
        stage.clock.now += 20
    assert stage.viewers == 0


async def test_a_token_is_good_for_one_id_in_one_network_for_a_short_while(stage: Stage) -> None:
    tab = Tab(stage)
    await tab.report()
    good = tab.token
    for other in (Tab(stage), Tab(stage, "198.51.100.9", tab.viewer_id)):
        stage.clock.now += MIN_TOKEN_AGE_S
        other.token = good
        await other.report()
    assert stage.viewers == 0
    await Tab(stage, "203.0.113.99", tab.viewer_id, good).report()  # the same /24: a phone that moves about
    assert stage.viewers == 1


@pytest.mark.parametrize("age", [MIN_TOKEN_AGE_S - 1, MAX_TOKEN_AGE_S + 1])
async def test_a_token_is_neither_used_at_once_nor_late(stage: Stage, age: float) -> None:
    tab = Tab(stage)
    await tab.report()
    stage.clock.now += age
    await tab.report()
    assert stage.viewers == 0


@pytest.mark.requirement("FX-4")
async def test_a_network_counts_for_no_more_than_its_limit(stage: Stage) -> None:
    tabs = [Tab(stage, f"203.0.113.{n}") for n in range(50)]
    tabs += [Tab(stage, f"2001:db8:7:{n:x}::1") for n in range(50)]
    for turn in range(2):
        for tab in tabs:
            await tab.report()
        stage.clock.now += FIRST_REPORT_S
        assert stage.viewers == (2 * LIMITS.per_block if turn else 0)
    other = Tab(stage, "203.0.114.1")
    await other.watch()
    assert stage.viewers == 2 * LIMITS.per_block + 1


async def test_a_client_cannot_choose_its_address(stage: Stage) -> None:
    """What it says itself stands before what the proxies have added."""
    tabs = [Tab(stage, f"198.51.{n}.1, 203.0.113.7, 10.0.0.3") for n in range(40)]
    for _ in range(2):
        for tab in tabs:
            await tab.report()
        stage.clock.now += FIRST_REPORT_S
    assert stage.viewers == LIMITS.per_block


async def test_without_a_proxy_the_header_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(viewer_reports, "steady", clock)
    async with live(reports=ViewerReports([], LIMITS)) as stream:
        stage = Stage(stream, clock)
        tabs = [Tab(stage, f"203.0.{n}.7") for n in range(40)]
        for _ in range(2):
            for tab in tabs:
                await tab.report()
            clock.now += FIRST_REPORT_S
        assert stage.viewers == LIMITS.per_block


async def test_the_key_changes_each_day_and_no_viewer_is_lost_by_it(stage: Stage) -> None:
    tab = Tab(stage)
    await tab.watch()
    stage.clock.now += 20
    await tab.report()
    stage.clock.now += KEY_SECONDS - FIRST_REPORT_S - 40
    await tab.watch()
    stage.clock.now += 20
    _, answer = await tab.report()  # the key is a new one by now
    assert (answer["next_report_s"], stage.viewers) == (FIRST_REPORT_S, 1)
    stage.clock.now += answer["next_report_s"]
    await tab.report()
    assert stage.viewers == 1


async def test_a_flood_from_one_network_does_not_shut_out_others(stage: Stage) -> None:
    tabs = [Tab(stage) for _ in range(BLOCK_REPORTS)]
    for tab in tabs:
        assert (await tab.report())[0] == 200
    assert (await Tab(stage).report())[0] == 429
    assert (await Tab(stage, "198.51.100.1").report())[0] == 200
    stage.clock.now += 1
    assert (await Tab(stage).report())[0] == 200


async def test_a_node_takes_so_many_reports_a_second(stage: Stage) -> None:
    async def one(n: int) -> int:
        return (await Tab(stage, f"198.{n % 250}.{n // 250}.1").report())[0]

    answers = await asyncio.gather(*(one(n) for n in range(NODE_REPORTS + 50)))
    assert (answers.count(200), answers.count(503)) == (NODE_REPORTS, 50)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{", 400),
        (b"\xff", 400),
        ('{"id": 7}', 400),
        ('{"id": "short"}', 400),
        (f'{{"id": "{"G" * 32}"}}', 400),
        (f'{{"id": "{"0" * 32}", "token": 7}}', 400),
        ("[" * 500, 400),
        ("x" * 513, 413),
    ],
)
async def test_what_is_no_report_is_refused(stage: Stage, body: str | bytes, status: int) -> None:
    assert (await stage.post(body))[0] == status
    assert stage.viewers == 0


async def test_a_body_without_an_end_is_refused_at_once(stage: Stage) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    async with asyncio.timeout(30), stage.stream.http.post(f"/live/{CHANNEL}/viewers", data=endless()) as answer:
        assert answer.status == 411


async def test_a_body_that_does_not_come_is_not_waited_for_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewer_reports, "BODY_SECONDS", 0.2)
    url = stage.stream.http._base_url
    assert url is not None
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(f"POST /live/{CHANNEL}/viewers HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n{{".encode())
    assert (await asyncio.wait_for(reader.readline(), 20)).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def test_reports_on_what_does_not_run_or_may_not_be_watched_are_not_found(stage: Stage) -> None:
    stage.stream.private.add(CHANNEL)
    assert (await Tab(stage).report())[0] == 404
    stage.stream.private.clear()
    stage.stream.packaging.end(CHANNEL)
    assert (await Tab(stage).report())[0] == 404
