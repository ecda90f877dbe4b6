"""The gateway's edge: requests that make no sense, clients that take their time, and the headers of every answer."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest

from local.gateway.protocol import HttpLimits
from local.gateway.reporting import Formatter
from local.settings import HOST
from tests.integration.local.conftest import HTTP_LIMITS, SECRETS, Gateway
from tests.support.malformed import http_requests

CANARY = "sk_live_CanaryCanaryCanaryCanary"


@contextlib.asynccontextmanager
async def connected(gateway: Gateway) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, int(gateway.url.rpartition(":")[2]))
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def raw(gateway: Gateway, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what answers these bytes."""
    async with connected(gateway) as (reader, writer):
        writer.write(data)
        async with asyncio.timeout(90):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            status, *lines = head.split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(status.split()[1]), headers, body


END = f" HTTP/1.1\r\nHost: {HOST}\r\n".encode()
MALFORMED = http_requests(CANARY.encode(), HOST)


@pytest.mark.requirement("HI-8")
@pytest.mark.parametrize("case", MALFORMED)
async def test_malformed_request_is_a_problem_and_in_no_log(
    gateway: Gateway, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    caplog.handler.setFormatter(Formatter())  # the process's own
    request, wanted = MALFORMED[case]
    status, headers, body = await raw(gateway, request)
    assert (status, headers["content-type"]) == (wanted, "application/problem+json")
    assert json.loads(body)["status"] == wanted
    assert CANARY not in body.decode() + str(headers)
    assert CANARY not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_faults_of_the_gateway_are_logged_without_the_words_of_the_exception(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(Formatter())

    def fail(_: object, path: str) -> bool:
        raise RuntimeError(f"cannot say whose {path} is") from ValueError(path)

    monkeypatch.setattr("local.gateway.rest.RestApi.owns", fail)
    async with gateway.http.get(f"{gateway.url}/{CANARY}") as response:
        assert (response.status, response.content_type) == (500, "application/problem+json")
        assert CANARY not in await response.text()
    assert CANARY not in caplog.text
    for part in ("RuntimeError", "caused by ValueError", "test_gateway_edge.py", "rest.owns(request.path)"):
        assert part in caplog.text


async def test_event_that_is_no_json_is_a_400_problem(gateway: Gateway) -> None:
    headers = {"X-Bus-Secret": SECRETS.bus_secret}
    async with gateway.http.post(f"{gateway.url}/bus-events", data=CANARY, headers=headers) as response:
        assert (response.status, response.content_type) == (400, "application/problem+json")
        assert CANARY not in await response.text()


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("127.0.0.1", 200),
        ("127.0.0.1:8000", 200),
        ("localhost:65535", 200),
        ("LOCALHOST", 200),
        ("localhost:", 200),
        ("[::1]", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8000", 421),
        ("[::2]:8000", 421),
        ("127.0.0.1:80@evil.example", 400),
        ("user@127.0.0.1", 400),
        ("127.0.0.1:80:80", 400),
        ("127.0.0.1:65536", 400),
        ("127.0.0.1:٣", 400),
        ("127.0.0.1/x", 400),
        ("[::1", 400),
        ("[::1]x", 400),
        ("[:::1]", 400),
        ("::1", 400),
        ("127.0.0.1, evil.example", 400),
        ("127.0.0.1\r\nHost: evil.example", 400),
        ("", 400),
    ],
)
async def test_host_is_a_name_of_this_machine_with_or_without_a_port(gateway: Gateway, host: str, wanted: int) -> None:
    status, _, _ = await raw(gateway, f"GET /config.json HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert status == wanted


@pytest.mark.requirement("HI-7")
@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("http://127.0.0.1:8000/config.json", 200),
        ("http://evil.example/config.json", 421),
        ("http://127.0.0.1@evil.example/config.json", 400),
    ],
)
async def test_host_of_an_absolute_target_counts_as_well(gateway: Gateway, target: str, wanted: int) -> None:
    status, _, _ = await raw(gateway, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    assert status == wanted


# --- time and number -------------------------------------------------------------------------------------------------

IMPATIENT = HttpLimits(connections=20, header_s=1.0, body_s=1.0, answer_s=1.0)
impatient = pytest.mark.parametrize("http_limits", [IMPATIENT], ids=["a second"])


async def closed_after(reader: asyncio.StreamReader) -> float:
    """Seconds until the gateway closes the connection, whatever it says before."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    async with asyncio.timeout(30):
        with contextlib.suppress(ConnectionError):
            while await reader.read(65_536):
                pass
    return clock() - begun


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """A byte now and then, as long as the other side takes it."""
    with contextlib.suppress(ConnectionError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)


@impatient
@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize(
    "begin",
    [
        b"",
        b"GET / HTTP/1.1\r\nX-Any: ",
        b"POST /api/things/x" + END + b"Content-Length: 10000\r\n\r\n",
        b"POST /bus-events" + END + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n",
        b"GET /config.json" + END + b"\r\n",  # answered; and then the next header comes by drops
    ],
    ids=["silent", "header", "body", "chunk", "second header"],
)
async def test_slow_client_is_ended_and_a_quick_one_beside_it_served(gateway: Gateway, begin: bytes) -> None:
    async with connected(gateway) as (reader, writer):
        writer.write(begin)
        dripping = asyncio.create_task(drip(writer, b"G" * 1000 if begin else b""))
        ending = asyncio.create_task(closed_after(reader))
        async with gateway.http.get(f"{gateway.url}/config.json") as quick:
            assert quick.status == 200
        assert await ending < 30, "all of it would take a hundred seconds"
        dripping.cancel()


@impatient
async def test_slow_body_is_told_408(gateway: Gateway) -> None:
    status, headers, _ = await raw(gateway, b"POST /api/things/x" + END + b"Content-Length: 10\r\n\r\nfive")
    assert (status, headers["connection"]) == (408, "close")


@impatient
async def test_client_that_does_not_read_its_answers_is_ended(gateway: Gateway) -> None:
    """Answers as large as the buffers of both kernels."""
    asset = gateway.dist / "assets" / "large.js"
    asset.write_bytes(b" " * 32 * 1024 * 1024)
    async with connected(gateway) as (reader, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(b"GET /assets/large.js" + END + b"\r\n")
        await writer.drain()
        await asyncio.sleep(IMPATIENT.answer_s + 0.5)
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        read = 0
        with contextlib.suppress(ConnectionError):
            while piece := await asyncio.wait_for(reader.read(1 << 20), 60):
                read += len(piece)
        assert read < asset.stat().st_size


async def test_who_waits_longest_gives_way_to_a_newcomer(gateway: Gateway) -> None:
    async with contextlib.AsyncExitStack() as crowd:
        slow = [await crowd.enter_async_context(connected(gateway)) for _ in range(HTTP_LIMITS.connections)]
        for _, writer in slow:
            writer.write(b"GET /")
        async with aiohttp.ClientSession() as http, http.get(f"{gateway.url}/config.json") as quick:
            assert quick.status == 200
        assert await asyncio.wait_for(slow[0][0].read(1), 60) == b""


async def test_open_websockets_and_running_requests_do_not_give_way(gateway: Gateway) -> None:
    async with contextlib.AsyncExitStack() as crowd:
        url = f"{gateway.url}/api/slow/x"
        running = asyncio.create_task(crowd.enter_async_context(gateway.http.get(url)))
        await gateway.seen("slow")
        for _ in range(2 * HTTP_LIMITS.connections):
            _, writer = await crowd.enter_async_context(connected(gateway))
            writer.write(b"GET /")
        gateway.module.barrier.put(None)
        assert (await running).status == 200


# --- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/studio",
        "/watch/ch_1",
        "/gone",
        "/assets/app-1a2b.js",
        "/config.json",
        "/api/nothing",
        "/api/things/x",
        "/gone.txt",
    ],
)
async def test_every_answer_forbids_frames_and_sniffing(gateway: Gateway, path: str) -> None:
    async with gateway.http.get(gateway.url + path) as response:
        headers = response.headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "aiohttp" not in headers["Server"]


async def test_the_embedded_player_alone_may_be_framed(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/embed/ch_1") as response:
        headers = response.headers
    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.requirement("HI-10")
@pytest.mark.parametrize("path", ["/", "/studio", "/watch/ch_1", "/embed/ch_1", "/gone"])
async def test_pages_policy_lets_them_talk_to_this_machine_alone(gateway: Gateway, path: str) -> None:
    port = gateway.url.rpartition(":")[2]
    async with gateway.http.get(gateway.url + path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "camera=()" in response.headers["Permissions-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-")
    assert (
        f"connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port} http://127.0.0.1:* http://localhost:*;"
        in policy
    )
    assert "unsafe" not in policy
