"""Recordings over HTTP: whole and in ranges, and nothing else of the disk."""

from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import BaseTestServer, TestServer
from aiohttp.web import Application
from yarl import URL

from chalicelib import config
from chalicelib.domain.recording_objects import DOWNLOAD, INDEX, POSTER, Segment, hash_of, init_name, playlist
from chalicelib.services.playback_tokens import issue
from chalicelib.services.reading.recordings import RecordingView
from chalicelib.store.objects import Folder
from ingest_container.base.clock import now_ms
from ingest_container.base.lookups import Unavailable
from ingest_container.media import path_tokens, vod
from ingest_container.media.vod import Vod

AT = 1_790_000_000_000
CHANNEL = "ch_0123456789abcdef01234567"
STREAM = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
RUNNING = "01ARZ3NDEKTSV4RRFFQ69G5FAW"
INIT, SEGMENTS = b"init", [bytes([n]) * (1_000 + n) for n in range(4)]
LISTED = [Segment(16 + n, 1, AT + 2_000 * n, 2_000_000, hash_of(INIT)) for n in range(4)]
WHOLE = INIT + b"".join(SEGMENTS)
OBJECTS = (INDEX, LISTED[0].name, init_name(hash_of(INIT)), DOWNLOAD, POSTER)


class Client:
    """What a player or a browser asks, its paths sent as they are written."""

    def __init__(self, session: ClientSession, server: BaseTestServer) -> None:
        self._session, self._server = session, server

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
        url = URL(f"http://{self._server.host}:{self._server.port}{path}", encoded=True)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.request(method, url, headers=named) as answer:
            return answer.status, await answer.read(), answer.headers


class Recorded:
    """A directory: all of them are of one public channel, but for those that are `private` or `gone`."""

    def __init__(self) -> None:
        self.private: set[str] = set()
        self.gone: set[str] = set()
        self.is_available = True

    async def recording(self, stream_id: str) -> RecordingView | None:
        if not self.is_available:
            raise Unavailable()
        return None if stream_id in self.gone else RecordingView(CHANNEL, stream_id in self.private)


@pytest.fixture
def recorded() -> Recorded:
    return Recorded()


@pytest.fixture
async def client(tmp_path: Path, recorded: Recorded) -> AsyncIterator[Client]:
    root = tmp_path / "recordings"
    (tmp_path / "secret.m3u8").write_text("not for you")
    store = Folder(root)
    for stream, ended in ((STREAM, True), (RUNNING, False)):
        store.put(stream, init_name(hash_of(INIT)), INIT, "")
        for segment, data in zip(LISTED, SEGMENTS, strict=True):
            store.put(stream, segment.name, data, "")
        store.put(stream, INDEX, playlist(LISTED, ended=ended).encode(), "")
    store.put(STREAM, POSTER, b"jpeg", "")
    app = Application()
    Vod(store, recorded).add_to(app)
    async with TestServer(app) as server, ClientSession() as session:
        yield Client(session, server)


async def test_caches_ask_again_after_five_minutes_and_for_a_playlist_that_grows_at_once(client: Client) -> None:
    """By then a recording may be deleted, or private."""
    for name in OBJECTS:
        status, _, headers = await client.get(f"/vod/{STREAM}/{name}")
        assert status == 200
        assert headers["Cache-Control"] == "public, max-age=300"
        assert headers["Access-Control-Allow-Origin"] == "*"
    _, _, running = await client.get(f"/vod/{RUNNING}/{INDEX}")
    assert running["Cache-Control"] == "public, max-age=2"


async def test_a_download_is_the_init_segment_and_all_segments(client: Client) -> None:
    status, body, headers = await client.get(f"/vod/{STREAM}/download.mp4")
    assert (status, body) == (200, WHOLE)
    assert headers["Content-Disposition"] == f'attachment; filename="{STREAM}.mp4"'
    assert headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=3-5", 3, 6),
        ("bytes=1000-3100", 1000, 3101),
        ("bytes=4000-", 4000, len(WHOLE)),
        ("bytes=-10", len(WHOLE) - 10, len(WHOLE)),
        ("bytes=10-999999999999999", 10, len(WHOLE)),
    ],
)
async def test_a_range_of_a_download_crosses_segments(
    client: Client, asked: str, start: int, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vod, "PIECE", 700)
    status, body, headers = await client.get(f"/vod/{STREAM}/download.mp4", Range=asked)
    assert (status, body) == (206, WHOLE[start:stop])
    assert headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(WHOLE)}"


@pytest.mark.parametrize("asked", ["bytes=1-0", "bytes=0-1,3-4", "items=0-1", "bytes=-", "bytes=" + "9" * 99 + "-"])
async def test_a_range_that_makes_no_sense_is_ignored(client: Client, asked: str) -> None:
    assert (await client.get(f"/vod/{STREAM}/{LISTED[0].name}", Range=asked))[:2] == (200, SEGMENTS[0])


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=-0"])
async def test_a_range_past_the_end_is_416(client: Client, asked: str) -> None:
    status, _, headers = await client.get(f"/vod/{STREAM}/{LISTED[0].name}", Range=asked)
    assert (status, headers["Content-Range"], headers["Cache-Control"]) == (416, "bytes */1000", "no-store")


async def test_head_and_etag_send_no_body(client: Client) -> None:
    path = f"/vod/{STREAM}/download.mp4"
    status, body, headers = await client.get(path, method="HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(WHOLE)))
    assert (await client.get(path, If_None_Match=headers["ETag"]))[0] == 304


@pytest.mark.parametrize(
    "path",
    [
        "/vod/../secret.m3u8",
        "/vod/%2e%2e/secret.m3u8",
        f"/vod/{STREAM}/..%2f..%2fsecret.m3u8",
        f"/vod/{STREAM}/%2e%2e%2f%2e%2e%2fsecret.m3u8",
        f"/vod/{STREAM}%2f../{INDEX}",
        f"/vod/{STREAM}/.{LISTED[0].name}.1-1",
        f"/vod/{STREAM}/",
        f"/vod/{STREAM.lower()}/{INDEX}",
        f"/vod/01ARZ3NDEKTSV4RRFFQ69G5FAX/{INDEX}",
        f"/vod/{STREAM}/{LISTED[0].name.replace('16', '17')}",
    ],
)
async def test_nothing_else_is_found(client: Client, path: str) -> None:
    status, body, _ = await client.get(path)
    assert (status, b"not for you" in body) == (404, False)


async def test_a_stream_that_runs_cannot_be_downloaded_yet(client: Client) -> None:
    status, _, headers = await client.get(f"/vod/{RUNNING}/download.mp4")
    assert (status, headers["Cache-Control"]) == (404, "no-store")


async def test_nothing_can_be_written(client: Client) -> None:
    assert (await client.get(f"/vod/{STREAM}/{INDEX}", method="DELETE"))[0] == 405
    assert (await client.get(f"/vod/{STREAM}/{INDEX}", method="OPTIONS"))[0] == 204


async def test_what_nobody_may_watch_is_not_found(client: Client, recorded: Recorded) -> None:
    """Deleted, expired, of a blocked broadcaster: its objects may still be there."""
    recorded.gone.add(STREAM)
    for name in OBJECTS:
        assert (await client.get(f"/vod/{STREAM}/{name}"))[0] == 404


async def test_nothing_is_sent_while_nobody_can_tell_who_may_watch(client: Client, recorded: Recorded) -> None:
    recorded.is_available = False
    status, _, headers = await client.get(f"/vod/{STREAM}/{INDEX}")
    assert (status, headers["Cache-Control"], headers["Access-Control-Allow-Origin"]) == (503, "no-store", "*")


@pytest.fixture
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", "s" * 32)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def below(channel_id: str = CHANNEL, ttl: int = 3_600) -> str:
    """Where the recording is with a token."""
    return f"/vod/{STREAM}/{issue(channel_id, ttl, now_ms()).text}"


@pytest.mark.requirement("FX-15")
@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize("name", OBJECTS)
async def test_a_private_recording_needs_a_token_of_its_channel(client: Client, recorded: Recorded, name: str) -> None:
    recorded.private.add(STREAM)
    status, body, _ = await client.get(f"{below()}/{name}")
    assert (status, bool(body)) == (200, True)
    for folder in (f"/vod/{STREAM}", below("ch_2"), f"/vod/{STREAM}/x.y.z", f"{below()[:-3]}AAA"):
        status, _, headers = await client.get(f"{folder}/{name}")
        assert (status, headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.requirement("FX-15")
@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize("name", OBJECTS)
async def test_after_its_expiry_a_token_is_refused(
    client: Client, recorded: Recorded, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded.private.add(STREAM)
    path = f"{below(ttl=60)}/{name}"
    _, _, headers = await client.get(path)
    assert 0 < int(headers["Cache-Control"].removeprefix("max-age=")) <= 60, "no cache keeps it for longer"
    later = now_ms() + 60_000
    monkeypatch.setattr(path_tokens, "now_ms", lambda: later)
    status, body, headers = await client.get(path)
    assert (status, body, headers["Cache-Control"]) == (403, b"This link has expired.\n", "no-store")


@pytest.mark.usefixtures("_secret")
async def test_a_token_is_good_for_a_public_recording_too(client: Client) -> None:
    assert (await client.get(f"{below()}/{INDEX}"))[0] == 200
