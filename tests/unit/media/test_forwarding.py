"""Requests for what another node has: handed on once, fetched once, and refused quickly where that node is gone."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from ingest_container.media.answers import complete, unavailable
from ingest_container.media.forwarding import Forwarding, ForwardLimits, NotForwarded, is_forwarded
from ingest_container.media.http_server import busy, serving

PART = bytes(range(256)) * 1024
LARGE = bytes(16 * 1024 * 1024)  # more than the kernel takes for a client that does not read


@dataclass
class Pair:
    """A node whose origin hands everything on, and the one that it hands it to."""

    near: aiohttp.ClientSession
    forwarding: Forwarding
    seen: list[web.Request] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)  # what is blocked is answered
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # a blocked request was given up
    came: asyncio.Event = field(default_factory=asyncio.Event)  # a request reached the other node
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))  # one for each at the near one


def bound_socket() -> socket.socket:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


@asynccontextmanager
async def pair(limits: ForwardLimits = ForwardLimits(), *, is_up: bool = True) -> AsyncIterator[Pair]:
    far_socket, near_socket = bound_socket(), bound_socket()
    far_address = f"127.0.0.1:{far_socket.getsockname()[1]}"
    forwarding = Forwarding(limits)

    async def far(request: web.Request) -> web.StreamResponse:
        made.seen.append(request)
        made.came.set()
        match request.path:
            case "/live/blocked":
                try:
                    await made.go.wait()
                except asyncio.CancelledError:
                    made.gone.set()
                    raise
            case "/live/slow":
                response = web.StreamResponse()
                response.content_length = 2 * len(PART)
                await response.prepare(request)
                await response.write(PART)
                await made.go.wait()
                await response.write(PART)
                return response
            case "/live/teapot":
                raise web.HTTPFound("http://example.com/")
            case "/live/large":
                return web.Response(body=LARGE)
            case "/live/none":
                raise web.HTTPNotFound(headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": "public, max-age=1", "ETag": '"1"', "Set-Cookie": "a=b", "Vary": "Accept-Encoding"}
        return web.Response(status=206 if "Range" in request.headers else 200, body=PART, headers=headers)

    async def near(request: web.Request) -> web.StreamResponse:
        made.asked.release()
        try:
            return await forwarding.answer(request, far_address)
        except NotForwarded:
            raise unavailable("It is gone.") from None

    far_app, near_app = web.Application(), web.Application(middlewares=[busy])
    far_app.router.add_get("/{path:.*}", far)
    near_app.router.add_get("/{path:.*}", near)
    near_app.on_response_prepare.append(complete)
    url = f"http://127.0.0.1:{near_socket.getsockname()[1]}"
    async with aiohttp.ClientSession(url) as client, serving(near_app, near_socket):
        made = Pair(client, forwarding)
        if is_up:
            async with serving(far_app, far_socket):
                yield made
        else:
            far_socket.close()
            yield made
        await forwarding.close()


async def test_request_and_answer_are_handed_on() -> None:
    async with pair() as nodes:
        headers = {"Range": "bytes=0-9", "If-None-Match": '"0"', "Cookie": "c=d", "Authorization": "Bearer secret"}
        path = "/live/ch/v.m3u8?_HLS_msn=1&_HLS_skip=YES&utm_source=mail"
        async with nodes.near.get(path, headers=headers) as answer:
            assert (answer.status, await answer.read()) == (206, PART)
            assert (answer.headers["Cache-Control"], answer.headers["ETag"]) == ("public, max-age=1", '"1"')
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Set-Cookie" not in answer.headers
        (request,) = nodes.seen
        assert request.path_qs == "/live/ch/v.m3u8?_HLS_msn=1&_HLS_skip=YES"
        assert (request.headers["Range"], request.headers["If-None-Match"]) == ("bytes=0-9", '"0"')
        assert not {"Cookie", "Authorization"} & set(request.headers)
        assert is_forwarded(request)


@pytest.mark.parametrize("path", ["/live/%2e%2e/api/channel", "/live/a%2fb", "/live/%c3%a9"])
async def test_a_path_stays_as_it_was_sent(path: str) -> None:
    async with pair() as nodes:
        reader, writer = await asyncio.open_connection(nodes.near._base_url.host, nodes.near._base_url.port)  # type: ignore[union-attr]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.read(), 20)).startswith(b"HTTP/1.1 200")
        writer.close()
        assert [request.rel_url.raw_path for request in nodes.seen] == [path]


async def test_head_is_answered_without_a_body() -> None:
    async with pair() as nodes, nodes.near.head("/live/part") as answer:
        assert (answer.status, answer.content_length, await answer.read()) == (200, len(PART), b"")


async def test_many_requests_for_one_object_are_one() -> None:
    async with pair() as nodes:

        async def get() -> bytes:
            async with nodes.near.get("/live/blocked?_HLS_msn=7") as answer:
                return await answer.read()

        asked = [asyncio.create_task(get()) for _ in range(50)]
        async with asyncio.timeout(20):
            await nodes.came.wait()
            for _ in asked:
                await nodes.asked.acquire()
        nodes.go.set()
        assert await asyncio.gather(*asked) == [PART] * 50
        assert len(nodes.seen) == 1


async def test_the_first_bytes_do_not_wait_for_the_last() -> None:
    async with pair() as nodes:
        async with nodes.near.get("/live/slow") as first, nodes.near.get("/live/slow") as late:
            assert await first.content.readexactly(len(PART)) == PART
            assert await late.content.readexactly(len(PART)) == PART
            nodes.go.set()
            assert (await first.read(), await late.read()) == (PART, PART)
        assert len(nodes.seen) == 1


async def test_who_goes_away_is_not_fetched_for_any_more() -> None:
    async with pair() as nodes:
        asked = asyncio.create_task(nodes.near.get("/live/blocked"))
        await asyncio.wait_for(nodes.came.wait(), 20)
        asked.cancel()
        await asyncio.wait_for(nodes.gone.wait(), 20)
        nodes.go.set()
        async with nodes.near.get("/live/blocked") as answer:
            assert await answer.read() == PART


async def test_an_error_of_the_other_node_is_not_cached() -> None:
    async with pair() as nodes, nodes.near.get("/live/none") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


async def test_what_no_origin_answers_is_not_passed_on() -> None:
    async with pair() as nodes, nodes.near.get("/live/teapot", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


async def test_a_node_that_is_gone_is_unavailable_at_once() -> None:
    async with pair(is_up=False) as nodes, asyncio.timeout(30), nodes.near.get("/live/part") as answer:
        assert (answer.status, answer.headers["Cache-Control"]) == (503, "no-store")


async def test_a_node_that_does_not_answer_is_given_up() -> None:
    limits = ForwardLimits(connect_s=0.2, head_s=0.2)
    async with pair(limits) as nodes, asyncio.timeout(30), nodes.near.get("/live/blocked") as answer:
        assert answer.status == 503


async def test_an_answer_that_stops_is_cut_off() -> None:
    async with pair(ForwardLimits(body_s=0.3)) as nodes, asyncio.timeout(30):
        with pytest.raises(aiohttp.ClientPayloadError):
            async with nodes.near.get("/live/slow") as answer:
                await answer.read()


async def test_a_client_that_does_not_read_is_closed_and_nothing_kept_for_it() -> None:
    async with pair(ForwardLimits(answer_s=0.3)) as nodes:
        url = nodes.near._base_url
        assert url is not None
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, (url.host, url.port))
        await loop.sock_sendall(sock, b"GET /live/large HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(1)  # it reads nothing meanwhile
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while data := await asyncio.wait_for(loop.sock_recv(sock, 1 << 20), 20):
                received += len(data)
        sock.close()
        assert received < len(LARGE)
        assert nodes.forwarding._held == 0


async def test_no_more_is_handed_on_at_once_than_may() -> None:
    async with pair(ForwardLimits(transfers=1)) as nodes:
        asked = asyncio.create_task(nodes.near.get("/live/blocked"))
        await asyncio.wait_for(nodes.came.wait(), 20)
        async with nodes.near.get("/live/part") as answer:
            assert answer.status == 503
        nodes.go.set()
        assert (await asked).status == 200


async def test_bytes_in_memory_are_bounded_and_given_back() -> None:
    async with pair(ForwardLimits(held=len(PART))) as nodes:
        for _ in range(3):  # each fits alone
            async with nodes.near.get("/live/part") as answer:
                assert await answer.read() == PART


@pytest.mark.parametrize(
    ("value", "ours"), [("stream-sync", True), ("other, stream-sync; v=1", True), ("other", False)]
)
async def test_a_request_of_another_node_is_recognised(value: str, ours: bool) -> None:
    async with pair() as nodes:
        seen: list[bool] = []

        async def handler(request: web.Request) -> web.Response:
            seen.append(is_forwarded(request))
            return web.Response()

        app = web.Application()
        app.router.add_get("/", handler)
        bound = bound_socket()
        async with serving(app, bound):
            url = f"http://127.0.0.1:{bound.getsockname()[1]}/"
            async with nodes.near.get(url, headers={"CDN-Loop": value}) as answer:
                assert answer.status == 200
        assert seen == [ours]
