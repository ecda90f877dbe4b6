"""Where a stream plays: at the server that carries it, one of several of its kind or not."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import config
from chalicelib.domain.metadata import Metadata, Visibility
from chalicelib.domain.playback import PlaybackUrls
from chalicelib.domain.streams import Stream, StreamState
from chalicelib.services import playback_tokens
from chalicelib.services.serializers import media

TEMPLATES = {
    "mediamtx": {"hls": "https://any.example/{channel_id}", "rtmp": "rtmp://any.example/{channel_id}"},
    "mediamtx:edge-2": {"hls": "https://edge-2.example/{channel_id}"},
}


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_SOURCE_PLAYBACK", json.dumps(TEMPLATES))
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_BASE_URL", "https://cdn.example")
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", "s" * 32)
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


NOW = 1_790_000_100_000
PUBLIC = carried("ingest", "ip-10-0-0-1")
PRIVATE = replace(PUBLIC, metadata=Metadata(visibility=Visibility.PRIVATE))


def picture_token(stream: Stream, now: int = NOW) -> str:
    urls = media.playback_for_administrators(stream, now)
    assert urls == replace(OWN, thumbnail_url=urls.thumbnail_url)
    prefix, suffix = "https://cdn.example/ch_1/", "/thumb.jpg"
    assert urls.thumbnail_url is not None
    assert urls.thumbnail_url.startswith(prefix)
    return urls.thumbnail_url.removeprefix(prefix).removesuffix(suffix)


@pytest.mark.requirement("FX-18")
def test_administrators_see_the_picture_of_a_private_stream_by_a_token_that_stays_for_minutes() -> None:
    token = picture_token(PRIVATE)
    expires_at = playback_tokens.expiry(token, "ch_1")
    assert expires_at is not None
    assert 300_000 <= expires_at - NOW <= 600_000
    assert not playback_tokens.is_preview(token, "ch_1")
    same = [at for at in range(NOW, NOW + 600_000, 5_000) if picture_token(PRIVATE, at) == token]
    assert len(same) >= 30
    assert max(same) < expires_at - 290_000


@pytest.mark.requirement("FX-18")
def test_administrators_see_the_picture_of_a_test_by_a_token_for_tests() -> None:
    assert playback_tokens.is_preview(picture_token(replace(PUBLIC, test=True)), "ch_1")


def test_no_token_is_issued_for_what_everybody_may_see() -> None:
    assert media.playback_for_administrators(PUBLIC, NOW) == OWN


def test_without_a_secret_a_private_stream_has_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_SYNC_PLAYBACK_SECRETS")
    config.settings.cache_clear()
    assert media.playback_for_administrators(PRIVATE, NOW) == replace(OWN, thumbnail_url=None)
