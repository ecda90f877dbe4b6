"""The origin under clients that mean it no good: others go on watching."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from chalicelib.domain.addresses import LOOPBACK, Network
from ingest_container.media.grid import PART_SECONDS
from ingest_container.media.http_server import HttpLimits
from ingest_container.media.origin import OriginLimits
from tests.unit.media.test_origin import BASE, CHANNEL, Live, live

NOBODY: Sequence[Network] = ()  # whose X-Forwarded-For is believed

Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Answer = tuple[aiohttp.ClientResponse, bytes]


def where(stream: Live) -> tuple[str, int]:
    url = stream.http._base_url
    assert url is not None
    assert url.host is not None
    assert url.port is not None
    return url.host, url.port


@asynccontextmanager
async def raw(stream: Live, source: str = "127.0.0.1") -> AsyncIterator[Socket]:
    reader, writer = await asyncio.open_connection(*where(stream), local_addr=(source, 0))
    try:
        yield reader, writer
    finally:
        writer.close()


async def says(stream: Live, request: bytes) -> bytes:
    """All that is answered to these bytes."""
    async with raw(stream) as (reader, writer):
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 30)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def is_closed(connection: Socket, within: float = 0.3) -> bool:
    reader, _ = connection
    try:
        async with asyncio.timeout(within):
            return await reader.read(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


async def gets_in(stream: Live, source: str) -> bool:
    async with raw(stream, source) as connection:
        return not await is_closed(connection)


# --- shares ------------------------------------------------------------------------------------------------------


async def test_one_address_has_its_share_of_connections_and_others_get_in() -> None:
    async with live(http=HttpLimits(per_client=5), own_networks=NOBODY) as stream:
        greedy = [await asyncio.open_connection(*where(stream), local_addr=("127.0.0.2", 0)) for _ in range(8)]
        assert all([await is_closed(past_its_share, within=30) for past_its_share in greedy[5:]])
        assert not any(await asyncio.gather(*map(is_closed, greedy[:5])))
        stream.sends(5)
        assert await stream.playlist()
        greedy[0][1].close()
        async with asyncio.timeout(30):  # a place that was given back is free
            while not await gets_in(stream, "127.0.0.2"):
                continue
        for _, writer in greedy:
            writer.close()


async def test_our_own_proxies_have_no_share() -> None:
    async with live(http=HttpLimits(per_client=1), own_networks=LOOPBACK) as stream:
        proxies = [await asyncio.open_connection(*where(stream)) for _ in range(20)]
        assert not any(await asyncio.gather(*map(is_closed, proxies)))
        for _, writer in proxies:
            writer.close()


async def answered(asked: Sequence["asyncio.Task[Answer]"], count: int) -> list[Answer]:
    """Those that have an answer, once there are so many."""
    async with asyncio.timeout(30):
        return [await first for _, first in zip(range(count), asyncio.as_completed(asked), strict=False)]


async def waits(stream: Live, count: int, forwarded: str | None, *, refused: int = 0) -> list[int]:
    """What so many blocked reloads of one client get, once their part is there; so many of them before that."""
    msn, part = await stream.next_part()
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    path = f"{BASE}/v.m3u8?_HLS_msn={msn}&_HLS_part={part}"
    asked = [asyncio.create_task(stream.get(path, **headers)) for _ in range(count)]
    await asyncio.wait(asked, timeout=0.3)  # for those that wait
    await answered(asked, refused)
    stream.sends(2 * PART_SECONDS)
    return sorted(answer.status for answer, _ in await asyncio.gather(*asked))


async def test_one_viewer_behind_a_proxy_has_a_share_of_what_waits() -> None:
    async with live(OriginLimits(waiters_per_client=3)) as stream:
        stream.sends(5)
        assert await waits(stream, 5, "203.0.113.9, 192.0.2.1", refused=2) == [200, 200, 200, 429, 429]
        assert await waits(stream, 3, "192.0.2.2") == [200] * 3


async def test_a_forged_header_is_believed_of_nobody() -> None:
    async with live(OriginLimits(waiters_per_client=3), own_networks=NOBODY) as stream:
        stream.sends(5)
        msn, part = await stream.next_part()
        path = f"{BASE}/v.m3u8?_HLS_msn={msn}&_HLS_part={part}"
        asked = [asyncio.create_task(stream.get(path, **{"X-Forwarded-For": f"192.0.2.{n}"})) for n in range(5)]
        assert [answer.status for answer, _ in await answered(asked, 2)] == [429, 429]
        stream.sends(2 * PART_SECONDS)
        await asyncio.gather(*asked)


async def test_who_asks_too_much_is_not_cached_for_the_others() -> None:
    """A CDN caches 503 for a second, and 429 never."""
    async with live(OriginLimits(waiters_per_client=0), own_networks=NOBODY) as stream:
        stream.sends(5)
        msn, _ = await stream.next_part()
        answer, _ = await stream.get(f"{BASE}/v.m3u8?_HLS_msn={msn}")
        assert (answer.status, answer.headers["Cache-Control"], answer.headers["Retry-After"]) == (429, "no-store", "1")


# --- what is asked -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "/live/../../../../etc/passwd",
        "/live/ch_1/../../../etc/passwd",
        "/live/%2e%2e/%2e%2e/etc/passwd",
        "/live/ch_1/st_1/3/../../../../../../etc/passwd",
        "/live/ch_1/st_1/3/s48.m4s/../../../../../etc/passwd",
        "/live/ch_1%2f..%2f..%2fetc%2fpasswd/index.m3u8",
        "/live/..%5c..%5cetc/index.m3u8",
        "/live/ch_1%00/index.m3u8",
        "//etc/passwd",
        "file:///etc/passwd",
        "http://169.254.169.254/live/ch_1/index.m3u8x",
        "*",
    ],
)
async def test_no_target_leads_out(target: str) -> None:
    async with live() as stream:
        stream.sends(5)
        answer = await says(stream, f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert status_of(answer) in (400, 404)
        assert b"root:" not in answer
        assert b"no-store" in answer


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("bytes=0-18446744073709551616", 206),
        (f"bytes=0-{'9' * 400}", 206),
        (f"bytes={'9' * 400}-", 416),
        (f"bytes=-{'9' * 400}", 206),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(500)), 200),
        ("bytes=0-0,0-,0-,0-,0-", 200),
        ("bytes=1-0", 200),
    ],
)
async def test_a_huge_range_is_the_object_at_most(wanted: str, status: int) -> None:
    async with live() as stream:
        stream.sends(5)
        _, whole = await stream.get(f"{BASE}/3/s48.m4s")
        answer, body = await stream.get(f"{BASE}/3/s48.m4s", Range=wanted)
        assert answer.status == status
        assert len(body) <= len(whole)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /live/" + b"x" * 8_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=" + b"9" * 8_000 + b"-\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + b"1.2.3.4, " * 1_000 + b"\r\n\r\n",
    ],
)
async def test_a_long_header_is_refused(request_bytes: bytes) -> None:
    async with live() as stream:
        answer = await says(stream, request_bytes)
        assert status_of(answer) == 400


# --- how many ----------------------------------------------------------------------------------------------------


@pytest.mark.serial
async def test_five_thousand_idle_connections_keep_nobody_from_watching() -> None:
    """From twenty addresses, each below its share; more than there are places."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 11_000
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"the system allows {hard} open files, and both ends of 5,000 connections are in this process")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    idle: list[Socket] = []
    try:
        async with live(own_networks=NOBODY) as stream:
            stream.sends(5)
            began = time.monotonic()
            for number in range(5_000):
                address = f"127.0.1.{1 + number % 20}"
                idle.append(await asyncio.open_connection(*where(stream), local_addr=(address, 0)))
                if number % 500 == 499:
                    asked = time.monotonic()
                    answer, _ = await stream.get(f"/live/{CHANNEL}/index.m3u8")
                    assert answer.status == 200
                    assert time.monotonic() - asked < 2
            assert time.monotonic() - began < 60
            for _, writer in idle:
                writer.transport.abort()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
