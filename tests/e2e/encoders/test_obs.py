"""Real OBS Studio: the life of a broadcast, and how it takes a refusal."""

import time

import pytest

from tests.e2e.encoders.promises import LIVE_WITHIN, OFFLINE_WITHIN, SOON, STOPPED_WITHIN, Record, Start, StartObs
from tests.support.broadcaster import Broadcaster
from tests.support.encoders import Clip, ffmpeg
from tests.support.obs_profile import FPS, HEIGHT, WIDTH

# OBS tries again 2 s after a connection that was lost; twice that shows that it does not.
NO_RETRY_FOR = 4.0
TOLD_WITHIN = 60.0  # from its start; no promise
UNKNOWN_KEY = "0" * 40

pytestmark = pytest.mark.needs("obs", "Xvfb")


@pytest.mark.serial
@pytest.mark.requirement("SS-2.1")
@pytest.mark.requirement("SS-3.1")
@pytest.mark.requirement("SS-3.2")
@pytest.mark.requirement("SS-3.3")
def test_obs_goes_live_is_measured_and_stops(
    broadcaster: Broadcaster, start_obs: StartObs, record_property: Record
) -> None:
    dashboard = broadcaster.dashboard
    obs = start_obs(broadcaster.ingest_url, broadcaster.key)
    on_air = obs.until_on_air().at
    (live,) = dashboard.until_statuses("LIVE", within=LIVE_WITHIN)
    record_property("live_latency_s", round(live.at - on_air, 3))  # with the half second before its first frame
    assert live.at - on_air < LIVE_WITHIN
    assert broadcaster.channel()["status"] == "LIVE"

    # A window that began well after the start: its bitrate against what OBS says it sent meanwhile.
    began = dashboard.until_metrics(live.at + 4, within=10)
    sent, at = obs.output()["outputBytes"], time.time()
    settled = dashboard.until_metrics(began.at + 6, within=10).message
    true_kbps = (obs.output()["outputBytes"] - sent) * 8 / 1000 / (time.time() - at)
    record_property("bitrate_true_kbps", round(true_kbps, 1))
    record_property("bitrate_measured_kbps", settled["bitrate_kbps"])
    assert settled["bitrate_kbps"] == pytest.approx(true_kbps, rel=0.1)
    assert settled["fps"] == pytest.approx(FPS, rel=0.02)
    assert (settled["width"], settled["height"], settled["video_codec"]) == (WIDTH, HEIGHT, "h264")
    facts = live.message["live"]
    assert (facts["audio_codec"], facts["audio_sample_rate"], facts["audio_channels"]) == ("aac", 48_000, 2)
    # Preset ultrafast uses nothing beyond Baseline; level 2.2 is the first for 920 macroblocks (H.264, table A-1).
    assert (facts["video_profile"], facts["video_level"]) == ("Constrained Baseline", "2.2")

    pressed = time.time()
    obs.stop_streaming()
    _, offline = dashboard.until_statuses("LIVE", "OFFLINE", within=STOPPED_WITHIN)
    record_property("offline_after_clean_stop_s", round(offline.at - pressed, 3))
    assert offline.message["reason"] == "clean_stop"
    assert broadcaster.channel()["status"] == "OFFLINE"


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
def test_obs_that_keeps_trying_stays_off_air_after_the_owner_ended_the_stream(
    broadcaster: Broadcaster, start_obs: StartObs
) -> None:
    dashboard = broadcaster.dashboard
    obs = start_obs(broadcaster.ingest_url, broadcaster.key)
    obs.until_on_air()
    dashboard.until_statuses("LIVE", within=LIVE_WITHIN + SOON)
    broadcaster.call("POST", "/api/channel/stop")
    dashboard.until_statuses("LIVE", "OFFLINE", within=STOPPED_WITHIN)
    refused = dashboard.until_refused("channel_closed", within=SOON)
    assert refused.message["reason"] == "The stream was ended in the studio"
    time.sleep(NO_RETRY_FOR)
    assert [heard.message["status"] for heard in dashboard.statuses()] == ["LIVE", "OFFLINE"]


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
def test_killed_obs_is_offline_within_ten_seconds(
    broadcaster: Broadcaster, start_obs: StartObs, record_property: Record
) -> None:
    obs = start_obs(broadcaster.ingest_url, broadcaster.key)
    obs.until_on_air()
    broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    killed = obs.kill()
    *_, offline = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "OFFLINE", within=OFFLINE_WITHIN)
    record_property("offline_after_kill_s", round(offline.at - killed, 3))
    assert offline.at - killed < OFFLINE_WITHIN
    assert offline.message["reason"] == "grace_over"


@pytest.mark.requirement("SS-2.2")
def test_wrong_key_stops_obs_at_once_with_our_words_and_it_does_not_try_again(
    broadcaster: Broadcaster, start_obs: StartObs
) -> None:
    obs = start_obs(broadcaster.ingest_url, UNKNOWN_KEY)
    words = "NetStream.Publish.Denied (Unauthorized: The stream key is not known"
    obs.until_said(words, within=TOLD_WITHIN)
    obs.until_said("Streaming Stop", within=SOON)
    obs.never_said("Reconnecting", for_seconds=NO_RETRY_FOR)
    output = obs.output()
    assert not output["outputActive"]
    assert not output["outputReconnecting"]
    assert len(obs.said("Connecting to RTMP URL")) == 1


@pytest.mark.requirement("SS-2.3")
@pytest.mark.requirement("FX-9")
def test_second_obs_on_the_same_key_is_refused_and_the_first_goes_on(
    broadcaster: Broadcaster, start_obs: StartObs
) -> None:
    first = start_obs(broadcaster.ingest_url, broadcaster.key)
    first.until_on_air()
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    second = start_obs(broadcaster.ingest_url, broadcaster.key)
    second.until_said(
        "NetStream.Publish.BadName (Stream already exists: The channel is already live", within=TOLD_WITHIN
    )
    refused = broadcaster.dashboard.until_refused("key_in_use", within=SOON)
    second.never_said("Reconnecting", for_seconds=NO_RETRY_FOR)

    measured = broadcaster.dashboard.until_metrics(refused.at + NO_RETRY_FOR, within=SOON)
    assert measured.stream_id == live.stream_id
    assert first.output()["outputActive"]
    assert not first.said("Reconnecting")
    assert len(broadcaster.dashboard.statuses()) == 1


@pytest.mark.requirement("SS-2.3")
@pytest.mark.needs("ffmpeg")
def test_obs_on_a_key_that_ffmpeg_uses_is_refused(
    broadcaster: Broadcaster, clip: Clip, start: Start, start_obs: StartObs
) -> None:
    first = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    second = start_obs(broadcaster.ingest_url, broadcaster.key)
    said = second.until_said("NetStream.Publish.BadName", within=TOLD_WITHIN)
    broadcaster.dashboard.until_metrics(said.at + 1, within=SOON)
    assert first.running
    assert len(broadcaster.dashboard.statuses()) == 1
