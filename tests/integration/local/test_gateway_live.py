"""`/live` on the gateway: what the node's origin says, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from local.settings import HOST
from tests.integration.local.conftest import Gateway

BODY = bytes(range(256)) * 4096


@asynccontextmanager
async def origin(gateway: Gateway, seen: list[web.Request]) -> AsyncIterator[None]:
    """In the place of the node."""

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        if request.path.endswith("/moved"):
            return web.Response(status=302, headers={"Location": "http://example.com/"})
        headers = {"Cache-Control": "public, max-age=1", "ETag": '"1"', "Set-Cookie": "a=b", "X-Own": "1"}
        return web.Response(status=206, body=BODY, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, gateway.origin_port).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def test_request_and_answer_are_handed_on(gateway: Gateway) -> None:
    seen: list[web.Request] = []
    async with origin(gateway, seen):
        headers = {"Range": "bytes=0-9", "If-None-Match": '"0"', "Cookie": "c=d", "Authorization": "Bearer secret"}
        async with gateway.http.get(f"{gateway.url}/live/ch/v.m3u8?_HLS_msn=1", headers=headers) as answer:
            assert (answer.status, await answer.read()) == (206, BODY)
            assert (answer.headers["Cache-Control"], answer.headers["ETag"]) == ("public, max-age=1", '"1"')
            assert "Set-Cookie" not in answer.headers
            assert "X-Own" not in answer.headers
    (request,) = seen
    assert request.path_qs == "/live/ch/v.m3u8?_HLS_msn=1"
    assert (request.headers["Range"], request.headers["If-None-Match"]) == ("bytes=0-9", '"0"')
    assert not {"Cookie", "Authorization"} & set(request.headers)


async def test_redirects_are_not_followed(gateway: Gateway) -> None:
    seen: list[web.Request] = []
    async with origin(gateway, seen), gateway.http.get(f"{gateway.url}/live/moved", allow_redirects=False) as answer:
        assert answer.status == 302
        assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/live/%2e%2e/api/channel", "/live/a%2fb"])
async def test_a_path_stays_as_it_was_sent(gateway: Gateway, path: str) -> None:
    seen: list[web.Request] = []
    async with origin(gateway, seen):
        reader, writer = await asyncio.open_connection(HOST, int(gateway.url.rpartition(":")[2]))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.read(), 60)).startswith(b"HTTP/1.1 ")
        writer.close()
    assert all(request.rel_url.raw_path == path for request in seen)


async def test_while_the_node_is_away_nothing_is_cached(gateway: Gateway) -> None:
    async with gateway.http.get(f"{gateway.url}/live/ch/index.m3u8") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (502, "no-store")


async def test_reports_of_viewers_are_handed_on_with_the_address_they_came_from(gateway: Gateway) -> None:
    seen: list[web.Request] = []
    async with origin(gateway, seen):
        url = f"{gateway.url}/live/ch/viewers"
        async with gateway.http.post(url, data="report", headers={"X-Forwarded-For": "192.0.2.1"}) as answer:
            assert answer.status == 206
        async with gateway.http.post(url, data=bytes(2_000)) as answer:
            assert answer.status == 413
    (request,) = seen
    assert (request.method, request.headers["X-Forwarded-For"]) == ("POST", f"192.0.2.1, {HOST}")


async def test_nothing_is_written_there(gateway: Gateway) -> None:
    async with gateway.http.post(f"{gateway.url}/live/ch/index.m3u8") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_a_client_that_goes_away_leaves_the_gateway_at_work(gateway: Gateway) -> None:
    seen: list[web.Request] = []
    async with origin(gateway, seen):
        for _ in range(5):
            _, writer = await asyncio.open_connection(HOST, int(gateway.url.rpartition(":")[2]))
            writer.write(f"GET /live/x HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            await writer.drain()
            writer.transport.abort()
        async with asyncio.timeout(10), gateway.http.get(f"{gateway.url}/live/x") as answer:
            assert len(await answer.read()) == len(BODY)
