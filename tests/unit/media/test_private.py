"""A private channel: everything of it with a token, nothing without one, and no cache outlives the token.

A test stream: the same, with a token that its owner asked for.
"""

import json
import re
from collections.abc import Iterator

import m3u8
import pytest

from chalicelib import config
from chalicelib.domain.streams import StreamState
from chalicelib.services.playback_tokens import issue
from ingest_container.base.clock import now_ms
from ingest_container.media import path_tokens
from tests.unit.media.test_origin import CHANNEL, STREAM, Live, live

TTL = 3_600


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STREAM_SYNC_PLAYBACK_SECRETS", "s" * 32)
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def below(channel_id: str = CHANNEL, ttl: int = TTL, *, preview: bool = False) -> str:
    """Where a channel is with a token."""
    return f"/live/{CHANNEL}/{issue(channel_id, ttl, now_ms(), preview=preview).text}"


async def paths(stream: Live, root: str) -> list[str]:
    """All that a player asks for, from the index to the media, as the playlists name it."""
    found = [f"{root}/index.m3u8"]
    for name in ("", STREAM):
        _, body = await stream.get(found[-1])
        playlist = m3u8.loads(body.decode())
        if not name:
            found.append(f"{root}/{playlist.playlists[0].uri}")
            continue
        folder = found[-1].rpartition("/")[0]
        segments = [s for s in playlist.segments if s.uri]
        found += [f"{folder}/{uri}" for uri in (playlist.segment_map[0].uri, *(s.uri for s in segments))]
        found.append(f"{folder}/{playlist.segments[-1].parts[0].uri}")
    return found


@pytest.mark.requirement("FX-15")
async def test_all_that_playlists_name_is_below_the_token() -> None:
    async with live() as stream:
        stream.sends(5)
        stream.private.add(CHANNEL)
        asked = await paths(stream, below())
        assert len(asked) >= 5
        for path in asked:
            assert (await stream.get(path))[0].status == 200
            without_token = re.sub(r"/[^/]+\.[^/]+\.[^/]+/", "/", path, count=1)
            assert (await stream.get(without_token))[0].status == 404


async def test_a_token_is_good_while_the_channel_is_public_too() -> None:
    async with live() as stream:
        stream.sends(5)
        assert (await stream.get(f"{below()}/index.m3u8"))[0].status == 200


async def test_anothers_and_forged_tokens_find_nothing() -> None:
    async with live() as stream:
        stream.sends(5)
        stream.private.add(CHANNEL)
        good = below()
        for root in (below("ch_2"), f"{good[:-3]}AAA", f"/live/{CHANNEL}/x.y.z"):
            for path in ("index.m3u8", f"{STREAM}/v.m3u8", f"{STREAM}/3/i0.mp4"):
                answer, _ = await stream.get(f"{root}/{path}")
                assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.requirement("FX-15")
async def test_after_its_expiry_it_is_refused_in_mid_play(monkeypatch: pytest.MonkeyPatch) -> None:
    async with live() as stream:
        stream.sends(5)
        stream.private.add(CHANNEL)
        asked = await paths(stream, below(ttl=60))
        later = now_ms() + 60_000
        monkeypatch.setattr(path_tokens, "now_ms", lambda: later)
        for path in asked:
            answer, body = await stream.get(path)
            assert (answer.status, answer.headers["Cache-Control"]) == (403, "no-store")
            assert body == b"This link has expired.\n"


@pytest.mark.parametrize(("path", "usual"), [("index.m3u8", 2), (f"{STREAM}/v.m3u8", 1)])
async def test_a_playlist_is_kept_as_long_as_usual(path: str, usual: int) -> None:
    async with live() as stream:
        stream.sends(5)
        answer, _ = await stream.get(f"{below()}/{path}")
        assert answer.headers["Cache-Control"] == f"max-age={usual}"


async def test_media_is_kept_until_the_token_expires() -> None:
    async with live() as stream:
        stream.sends(5)
        for path in (f"{STREAM}/3/i0.mp4", f"{STREAM}/3/s48.m4s"):
            answer, _ = await stream.get(f"{below()}/{path}")
            age = int(answer.headers["Cache-Control"].removeprefix("max-age="))
            assert TTL - 30 < age <= TTL


@pytest.mark.requirement("FX-17")
async def test_a_test_stream_plays_for_its_owner_alone() -> None:
    async with live(test=True) as stream:
        stream.sends(5)
        for path in await paths(stream, below(preview=True)):
            assert (await stream.get(path))[0].status == 200
            for other in ("/", f"{below().removeprefix(f'/live/{CHANNEL}')}/"):
                hidden = re.sub(r"/[^/]+\.[^/]+\.[^/]+/", other, path, count=1)
                answer, _ = await stream.get(hidden)
                assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.requirement("FX-17")
async def test_while_a_test_runs_the_channel_is_offline_for_everybody_else() -> None:
    async with live(test=True) as stream:
        stream.sends(5)
        stream.packager.state, stream.packager.started_at = StreamState.LIVE, now_ms()
        seen = {}
        for who, root in (("owner", below(preview=True)), ("viewer", below()), ("anybody", f"/live/{CHANNEL}")):
            _, body = await stream.get(f"{root}/status.json")
            seen[who] = json.loads(body)["status"]
        assert seen == {"owner": "LIVE", "viewer": "OFFLINE", "anybody": "OFFLINE"}


@pytest.mark.requirement("FX-17")
async def test_nobody_is_counted_as_viewer_of_a_test() -> None:
    async with live(test=True) as stream:
        stream.sends(5)
        report = {"id": "0" * 32}
        async with stream.http.post(f"{below(preview=True)}/viewers", json=report) as answer:
            assert answer.status == 404


@pytest.mark.requirement("FX-17")
async def test_what_is_left_of_a_test_that_has_ended_is_its_owners_too() -> None:
    async with live(test=True) as stream:
        stream.sends(5)
        asked = await paths(stream, below(preview=True))
        stream.packaging.end(CHANNEL, STREAM)
        assert (await stream.get(asked[-1]))[0].status == 200
        assert (await stream.get(f"/live/{CHANNEL}/{STREAM}/v.m3u8"))[0].status == 404
