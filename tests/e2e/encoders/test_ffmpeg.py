"""ffmpeg at the shown URL and key: the life of a broadcast, measured at the owner's open dashboard."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.encoders.promises import FFMPEG_ON_AIR, LIVE_WITHIN, OFFLINE_WITHIN, SOON, STOPPED_WITHIN, Record, Start
from tests.support.broadcaster import Broadcaster, Heard
from tests.support.encoders import (
    CHANNELS,
    FPS,
    HEIGHT,
    LEVEL,
    PROFILE,
    SAMPLE_RATE,
    WIDTH,
    Clip,
    Program,
    ffmpeg,
    gstreamer,
)
from tests.support.nodes import Node
from tests.support.waiting import until

pytestmark = pytest.mark.needs("ffmpeg")


@pytest.mark.serial
@pytest.mark.requirement("SS-2.1")
@pytest.mark.requirement("SS-3.1")
@pytest.mark.requirement("SS-6.5")
def test_live_on_dashboard_and_api_within_two_seconds_of_the_first_media(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    encoder = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    on_air = encoder.until_said(FFMPEG_ON_AIR, within=SOON).at
    channel = until(
        lambda: c if (c := broadcaster.channel())["status"] == "LIVE" else None, "LIVE at the API", LIVE_WITHIN
    )
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=LIVE_WITHIN)

    record_property("live_latency_s", round(live.at - on_air, 3))
    assert live.at - on_air < LIVE_WITHIN
    assert channel["live"]["stream_id"] == live.stream_id


@pytest.mark.requirement("SS-3.2")
@pytest.mark.requirement("SS-6.3")
def test_resolution_and_frame_rate_right_and_bitrate_within_a_tenth(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    dashboard = broadcaster.dashboard

    def right(measures: dict[str, Any]) -> bool:
        bitrate, fps = pytest.approx(clip.kbps, rel=0.1), pytest.approx(FPS, rel=0.02)
        return bool(measures["bitrate_kbps"] == bitrate and measures["fps"] == fps)

    def whole() -> list[Heard]:
        """Where the machine held up the encoder for a moment, a later window is whole; OBS is measured alone."""
        return [h for h in dashboard.of_type("metrics") if h.message["uptime_s"] >= 7 and right(h.message)]

    settled = dashboard.until(whole, "the right frame rate and bitrate over a whole window", within=SOON)
    said = settled[0].message
    record_property("bitrate_true_kbps", round(clip.kbps, 1))
    record_property("bitrate_measured_kbps", said["bitrate_kbps"])
    record_property("fps_measured", said["fps"])
    assert (said["width"], said["height"], said["video_codec"], said["audio_codec"]) == (WIDTH, HEIGHT, "h264", "aac")
    apart = (said["video_bitrate_kbps"], said["audio_bitrate_kbps"])
    assert min(apart) > 0
    assert sum(apart) == pytest.approx(said["bitrate_kbps"], abs=0.2)

    # The API reads what the node stores every five seconds.
    live = until(lambda: v if right(v := broadcaster.channel()["live"]) else None, "the same at the API", within=SOON)
    assert (live["width"], live["height"]) == (WIDTH, HEIGHT)


@pytest.mark.requirement("SO-5")
@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize(
    "encoder", [ffmpeg, pytest.param(gstreamer, marks=pytest.mark.needs("gst-launch-1.0"))], ids=lambda e: e.__name__
)
def test_what_was_encoded_is_told_from_the_first_frame_and_kept(
    broadcaster: Broadcaster, clip: Clip, start: Start, encoder: Callable[[Clip, str, str], Program]
) -> None:
    encoded = {
        "width": WIDTH,
        "height": HEIGHT,
        "video_codec": "h264",
        "video_profile": PROFILE,
        "video_level": LEVEL,
        "audio_codec": "aac",
        "audio_sample_rate": SAMPLE_RATE,
        "audio_channels": CHANNELS,
    }
    program = start(encoder(clip, broadcaster.ingest_url, broadcaster.key))
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    assert encoded.items() <= live.message["live"].items()
    assert encoded.items() <= broadcaster.channel()["live"].items()

    program.interrupt()
    broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=SOON)
    assert encoded.items() <= broadcaster.call("GET", f"/api/streams/{live.stream_id}")["stream"].items()


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
@pytest.mark.requirement("SS-5.3")
def test_clean_stop_is_offline_within_two_seconds_and_leaves_an_audit_record(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    encoder = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    broadcaster.dashboard.until_metrics(live.at + 1, within=SOON)
    stopped = encoder.interrupt()
    _, offline = broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=STOPPED_WITHIN)

    record_property("offline_after_clean_stop_s", round(offline.at - stopped, 3))
    assert offline.at - stopped < STOPPED_WITHIN
    assert (offline.stream_id, offline.message["reason"]) == (live.stream_id, "clean_stop")
    assert broadcaster.channel()["status"] == "OFFLINE"

    encoder.exit_code(within=SOON)
    record = until(lambda: _connection(broadcaster, live.stream_id), "the audit record", within=SOON)
    seconds = stopped - live.at
    assert record["reason"] == "clean_stop"
    assert (record["client_ip"], record["node_id"], record["key_id"]) == ("127.0.0.1", "local-1", broadcaster.key_id)
    assert seconds < record["duration_s"] < seconds + 10
    assert record["bytes"] * 8 / 1000 / record["duration_s"] == pytest.approx(clip.kbps, rel=0.5)
    assert record["mean_kbps"] == pytest.approx(record["bytes"] * 8 / 1000 / record["duration_s"], rel=0.01)


def _connection(broadcaster: Broadcaster, stream_id: str) -> dict[str, Any] | None:
    records = [e["facts"] for e in broadcaster.timeline_of(stream_id) if e["kind"] == "connection"]
    return records[0] if records else None


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
def test_killed_encoder_is_reconnecting_and_offline_within_ten_seconds(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    encoder = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    killed = encoder.kill()
    _, waiting = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", within=STOPPED_WITHIN)
    assert broadcaster.channel()["status"] == "RECONNECTING"
    _, _, offline = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "OFFLINE", within=OFFLINE_WITHIN)

    record_property("reconnecting_after_kill_s", round(waiting.at - killed, 3))
    record_property("offline_after_kill_s", round(offline.at - killed, 3))
    assert waiting.message["until"] is not None
    assert offline.at - killed < OFFLINE_WITHIN
    assert offline.message["reason"] == "grace_over"
    assert broadcaster.channel()["status"] == "OFFLINE"


@pytest.mark.requirement("SS-3.3")
def test_encoder_back_inside_the_grace_continues_the_same_stream(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record, patient_node: Node
) -> None:
    first = start(ffmpeg(clip, patient_node.ingest_url, broadcaster.key))
    broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    first.kill()
    broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", within=SOON)

    second = start(ffmpeg(clip, patient_node.ingest_url, broadcaster.key))
    on_air = second.until_said(FFMPEG_ON_AIR, within=SOON).at
    live, _, again = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "LIVE", within=SOON)
    record_property("live_again_latency_s", round(again.at - on_air, 3))
    assert again.stream_id == live.stream_id
    assert again.message["live"]["started_at"] == live.message["live"]["started_at"]

    second.interrupt()
    broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "LIVE", "OFFLINE", within=SOON)
    kinds = until(lambda: _finished(broadcaster, live.stream_id), "the end in the timeline", within=SOON)
    steps = [kind for kind in kinds if kind.startswith("Stream")]
    assert steps == ["Stream Start", "Stream Interrupted", "Stream Resumed", "Stream End"]


def _finished(broadcaster: Broadcaster, stream_id: str) -> list[str] | None:
    kinds = [entry["kind"] for entry in broadcaster.timeline_of(stream_id)]
    return kinds if "Stream End" in kinds else None
