"""`KEY?test=1` with OBS: the owner sees all of it, everybody else an offline channel."""

import urllib.error

import pytest

from local.loopback import open_url
from tests.e2e.encoders.promises import SOON, Start, StartObs
from tests.support.broadcaster import Broadcaster, Heard
from tests.support.encoders import Clip, ffmpeg
from tests.support.obs_profile import AUDIO_KBPS, FPS, VIDEO_KBPS, Profile
from tests.support.waiting import until

# The doctor's patience with a long interval between key frames, and a busy machine.
FOUND_WITHIN = 120.0

pytestmark = [
    pytest.mark.needs("ffmpeg", "obs", "Xvfb"),
    pytest.mark.requirement("FX-17"),
    pytest.mark.timeout(480),
]


def found(url: str) -> int:
    try:
        with open_url(url, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def test_a_test_is_seen_by_its_owner_alone_and_gives_way_to_the_broadcast(
    broadcaster: Broadcaster, clip: Clip, start: Start, start_obs: StartObs
) -> None:
    """What there is to find: five seconds between key frames, where OBS's Simple mode would have 25."""
    profile = Profile(x264=f"keyint={5 * FPS}")
    tried = start_obs(broadcaster.ingest_url, f"{broadcaster.key}?test=1", profile=profile)
    tried.until_on_air()
    dashboard = broadcaster.dashboard
    (live,) = dashboard.until_statuses("LIVE", within=SOON)
    assert live.message["live"]["test"] is True
    channel = broadcaster.channel()
    channel_id = channel["channel_id"]
    preview = broadcaster.call("POST", "/api/channel/playback-tokens", {"ttl_seconds": 600, "preview": True})
    until(lambda: found(preview["hls_url"]) == 200, "the owner's preview", SOON)

    public = broadcaster.call("GET", f"/api/channels/{channel_id}")
    assert (public["status"], public["live"]) == ("OFFLINE", None)
    listed = broadcaster.call("GET", "/api/streams/public")["streams"]
    assert channel_id not in {stream["channel_id"] for stream in listed}
    assert found(public["playback"]["hls_url"]) == 404
    viewers = broadcaster.call("POST", "/api/channel/playback-tokens", {"ttl_seconds": 600})
    assert found(viewers["hls_url"]) == 404

    def carried() -> list[Heard]:
        """Where the machine held up OBS for a moment, a later one is right."""
        lines = [h for h in dashboard.of_type("metrics") if h.message["line"] and h.message["line"]["seconds"] >= 5]
        sent = pytest.approx(VIDEO_KBPS + AUDIO_KBPS, rel=0.4)
        return [h for h in lines if h.message["line"]["bitrate_kbps"] == sent]

    measured = dashboard.until(carried, "what the line carries", within=FOUND_WITHIN)[0].message
    assert measured["viewers"] is None

    def too_long() -> list[str]:
        healths = [heard.message["health"] or {"findings": []} for heard in dashboard.of_type("metrics")]
        return [one["action"] for health in healths for one in health["findings"] if one["code"] == "gopSizeLong"]

    assert "Output Mode to Advanced" in until(too_long, "what the doctor finds", FOUND_WITHIN)[0]

    start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    dashboard.until(
        lambda: [h for h in dashboard.statuses() if h.message["live"] and not h.message["live"]["test"]],
        "the broadcast",
        within=SOON,
    )
    # OBS tries again by itself, and again.
    tried.until_said("NetStream.Publish.BadName (Stream already exists", within=SOON, times=2)
    assert broadcaster.call("GET", f"/api/channels/{channel_id}")["status"] == "LIVE"
    ended = {stream["id"]: stream for stream in broadcaster.call("GET", "/api/streams")["streams"]}[live.stream_id]
    assert (ended["test"], ended["end_reason"], ended["recording"]) == (True, "test_replaced", None)
