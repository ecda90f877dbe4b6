"""The older stream service's environment is understood where it means the same."""

import os

import pytest

from chalicelib.config import Settings

pytestmark = pytest.mark.requirement("ST-7")

OLDER = ("SECRET_KEY", "RTMP_URL", "HLS_URL", "CORS_ORIGINS", "FRONTEND_URL", "DB_URL")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("STREAM_SYNC_", "AWS_")) or name in OLDER:
            monkeypatch.delenv(name)


def test_the_older_names_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_REGION", "eu-west-1")
    monkeypatch.setenv("SECRET_KEY", "s" * 32)
    monkeypatch.setenv("RTMP_URL", "rtmp://ingest.example.com/live")
    monkeypatch.setenv("HLS_URL", "https://media.example.com/hls/")
    monkeypatch.setenv("CORS_ORIGINS", "https://a.example.com, https://b.example.com")
    monkeypatch.setenv("DB_URL", "postgresql://u:p@db/streams")
    settings = Settings()
    assert settings.secret_key == "s" * 32
    assert settings.ingest_urls == {"eu-west-1": "rtmp://ingest.example.com/live"}
    assert settings.playback_base_url == "https://media.example.com/hls"
    assert settings.allowed_origins == ["https://a.example.com", "https://b.example.com"]


def test_our_own_names_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTEND_URL", "https://old.example.com")
    monkeypatch.setenv("STREAM_SYNC_ALLOWED_ORIGINS", "https://new.example.com")
    assert Settings().allowed_origins == ["https://new.example.com"]


def test_playback_of_other_servers_is_a_map_of_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_SOURCE_PLAYBACK", '{"mediamtx": {"hls": "https://m/{channel_id}"}}')
    assert Settings().source_playback == {"mediamtx": {"hls": "https://m/{channel_id}"}}
