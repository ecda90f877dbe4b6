"""Where a stream plays: at the server that carries it, one of several of its kind or not."""

import json
from collections.abc import Iterator

import pytest

from chalicelib import config
from chalicelib.domain.playback import PlaybackUrls
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.services.serializers import media

TEMPLATES = {
    "mediamtx": {"hls": "https://any.example/{channel_id}", "rtmp": "rtmp://any.example/{channel_id}"},
    "mediamtx:edge-2": {"hls": "https://edge-2.example/{channel_id}"},
}


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_SOURCE_PLAYBACK", json.dumps(TEMPLATES))
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_BASE_URL", "https://cdn.example")
    config.settings.cache_clear()
    yield
    monkeypatch.undo()
    config.settings.cache_clear()


OWN = PlaybackUrls("https://cdn.example/ch_1/index.m3u8", thumbnail_url="https://cdn.example/ch_1/thumb.jpg")


def carried(source: str, node_id: str) -> Stream:
    return Stream("S", "ch_1", "key_1", node_id, "run", 1, StreamState.LIVE, 0, source=source)


@pytest.mark.requirement("EN-11")
@pytest.mark.requirement("SO-14")
@pytest.mark.parametrize(
    ("stream", "urls"),
    [
        (carried("mediamtx", "mediamtx:edge-2:2b5a"), PlaybackUrls("https://edge-2.example/ch_1")),
        (
            carried("mediamtx", "mediamtx:main:2b5a"),
            PlaybackUrls("https://any.example/ch_1", rtmp_url="rtmp://any.example/ch_1"),
        ),
        (carried("ome", "ome:edge-2:192.0.2.7:4711"), PlaybackUrls("https://cdn.example/ch_1/index.m3u8")),
        (carried("ingest", "ip-10-0-0-1"), OWN),
        (None, OWN),
    ],
    ids=["a server's own", "its kind's", "none", "our own node", "offline"],
)
def test_the_server_that_carries_a_stream_says_where_it_plays(stream: Stream | None, urls: PlaybackUrls) -> None:
    assert media.playback("ch_1", stream) == urls
