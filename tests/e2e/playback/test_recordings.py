"""A real broadcast, watched afterwards: by ffmpeg, by hls.js, and as one MP4 in a browser."""

import json
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import m3u8
import pytest
from playwright.sync_api import Browser

from local.loopback import open_url
from tests.e2e.browser.accounts import Broadcaster, new_broadcaster
from tests.e2e.playback.player import Player
from tests.support.encoders import FPS, Clip, ffmpeg
from tests.support.stack import Stack
from tests.support.waiting import until

pytestmark = [pytest.mark.needs("ffmpeg", "ffprobe"), pytest.mark.requirement("FX-3")]

PART_S = 6.0  # of each of the two connections, by the recording's own clock
MP4_PLAYS = """async url => {
  const video = document.body.appendChild(document.createElement('video'))
  video.muted = true
  video.src = url
  await video.play()
  video.pause()
  video.currentTime = 3
  await new Promise(seeked => video.addEventListener('seeked', seeked, { once: true }))
  return { time: video.currentTime, width: video.videoWidth, error: video.error }
}"""


@pytest.fixture(scope="module")
def broadcaster(stack: Stack) -> Broadcaster:
    return new_broadcaster(stack)


@pytest.fixture(scope="module")
def stream(broadcaster: Broadcaster, clip: Clip) -> dict[str, Any]:
    """A stream whose encoder crashed once and came back, as its owner sees it afterwards."""
    ingest_url, key = broadcaster.stack.rtmp_url, broadcaster.stream_key()
    with ffmpeg(clip, ingest_url, key) as first:
        until(lambda: listed(broadcaster) >= PART_S, "the first part is recorded", 60)
        first.kill()
    until(lambda: broadcaster.channel()["status"] == "RECONNECTING", "the first one is gone")
    before = listed(broadcaster)
    with ffmpeg(clip, ingest_url, key) as second:
        until(lambda: listed(broadcaster) >= before + PART_S, "the second part is recorded", 60)
        until(lambda: fetch(broadcaster.channel()["playback"]["thumbnail_url"]), "a picture for the poster", 120)
        second.interrupt()
        second.exit_code(60)

    def finished() -> dict[str, Any] | None:
        latest = newest(broadcaster)
        return latest if latest["recording"]["status"] == "available" else None

    return until(finished, "the recording is available", 150)  # by the sweep, where the node was late


def newest(broadcaster: Broadcaster) -> dict[str, Any]:
    streams: list[dict[str, Any]] = broadcaster.call("/api/streams")["streams"]
    return streams[0] if streams else {"recording": None}


def listed(broadcaster: Broadcaster) -> float:
    """Seconds in the playlist of the stream that runs."""
    recording = newest(broadcaster)["recording"]
    text = fetch(recording["url"]) if recording is not None else None
    durations = [line[8:-1] for line in (text or b"").decode().splitlines() if line.startswith("#EXTINF:")]
    return sum(map(float, durations))


def fetch(url: str, **headers: str) -> bytes | None:
    try:
        with open_url(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as refused:
        if refused.code != 404:
            raise
        return None


@pytest.mark.parametrize("address", ["url", "download_url"])
def test_ffmpeg_decodes_all_of_it_without_an_error(stream: dict[str, Any], address: str) -> None:
    recording = stream["recording"]
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", recording[address], "-map", "0", "-f", "framemd5", "-"]
    played = subprocess.run(command, capture_output=True, text=True, check=True, timeout=90)
    assert played.stderr == ""
    frames = sum(line.startswith("0,") for line in played.stdout.splitlines())
    assert frames == pytest.approx(recording["duration_ms"] / 1000 * FPS, abs=4)


@pytest.mark.parametrize("address", ["url", "download_url"])
def test_ffprobe_finds_picture_and_sound(stream: dict[str, Any], address: str) -> None:
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "json"]
    probe = subprocess.run(
        [*command, stream["recording"][address]], capture_output=True, text=True, check=True, timeout=60
    )
    assert probe.stderr == ""
    assert [one["codec_name"] for one in json.loads(probe.stdout)["streams"]] == ["h264", "aac"]


def test_a_range_of_the_one_file_is_that_part_of_it(stream: dict[str, Any], tmp_path: Path) -> None:
    url = stream["recording"]["download_url"]
    whole = fetch(url)
    assert whole is not None
    assert whole[4:8] == b"ftyp"
    middle = len(whole) // 2
    assert fetch(url, Range=f"bytes={middle}-{middle + 99_999}") == whole[middle : middle + 100_000]


def test_anybody_finds_it_in_the_channels_list(stream: dict[str, Any], stack: Stack) -> None:
    with open_url(f"{stack.http_url}/api/channels/{stream['channel_id']}/recordings", timeout=20) as answer:
        (found,) = json.load(answer)["recordings"]
        assert answer.headers["Cache-Control"] == "public, max-age=5"
    assert found["id"] == stream["id"]
    assert found["recording"]["url"] == stream["recording"]["url"]


@pytest.mark.needs("chromium", "hls.js")
def test_hls_js_plays_across_the_interruption(browser: Browser, stream: dict[str, Any]) -> None:
    player = Player(browser, stream["recording"]["url"])
    player.plays_past(0.1, within=40)
    player.page.evaluate("seconds => { video.currentTime = seconds }", PART_S - 2)
    state = player.plays_past(PART_S + 2, within=60)
    assert state["brightest"] > 100
    player.page.close()


@pytest.mark.needs("chromium")
def test_a_browser_plays_and_seeks_the_one_file(browser: Browser, stream: dict[str, Any]) -> None:
    page = browser.new_page()
    page.goto(stream["recording"]["url"].partition("/vod/")[0])
    state = page.evaluate(MP4_PLAYS, stream["recording"]["download_url"])
    assert state["error"] is None
    assert state["time"] == pytest.approx(3, abs=0.5)
    page.close()


@pytest.mark.requirement("FX-15")
def test_while_its_channel_is_private_it_needs_a_playback_token(
    broadcaster: Broadcaster, stream: dict[str, Any]
) -> None:
    addresses = [stream["recording"][name] for name in ("url", "download_url", "poster_url")]
    playlist = m3u8.loads((fetch(addresses[0]) or b"").decode())
    addresses += [urljoin(addresses[0], uri) for uri in (playlist.segment_map[0].uri, playlist.segments[0].uri)]
    broadcaster.edit(visibility="private")
    until(lambda: {fetch(address) for address in addresses} == {None}, "nothing of it is found")
    token = broadcaster.call("/api/channel/playback-tokens", method="POST", body={})["hls_url"].split("/")[-2]
    with_token = [f"/{token}/".join(address.rsplit("/", 1)) for address in addresses]
    assert all(fetch(address) for address in with_token)
    broadcaster.edit(visibility="public")
    until(lambda: all(fetch(address) for address in addresses), "it is open again")


def test_a_deleted_recording_is_gone(broadcaster: Broadcaster, stream: dict[str, Any]) -> None:
    """The last test of this file: the others share the recording."""
    deleted = broadcaster.call(f"/api/streams/{stream['id']}/recording", method="DELETE")
    assert (deleted["status"], deleted["url"]) == ("deleted", None)
    assert fetch(stream["recording"]["url"]) is None
    assert fetch(stream["recording"]["download_url"]) is None
