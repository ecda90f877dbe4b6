"""The origin as a player or a CDN meets it: what blocks, what is refused, what may be cached."""

import asyncio
import contextlib
import gzip
import json
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import aiohttp
import m3u8
import pytest
from aws_lambda_powertools import Logger

from chalicelib.domain.addresses import LOOPBACK, Network
from chalicelib.domain.streams import StreamState
from chalicelib.services.reading.viewing import Carrier, Viewing
from ingest_container import rtmp
from ingest_container.media.forwarding import Forwarding
from ingest_container.media.grid import PART_SECONDS
from ingest_container.media.http_server import HttpLimits, serving
from ingest_container.media.origin import Origin, OriginLimits
from ingest_container.media.packager import Origination, Packager
from ingest_container.media.packaging import Packaging
from ingest_container.media.viewer_reports import ViewerReports

CHANNEL, STREAM, FENCE = "ch_1", "st_1", 3
AT = 1_790_000_000_000
FRAME_MS = 40
BASE = f"/live/{CHANNEL}/{STREAM}"
FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Live:
    """A stream that is packaged, and an HTTP client of its origin. Time goes on with its frames alone."""

    packaging: Packaging
    packager: Packager
    http: aiohttp.ClientSession
    private: set[str] = field(default_factory=set)
    frames: int = 0

    def sends(self, seconds: float, frame: bytes = bytes(500)) -> None:
        """So much video, a key frame every two seconds."""
        for _ in range(round(seconds * 1000 / FRAME_MS)):
            at = self.frames * FRAME_MS
            self.packager.feed([rtmp.VideoMessage(at, frame, "h264", at % 2000 == 0, False, 5, 0, 0)])
            self.frames += 1

    async def get(self, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
        async with self.http.get(path, headers=headers) as answer:
            return answer, await answer.read()

    async def playlist(self, query: str = "") -> m3u8.M3U8:
        answer, body = await self.get(f"{BASE}/v.m3u8{query}")
        assert answer.status == 200
        return m3u8.loads(body.decode())

    async def next_part(self) -> tuple[int, int]:
        """Segment and part that will be listed next."""
        hint = (await self.playlist()).preload_hint.uri
        msn, part = hint.split("/p")[1].removesuffix(".m4s").split(".")
        return int(msn), int(part)


HEADER: list[rtmp.Event] = [
    rtmp.Metadata({"videocodecid": 7.0}),
    rtmp.VideoConfig("h264", 640, 360, "Main", "3.1", 25.0),
    rtmp.VideoMessage(0, b"\x17\0\0\0\0" + bytes.fromhex("0164001fffe1"), "h264", False, True, 5, 0, 0),
]


@asynccontextmanager
async def live(
    limits: OriginLimits = OriginLimits(),
    http: HttpLimits = HttpLimits(),
    reports: ViewerReports | None = None,
    *,
    own_networks: Sequence[Network] = LOOPBACK,
    test: bool = False,
) -> AsyncIterator[Live]:
    log = cast(Logger, logging.getLogger("test"))
    packaging = Packaging(lambda: AT, log)
    packager = packaging.take_on(Origination(CHANNEL, STREAM, FENCE, test=test))
    private: set[str] = set()

    class Here:
        """A directory: all that runs runs on this node."""

        node_id = "node-1"

        async def channel(self, channel_id: str, since: float = 0) -> Viewing | None:
            packager = packaging.current(channel_id)
            stream_id = packager.stream_id if packager is not None else None
            carrier = Carrier("node-1", FENCE) if stream_id else None
            return Viewing(channel_id in private, stream_id, carrier, "A title", is_test=test)

        async def last_carrier(self, channel_id: str, stream_id: str) -> Carrier | None:
            return None

    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    reports = reports or ViewerReports([])
    app = Origin(packaging, Here(), Forwarding(), reports, limits, own_networks).application()
    # `auto_decompress=False`: what is sent is seen as it is.
    server = serving(app, bound, http, own_networks=own_networks)
    async with server, aiohttp.ClientSession(url, auto_decompress=False) as client:
        client.headers["Accept-Encoding"] = "identity"
        stream = Live(packaging, packager, client, private)
        packager.feed(HEADER)
        yield stream


async def test_a_channel_is_played_from_its_index_to_its_media() -> None:
    async with live() as stream:
        stream.sends(5)
        answer, body = await stream.get(f"/live/{CHANNEL}/index.m3u8")
        assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        (variant,) = m3u8.loads(body.decode()).playlists
        assert variant.stream_info.codecs == "avc1.64001f"
        playlist = await stream.playlist()
        for uri in [playlist.segment_map[0].uri, *(s.uri for s in playlist.segments if s.uri)]:
            answer, body = await stream.get(f"{BASE}/{uri}")
            assert (answer.status, answer.headers["Content-Type"], len(body) > 100) == (200, "video/mp4", True)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (f"/live/{CHANNEL}/index.m3u8", "public, max-age=2"),
        (f"{BASE}/v.m3u8", "public, max-age=1"),
        (f"{BASE}/v.m3u8?_HLS_skip=YES", "public, max-age=1"),
        (f"{BASE}/v.m3u8?_HLS_msn=48", "public, max-age=60"),
        (f"{BASE}/3/i0.mp4", FOREVER),
        (f"{BASE}/3/p48.0.m4s", FOREVER),
        (f"{BASE}/3/s48.m4s", FOREVER),
        (f"{BASE}/3/s9.m4s", "no-store"),
        (f"{BASE}/3/p9.0.m4s", "no-store"),
        (f"{BASE}/v.m3u8?_HLS_msn=999", "no-store"),
        ("/live/ch_2/index.m3u8", "no-store"),
        ("/", "no-store"),
    ],
)
async def test_each_object_may_be_cached_as_long_as_it_is_true(path: str, kept: str) -> None:
    async with live() as stream:
        stream.sends(5)
        answer, _ = await stream.get(path)
        assert answer.headers["Cache-Control"] == kept
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


async def test_a_playlist_is_answered_as_soon_as_it_has_the_part() -> None:
    async with live() as stream:
        stream.sends(5)
        msn, part = await stream.next_part()
        asked = asyncio.create_task(stream.playlist(f"?_HLS_msn={msn}&_HLS_part={part}"))
        done, _ = await asyncio.wait([asked], timeout=0.2)
        assert not done
        stream.sends(2 * PART_SECONDS)
        playlist = await asyncio.wait_for(asked, 20)
        assert f"3/p{msn}.{part}.m4s" in [p.uri for s in playlist.segments for p in s.parts]


async def test_a_hinted_part_is_sent_when_it_is_there() -> None:
    async with live() as stream:
        stream.sends(5)
        hint = (await stream.playlist()).preload_hint.uri
        asked = asyncio.create_task(stream.get(f"{BASE}/{hint}"))
        done, _ = await asyncio.wait([asked], timeout=0.2)
        assert not done
        stream.sends(2 * PART_SECONDS)
        answer, body = await asyncio.wait_for(asked, 20)
        assert (answer.status, len(body) > 100) == (200, True)


@pytest.mark.parametrize("query", ["?_HLS_msn=x", "?_HLS_part=1", "?_HLS_msn=-1", "?_HLS_msn=999", "?_HLS_skip=maybe"])
async def test_what_nobody_may_ask_is_refused_at_once(query: str) -> None:
    async with live() as stream:
        stream.sends(5)
        answer, _ = await stream.get(f"{BASE}/v.m3u8{query}")
        assert answer.status == 400


async def test_a_playlist_that_does_not_come_in_time_is_sent_as_it_is_and_not_cached() -> None:
    """The encoder is away: players read on, and a CDN must not keep it."""
    async with live(OriginLimits(wait_s=0.1)) as stream:
        stream.sends(5)
        msn, part = await stream.next_part()
        answer, _ = await stream.get(f"{BASE}/v.m3u8?_HLS_msn={msn}&_HLS_part={part}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")


async def test_no_more_requests_wait_than_may() -> None:
    async with live(OriginLimits(waiters=3, wait_s=60)) as stream:
        stream.sends(5)
        msn, part = await stream.next_part()
        path = f"{BASE}/v.m3u8?_HLS_msn={msn}&_HLS_part={part}"
        asked = [asyncio.create_task(stream.get(path)) for _ in range(4)]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=30)
        assert [task.result()[0].status for task in done] == [503]
        stream.sends(2 * PART_SECONDS)
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status for answer, _ in answers) == [200, 200, 200, 503]


async def test_a_client_that_goes_away_waits_no_more() -> None:
    async with live(OriginLimits(waiters=1, wait_s=20)) as stream:
        stream.sends(5)
        msn, part = await stream.next_part()
        path = f"{BASE}/v.m3u8?_HLS_msn={msn}&_HLS_part={part}"
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await stream.get(path)


@pytest.mark.parametrize("asked", ["playlist", "part"])
async def test_who_waits_is_freed_when_the_stream_ends(asked: str) -> None:
    async with live() as stream:
        stream.sends(5)
        playlist = await stream.playlist()
        msn, _ = await stream.next_part()
        path = f"{BASE}/v.m3u8?_HLS_msn={msn + 1}&_HLS_part=0"
        if asked == "part":
            path = f"{BASE}/{playlist.preload_hint.uri}"
        waiting = asyncio.create_task(stream.get(path))
        await asyncio.wait([waiting], timeout=0.2)
        stream.packaging.end(CHANNEL)
        answer, body = await asyncio.wait_for(waiting, 20)
        assert answer.status == 200
        if asked == "playlist":
            assert body.decode().endswith("#EXT-X-ENDLIST\n")


async def test_a_part_that_was_hinted_and_never_comes_is_not_found() -> None:
    """The encoder went away between two parts."""
    async with live() as stream:
        stream.sends(5)
        stream.packager.interrupted()
        answer, _ = await stream.get(f"{BASE}/3/p50.9.m4s")
        assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


async def test_an_ended_stream_is_played_to_its_end_and_its_channel_is_not_found() -> None:
    async with live() as stream:
        stream.sends(5)
        stream.packaging.end(CHANNEL)
        while not (playlist := await stream.playlist("?_HLS_msn=51")).is_endlist:
            assert playlist.segments[-1].uri == "3/s50.m4s"  # the last part is listed before it is said to be the last
        assert (await stream.get(f"/live/{CHANNEL}/index.m3u8"))[0].status == 404


async def test_a_private_channel_is_not_found() -> None:
    async with live() as stream:
        stream.sends(5)
        stream.private.add(CHANNEL)
        paths = (f"/live/{CHANNEL}/index.m3u8", f"{BASE}/v.m3u8", f"{BASE}/3/i0.mp4", f"{BASE}/3/s48.m4s")
        assert [(await stream.get(path))[0].status for path in paths] == [404] * 4


async def test_a_stream_is_found_on_its_own_channel_only() -> None:
    async with live() as stream:
        stream.sends(5)
        assert (await stream.get(f"/live/ch_2/{STREAM}/v.m3u8"))[0].status == 404


@pytest.mark.parametrize(
    ("wanted", "status", "content_range", "size"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{size}", 10),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", -10),
        ("bytes=-5", 206, "bytes {tail}-{last}/{size}", 5),
        ("bytes=0-99999999", 206, "bytes 0-{last}/{size}", 0),
        ("bytes=99999999-", 416, "bytes */{size}", None),
        ("lines=1-2", 200, None, 0),
        ("bytes=5-1", 200, None, 0),
    ],
)
async def test_a_range_of_an_object(wanted: str, status: int, content_range: str | None, size: int | None) -> None:
    async with live() as stream:
        stream.sends(5)
        path = f"{BASE}/3/s48.m4s"
        _, whole = await stream.get(path)
        answer, body = await stream.get(path, Range=wanted)
        assert answer.status == status
        told = answer.headers.get("Content-Range")
        full = len(whole)
        expected = content_range and content_range.format(size=full, last=full - 1, tail=full - 5)
        assert told == expected
        if size is not None:
            assert len(body) == (size if size > 0 else full + size)


async def test_a_playlist_is_gzipped_for_who_takes_it() -> None:
    async with live() as stream:
        stream.sends(5)
        answer, body = await stream.get(f"{BASE}/v.m3u8", **{"Accept-Encoding": "gzip"})
        assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
        assert gzip.decompress(body) == (await stream.get(f"{BASE}/v.m3u8"))[1]


async def test_what_a_client_has_is_not_sent_again() -> None:
    async with live() as stream:
        stream.sends(5)
        for path in (f"{BASE}/v.m3u8", f"{BASE}/3/s48.m4s"):
            answer, _ = await stream.get(path)
            again, body = await stream.get(path, **{"If-None-Match": answer.headers["ETag"]})
            assert (again.status, body) == (304, b"")


async def test_a_preflight_request_is_answered() -> None:
    async with live() as stream, stream.http.options(f"{BASE}/v.m3u8") as answer:
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


@pytest.mark.parametrize("path", [f"{BASE}/3/../v.m3u8", f"{BASE}/3/%2e%2e/%2e%2e/etc/passwd", f"{BASE}/3/p1.m3u8"])
async def test_no_path_leads_elsewhere(path: str) -> None:
    async with live() as stream:
        stream.sends(5)
        answer, body = await stream.get(path)
        assert answer.status in (200, 404)
        assert b"root:" not in body


async def test_a_connection_that_says_nothing_is_closed_in_time() -> None:
    async with live(http=HttpLimits(header_s=0.2)) as stream:
        host, port = stream.http._base_url.host, stream.http._base_url.port  # type: ignore[union-attr]
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET / HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()


async def test_idle_connections_give_way_when_all_places_are_taken() -> None:
    async with live(http=HttpLimits(connections=5)) as stream:
        host, port = stream.http._base_url.host, stream.http._base_url.port  # type: ignore[union-attr]
        idle = [await asyncio.open_connection(host, port) for _ in range(20)]
        stream.sends(5)
        assert await stream.playlist()
        for _, writer in idle:
            writer.close()


async def test_a_client_that_does_not_read_is_closed_in_time() -> None:
    async with live(http=HttpLimits(answer_s=0.3)) as stream:
        for n in range(60):
            at = n * FRAME_MS
            stream.packager.feed([rtmp.VideoMessage(at, bytes(400_000), "h264", at % 2000 == 0, False, 5, 0, 0)])
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        url = stream.http._base_url
        assert url is not None
        await loop.sock_connect(sock, (url.host, url.port))
        await loop.sock_sendall(sock, f"GET {BASE}/3/s48.m4s HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await asyncio.sleep(1)  # it reads nothing meanwhile
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while data := await asyncio.wait_for(loop.sock_recv(sock, 1 << 20), 20):
                received += len(data)
        assert received < len(stream.packager.rendition.part_or_segment("3/s48.m4s") or b"")
        sock.close()


@pytest.mark.requirement("FX-2")
async def test_a_thumbnail_is_cached_for_ten_seconds_and_answered_304_to_who_has_it() -> None:
    async with live() as one:
        one.packager.latest_thumbnail = b"\xff\xd8jpeg"
        answer, body = await one.get(f"/live/{CHANNEL}/thumb.jpg")
        assert (answer.status, body) == (200, b"\xff\xd8jpeg")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "public, max-age=10"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again, _ = await one.get(f"/live/{CHANNEL}/thumb.jpg", **{"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304


async def test_a_thumbnail_is_not_found_before_the_first_after_the_end_and_of_a_private_channel() -> None:
    async with live() as one:
        before, _ = await one.get(f"/live/{CHANNEL}/thumb.jpg")
        one.packager.latest_thumbnail = b"jpeg"
        one.private.add(CHANNEL)
        hidden, _ = await one.get(f"/live/{CHANNEL}/thumb.jpg")
        one.private.clear()
        one.packaging.end(CHANNEL)
        after, _ = await one.get(f"/live/{CHANNEL}/thumb.jpg")
        for answer in (before, hidden, after):
            assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize("path", [f"/live/{CHANNEL}/index.m3u8", f"{BASE}/v.m3u8", f"/live/{CHANNEL}/thumb.jpg"])
async def test_who_asks_for_a_playlist_or_the_thumbnail_makes_it_a_watched_one(path: str) -> None:
    async with live() as one:
        one.sends(3)
        assert one.packager.asked_at is None
        await one.get(path)
        assert one.packager.asked_at == AT


@pytest.mark.requirement("FX-4")
async def test_the_status_of_a_stream_is_one_object_for_everybody() -> None:
    async with live() as stream:
        stream.packager.state, stream.packager.started_at = StreamState.LIVE, AT
        stream.sends(5)
        answer, body = await stream.get(f"/live/{CHANNEL}/status.json")
        assert answer.headers["Cache-Control"] == "public, max-age=2"
        assert json.loads(body) == {
            "status": "LIVE",
            "stream_id": STREAM,
            "started_at": "2026-09-21T14:13:20.000Z",
            "title": "A title",
            "playable": True,
            "viewers": 0,
            "sample_rate": 1.0,
        }


@pytest.mark.parametrize(
    ("state", "said"),
    [(StreamState.CONNECTING, "OFFLINE"), (StreamState.RECONNECTING, "RECONNECTING"), (StreamState.ENDED, "OFFLINE")],
)
async def test_the_status_is_that_of_the_stream(state: StreamState, said: str) -> None:
    async with live() as stream:
        stream.packager.state, stream.packager.started_at = state, AT
        _, body = await stream.get(f"/live/{CHANNEL}/status.json")
        assert json.loads(body)["status"] == said


async def test_a_channel_without_a_stream_is_offline_and_a_private_one_is_not_found() -> None:
    async with live() as stream:
        stream.packaging.end(CHANNEL)
        answer, body = await stream.get(f"/live/{CHANNEL}/status.json")
        found = json.loads(body)
        assert (answer.status, found["status"], found["stream_id"], found["playable"]) == (200, "OFFLINE", None, False)
        stream.private.add(CHANNEL)
        answer, _ = await stream.get(f"/live/{CHANNEL}/status.json")
        assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")
