"""Which of two nodes answers for a stream, whatever each has read of the rows."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import m3u8
import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.streams import StreamState
from chalicelib.services.reading.viewing import Carrier, Viewing
from ingest_container import rtmp
from ingest_container.base.lookups import Unavailable
from ingest_container.media.forwarding import Forwarding
from ingest_container.media.http_server import serving
from ingest_container.media.origin import Origin, OriginLimits
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.packaging import Packaging
from ingest_container.media.viewer_reports import ViewerReports
from tests.unit.media.test_origin import CHANNEL, FRAME_MS, HEADER

STREAM = "01JZZZZZZZZZZZZZZZZZZZZZZZ"
BASE = f"/live/{CHANNEL}/{STREAM}"
AT = 1_790_000_000_000


class Node:
    """An origin with a directory that says what the test says."""

    def __init__(self, node_id: str) -> None:
        self.node_id = node_id
        self.packaging = Packaging(lambda: AT, cast(Logger, logging.getLogger("test")))
        self.viewing: Viewing | None = None
        self.ended: Carrier | None = None
        self.away = False
        self.address = ""
        self.http: aiohttp.ClientSession
        self.asked = asyncio.Event()

    async def channel(self, channel_id: str, since: float = 0) -> Viewing | None:
        self.asked.set()
        if self.away:
            raise Unavailable()
        return self.viewing if channel_id == CHANNEL else None

    async def last_carrier(self, channel_id: str, stream_id: str) -> Carrier | None:
        return self.ended if (channel_id, stream_id) == (CHANNEL, STREAM) else None

    def packages(self, fence: int, seconds: float = 5) -> Packager:
        """It carries the stream from now on."""
        packager = self.packaging.take_on(Origination(CHANNEL, STREAM, fence, AT - 60_000 if fence > 1 else None))
        packager.feed(HEADER)
        for at in range(0, round(seconds * 1000), FRAME_MS):
            packager.feed([rtmp.VideoMessage(at, bytes(500), "h264", at % 2000 == 0, False, 5, 0, 0)])
        return packager

    def carrier(self, fence: int) -> Carrier:
        return Carrier(self.node_id, fence, self.address)

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with asyncio.timeout(30), self.http.get(path, headers=headers) as answer:
            return answer.status, (await answer.read()).decode("latin-1")


def runs_on(node: Node, fence: int) -> Viewing:
    return Viewing(False, STREAM, node.carrier(fence))


@asynccontextmanager
async def started(node: Node) -> AsyncIterator[None]:
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    node.address = f"127.0.0.1:{bound.getsockname()[1]}"
    forwarding = Forwarding()
    app = Origin(node.packaging, node, forwarding, ViewerReports([]), OriginLimits(wait_s=5)).application()
    async with aiohttp.ClientSession(f"http://{node.address}") as node.http, serving(app, bound):
        yield
        await forwarding.close()


@pytest.fixture
async def nodes() -> AsyncIterator[tuple[Node, Node]]:
    first, second = Node("node-1"), Node("node-2")
    async with started(first), started(second):
        yield first, second


async def test_either_node_plays_the_stream(nodes: tuple[Node, Node]) -> None:
    holder, other = nodes
    holder.packages(1)
    holder.viewing = other.viewing = runs_on(holder, 1)
    for path in (f"/live/{CHANNEL}/index.m3u8", f"{BASE}/v.m3u8", f"{BASE}/1/i0.mp4", f"{BASE}/1/s16.m4s"):
        status, body = await other.get(path)
        assert (status, body) == await holder.get(path)
        assert status == 200


async def test_a_blocking_reload_waits_on_the_node_that_makes_the_part(nodes: tuple[Node, Node]) -> None:
    holder, other = nodes
    packager = holder.packages(1)
    holder.viewing = other.viewing = runs_on(holder, 1)
    _, text = await other.get(f"{BASE}/v.m3u8")
    msn = m3u8.loads(text).media_sequence + len([s for s in m3u8.loads(text).segments if s.uri])
    asked = asyncio.create_task(other.get(f"{BASE}/v.m3u8?_HLS_msn={msn}"))
    done, _ = await asyncio.wait([asked], timeout=0.3)
    assert not done
    for at in range(5_000, 7_000, FRAME_MS):
        packager.feed([rtmp.VideoMessage(at, bytes(500), "h264", at % 2000 == 0, False, 5, 0, 0)])
    status, text = await asked
    assert (status, f"1/s{msn}.m4s" in text) == (200, True)


async def test_the_newer_fence_is_right(nodes: tuple[Node, Node]) -> None:
    """The row was read before the encoder came here."""
    before, now = nodes
    now.packages(2)
    now.viewing = runs_on(before, 1)
    status, text = await now.get(f"{BASE}/v.m3u8")
    assert (status, m3u8.loads(text).segments[0].uri is not None) == (200, True)


async def test_a_node_that_an_encoder_has_left_asks_the_one_that_has_it(nodes: tuple[Node, Node]) -> None:
    before, now = nodes
    before.packages(1).interrupted()
    now.packages(2)
    before.viewing = now.viewing = runs_on(now, 2)
    assert await before.get(f"{BASE}/v.m3u8") == await now.get(f"{BASE}/v.m3u8")
    assert (await before.get(f"{BASE}/1/s16.m4s"))[0] == 200, "what only it has it still serves"


async def test_a_request_that_waits_moves_to_the_node_that_the_encoder_has_moved_to(nodes: tuple[Node, Node]) -> None:
    before, now = nodes
    packager = before.packages(1)
    before.viewing = runs_on(before, 1)
    asked = asyncio.create_task(before.get(f"{BASE}/v.m3u8?_HLS_msn=19"))
    await asyncio.wait_for(before.asked.wait(), 20)
    packager.interrupted()
    now.packages(2)
    before.viewing = now.viewing = runs_on(now, 2)
    status, text = await asked
    assert status == 200
    assert "#EXT-X-DISCONTINUITY\n" in text
    assert "2/s" in text


async def test_a_stream_that_moved_does_not_end_where_it_was(nodes: tuple[Node, Node]) -> None:
    before, now = nodes
    before.packages(1)
    before.packaging.end(CHANNEL)  # its lease was taken
    before.packaging.close()
    now.packages(2)
    before.viewing = now.viewing = runs_on(now, 2)
    for query in ("", "?_HLS_msn=17", "?_HLS_msn=90"):
        status, text = await before.get(f"{BASE}/v.m3u8{query}")
        assert (status, "#EXT-X-ENDLIST" in text) == (200, False)


async def test_the_end_of_a_stream_is_played_through_any_node(nodes: tuple[Node, Node]) -> None:
    holder, other = nodes
    holder.packages(1)
    holder.packaging.end(CHANNEL)
    holder.packaging.close()
    holder.viewing = other.viewing = Viewing(False)
    other.ended = holder.carrier(1)
    status, text = await other.get(f"{BASE}/v.m3u8")
    assert (status, "#EXT-X-ENDLIST" in text) == (200, True)
    assert (await other.get(f"/live/{CHANNEL}/index.m3u8"))[0] == 404


async def test_nodes_that_name_each_other_do_not_pass_a_request_on_forever(nodes: tuple[Node, Node]) -> None:
    first, second = nodes
    first.viewing, second.viewing = runs_on(second, 1), runs_on(first, 1)
    assert (await first.get(f"{BASE}/v.m3u8"))[0] == 404


async def test_who_may_watch_is_judged_by_both_nodes(nodes: tuple[Node, Node]) -> None:
    holder, other = nodes
    holder.packages(1)
    public = runs_on(holder, 1)
    for seen_there, seen_here in ((Viewing(True, STREAM, public.carrier), public), (public, None)):
        holder.viewing, other.viewing = seen_there, seen_here
        assert (await other.get(f"{BASE}/v.m3u8"))[0] == 404


@pytest.mark.parametrize("origin", ["", "127.0.0.1:1"])
async def test_while_the_holder_cannot_be_reached_players_are_told_to_try_again(
    nodes: tuple[Node, Node], origin: str
) -> None:
    _, other = nodes
    other.viewing = Viewing(False, STREAM, Carrier("node-3", 1, origin))
    for path in (f"/live/{CHANNEL}/index.m3u8", f"{BASE}/v.m3u8", f"{BASE}/1/s16.m4s"):
        assert (await other.get(path))[0] == 503


async def test_without_a_database_nothing_is_said_to_be_missing(nodes: tuple[Node, Node]) -> None:
    node, _ = nodes
    node.away = True
    assert (await node.get(f"/live/{CHANNEL}/index.m3u8"))[0] == 503


async def test_either_node_has_the_status_and_takes_reports(nodes: tuple[Node, Node]) -> None:
    """A report is counted where the stream is, for the client's own address."""
    holder, other = nodes
    packager = holder.packages(1)
    packager.state, packager.started_at = StreamState.LIVE, AT
    holder.viewing = other.viewing = runs_on(holder, 1)
    assert json.loads((await other.get(f"/live/{CHANNEL}/status.json"))[1])["status"] == "LIVE"
    report = json.dumps({"id": "0" * 32})
    for node in nodes:
        async with node.http.post(f"/live/{CHANNEL}/viewers", data=report) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert (await answer.json()).keys() == {"token", "sample_rate", "next_report_s"}


async def test_a_stream_whose_node_is_gone_waits_for_its_encoder(nodes: tuple[Node, Node]) -> None:
    _, other = nodes
    other.viewing = Viewing(False, STREAM, Carrier("node-1", 1, is_gone=True), "A title")
    status, body = await other.get(f"/live/{CHANNEL}/status.json")
    assert status == 200
    assert json.loads(body)["status"] == "RECONNECTING"
    async with other.http.post(f"/live/{CHANNEL}/viewers", data=json.dumps({"id": "0" * 32})) as answer:
        assert answer.status == 503


async def test_the_status_of_a_stream_on_a_media_server_is_not_known(nodes: tuple[Node, Node]) -> None:
    _, other = nodes
    other.viewing = Viewing(False, STREAM, Carrier("mediamtx:main:2b5a", 1))
    assert (await other.get(f"/live/{CHANNEL}/status.json"))[0] == 404
