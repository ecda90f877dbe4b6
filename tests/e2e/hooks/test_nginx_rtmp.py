"""Real nginx-rtmp, configured as we ship it, real ffmpeg, and the state that everybody reads."""

import json
import signal
import subprocess
from typing import Any

import pytest

from local.loopback import open_url
from tests.e2e.hooks.conftest import UPDATE_S, OnNginx
from tests.support import aws
from tests.support.encoders import HEIGHT, WIDTH
from tests.support.waiting import until

pytestmark = [pytest.mark.needs("ffmpeg", "ffprobe"), pytest.mark.requirement("FX-12")]

TRUE_WITHIN = 5.0  # seconds (SO-14)
SOON = 60.0  # no promise: where the test runs beside others


def picture_at(url: str) -> dict[str, Any]:
    """What a player gets to see there; empty if nothing."""
    command = ["ffprobe", "-v", "error", "-rw_timeout", "4000000", "-select_streams", "v", "-show_streams"]
    try:
        found = subprocess.run([*command, "-of", "json", url], capture_output=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return {}
    streams = json.loads(found.stdout or b"{}").get("streams") or [{}]
    return dict(streams[0])


def session_of(on_nginx: OnNginx) -> dict[str, Any]:
    """The publisher's session as stored; empty if there is none."""
    env = on_nginx.broadcaster.stack.environment()
    answer = dynamodb(on_nginx).scan(TableName=env["STREAM_SYNC_TABLE_PREFIX"] + "nodes", ConsistentRead=True)
    mine = [row for row in answer["Items"] if on_nginx.channel_id in row.get("publication", {}).get("S", "")]
    return mine[0] if mine else {}


def expiry(session: dict[str, Any]) -> int:
    return int(session["expires_at"]["N"])


def dynamodb(on_nginx: OnNginx) -> Any:
    return aws.client(on_nginx.broadcaster.stack.environment(), "dynamodb")


@pytest.mark.requirement("SO-3")
def test_a_good_key_is_live_under_the_public_id(on_nginx: OnNginx) -> None:
    on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    url = f"{on_nginx.nginx.rtmp_url}/{on_nginx.channel_id}"
    seen = until(lambda: picture_at(url), "what it shows", within=SOON)
    assert (seen.get("width"), seen.get("height")) == (WIDTH, HEIGHT)
    playlist = f"{on_nginx.nginx.http_url}/hls/{on_nginx.channel_id}.m3u8"

    def playing() -> str | None:
        try:
            with open_url(playlist, timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    assert "#EXTM3U" in until(playing, "the playlist", within=SOON)


def test_the_key_is_no_address_to_play_from(on_nginx: OnNginx) -> None:
    on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    assert picture_at(f"{on_nginx.nginx.rtmp_url}/{on_nginx.broadcaster.key}") == {}
    assert not list((on_nginx.nginx.folder / "hls").glob(f"*{on_nginx.broadcaster.key}*"))


@pytest.mark.requirement("SO-15")
def test_a_bad_key_is_refused(on_nginx: OnNginx) -> None:
    encoder = on_nginx.send("Z" * 40)
    assert encoder.exit_code(within=SOON) != 0
    assert on_nginx.status == "OFFLINE"


@pytest.mark.requirement("SO-2")
def test_a_second_publisher_is_refused_and_the_first_stays(on_nginx: OnNginx) -> None:
    first = on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    second = on_nginx.send()
    assert second.exit_code(within=SOON) != 0
    on_nginx.broadcaster.dashboard.until_refused("key_in_use", within=SOON)
    assert first.running
    assert on_nginx.status == "LIVE"
    url = f"{on_nginx.nginx.rtmp_url}/{on_nginx.channel_id}"
    assert until(lambda: picture_at(url), "the first one's picture", within=SOON)["width"] == WIDTH


@pytest.mark.serial
@pytest.mark.requirement("SO-14")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["stopped", "killed"])
def test_the_stream_ends_with_its_publisher(on_nginx: OnNginx, end: signal.Signals) -> None:
    encoder = on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=TRUE_WITHIN)
    ended_at = encoder.send_signal(end)
    offline = on_nginx.broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=TRUE_WITHIN)[1]
    assert offline.at - ended_at < TRUE_WITHIN
    assert offline.message["reason"] == "unpublished"
    until(lambda: session_of(on_nginx) == {}, "its session is gone", within=SOON)


def test_updates_renew_the_session(on_nginx: OnNginx) -> None:
    on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    first = expiry(session_of(on_nginx))
    # The first update may follow sooner than that upon a publish that was answered late.
    until(
        lambda: (session := session_of(on_nginx)) and expiry(session) >= first + 900 * UPDATE_S,
        "a renewed session",
        within=SOON,
    )


@pytest.mark.requirement("SO-11")
def test_a_session_that_ran_out_is_taken_up_by_the_next_update(on_nginx: OnNginx) -> None:
    encoder = on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    session = session_of(on_nginx)
    dynamodb(on_nginx).update_item(
        TableName=on_nginx.broadcaster.stack.environment()["STREAM_SYNC_TABLE_PREFIX"] + "nodes",
        Key={"node_id": session["node_id"]},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
    until(lambda: (found := session_of(on_nginx)) and expiry(found) > 1, "an update", within=SOON)
    until(lambda: on_nginx.status == "LIVE", "LIVE again", within=SOON)
    assert encoder.running


@pytest.mark.requirement("SO-7")
def test_a_revoked_publisher_is_dropped_at_the_next_update(on_nginx: OnNginx) -> None:
    encoder = on_nginx.send()
    on_nginx.broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    on_nginx.broadcaster.call("POST", "/api/channel/credentials/reset")
    offline = on_nginx.broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=SOON)[1]
    assert offline.message["reason"] == "key_reset"
    assert encoder.exit_code(within=SOON) != 0
    again = on_nginx.send(on_nginx.broadcaster.keys[0])
    assert again.exit_code(within=SOON) != 0
    assert on_nginx.status == "OFFLINE"
