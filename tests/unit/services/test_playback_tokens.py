"""Who may watch a private channel: tokens of ours for that channel, while a secret is valid, and nothing else."""

import base64
import json
from collections.abc import Iterator

import jwt
import pytest

from chalicelib import config
from chalicelib.domain.errors import PlaybackTokensUnavailable
from chalicelib.domain.playback import hls_url, watch_url
from chalicelib.services.playback_tokens import MAX_TOKEN, expiry, issue

CHANNEL, OTHER = "ch_0123456789abcdef01234567", "ch_fedcba987654321001234567"
OLD, NEW = "o" * 32, "n" * 32
NOW = 1_790_000_000_000
EXPIRES = NOW // 1000 + 60
CLAIMS = {"sub": CHANNEL, "aud": "playback", "exp": EXPIRES}


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use(monkeypatch, NEW)
    yield
    config.settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, secrets: str) -> None:
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", secrets)
    config.settings.cache_clear()


def test_a_token_names_its_channel_and_its_end() -> None:
    token = issue(CHANNEL, 60, NOW)
    assert token.expires_at == NOW + 60_000
    assert expiry(token.text, CHANNEL) == token.expires_at


def test_a_token_fits_into_a_path_segment() -> None:
    text = issue(CHANNEL, 86_400, NOW).text
    assert len(text) < MAX_TOKEN // 2
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_token_shows_in_no_representation() -> None:
    token = issue(CHANNEL, 60, NOW)
    assert token.text not in repr(token)


def test_an_expired_token_is_still_known_as_ours() -> None:
    """So that viewers are told that their link has expired; whoever asks compares the time."""
    assert expiry(issue(CHANNEL, 60, 0).text, CHANNEL) == 60_000


def test_a_token_of_another_channel_is_refused() -> None:
    assert expiry(issue(OTHER, 60, NOW).text, CHANNEL) is None


def test_both_secrets_are_good_while_rotating(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, OLD)
    old = issue(CHANNEL, 60, NOW).text
    use(monkeypatch, f"{NEW}, {OLD}")
    new = issue(CHANNEL, 60, NOW).text
    assert jwt.decode(new, NEW, ["HS256"], audience="playback", options={"verify_exp": False})
    assert expiry(old, CHANNEL) == expiry(new, CHANNEL) == NOW + 60_000
    use(monkeypatch, NEW)
    assert expiry(old, CHANNEL) is None


def unsigned() -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, CLAIMS)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x.y.z",
        "é.é.é",
        unsigned(),
        jwt.encode(CLAIMS, "x" * 32, "HS256"),
        jwt.encode(CLAIMS, NEW + NEW, "HS512"),
        jwt.encode(CLAIMS | {"aud": "other"}, NEW, "HS256"),
        jwt.encode({"sub": CHANNEL, "exp": EXPIRES}, NEW, "HS256"),
        jwt.encode({"sub": CHANNEL, "aud": "playback"}, NEW, "HS256"),
        jwt.encode({"aud": "playback", "exp": EXPIRES}, NEW, "HS256"),
        jwt.encode(CLAIMS, NEW, "HS256")[:-2],
        jwt.encode(CLAIMS, NEW, "HS256") + "x" * MAX_TOKEN,
    ],
)
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    assert expiry(token, CHANNEL) is None


def test_without_a_secret_there_are_no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    token = issue(CHANNEL, 60, NOW).text
    use(monkeypatch, "")
    assert expiry(token, CHANNEL) is None
    with pytest.raises(PlaybackTokensUnavailable):
        issue(CHANNEL, 60, NOW)


def test_a_short_secret_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "short")
    with pytest.raises(ValueError, match="playback_secrets"):
        config.settings()


def test_links_hold_the_token_where_each_needs_it() -> None:
    assert hls_url("https://x/live", CHANNEL, "a.b.c") == f"https://x/live/{CHANNEL}/a.b.c/index.m3u8"
    assert watch_url("https://x/watch", CHANNEL, "a.b.c") == f"https://x/watch/{CHANNEL}#token=a.b.c"


def test_watch_pages_are_where_playback_is_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_BASE_URL", "https://d1.cloudfront.net/live")
    assert config.Settings().watch_base_url == "https://d1.cloudfront.net/watch"
    monkeypatch.setenv("STREAM_SYNC_WATCH_BASE_URL", "https://example.com/watch/")
    assert config.Settings().watch_base_url == "https://example.com/watch"
