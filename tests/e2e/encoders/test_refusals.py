"""Who may not publish, and what ffmpeg and GStreamer are told. OBS has a file of its own."""

import pytest

from tests.e2e.encoders.promises import SOON, STOPPED_WITHIN, Record, Start
from tests.support.broadcaster import Broadcaster
from tests.support.encoders import Clip, ffmpeg, gstreamer
from tests.support.nodes import log_entries
from tests.support.waiting import until

EXIT_WITHIN = 60.0
UNKNOWN_KEY = "0" * 40  # well formed, nobody's

pytestmark = pytest.mark.needs("ffmpeg")


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize("wrong_key", [UNKNOWN_KEY, "not-a-key"], ids=["unknown", "malformed"])
def test_wrong_key_ends_ffmpeg_with_our_words_and_is_logged(
    broadcaster: Broadcaster, clip: Clip, start: Start, wrong_key: str
) -> None:
    log = broadcaster.stack.settings.log_dir / "ingest.log"
    before = len(log_entries(log.read_text(), "publisher_refused", code="key_unknown"))
    encoder = start(ffmpeg(clip, broadcaster.ingest_url, wrong_key))
    assert encoder.exit_code(EXIT_WITHIN) == 1
    assert encoder.said("Server error: Unauthorized: The stream key is not known")
    until(
        lambda: len(log_entries(log.read_text(), "publisher_refused", code="key_unknown")) == before + 1,
        "the refusal in the log",
    )
    assert log_entries(log.read_text(), "publisher_refused", code="key_unknown")[-1]["client_ip"] == "127.0.0.1"
    assert wrong_key not in log.read_text()
    assert broadcaster.channel()["status"] == "OFFLINE"


@pytest.mark.serial
@pytest.mark.requirement("SS-2.2")
@pytest.mark.requirement("SS-5.3")
@pytest.mark.requirement("FX-9")
def test_expired_key_is_refused_and_the_owner_sees_why(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    broadcaster.expire_key()
    encoder = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    said = encoder.until_said("Server error: Unauthorized: The stream key has expired", within=EXIT_WITHIN)
    assert encoder.exit_code(EXIT_WITHIN) == 1
    refused = broadcaster.dashboard.until_refused("key_expired", within=STOPPED_WITHIN)

    record_property("refusal_on_dashboard_s", round(refused.at - said.at, 3))
    assert refused.message["client_ip"] == "127.0.0.1"
    assert refused.message["reason"]
    assert refused.message["action"]
    (record,) = until(lambda: broadcaster.refusals_at("local-1"), "the audit record", within=SOON)
    assert (record["reason"], record["client_ip"], record["stream_id"]) == ("key_expired", "127.0.0.1", None)
    assert broadcaster.dashboard.statuses() == []


@pytest.mark.requirement("SS-2.3")
def test_second_ffmpeg_on_the_same_key_is_refused_and_the_first_goes_on(
    broadcaster: Broadcaster, clip: Clip, start: Start
) -> None:
    first = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    second = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    assert second.exit_code(EXIT_WITHIN) == 1
    assert second.said("Server error: Stream already exists: The channel is already live")
    refused = broadcaster.dashboard.until_refused("key_in_use", within=SOON)

    measured = broadcaster.dashboard.until_metrics(refused.at + 2, within=SOON)
    assert measured.stream_id == live.stream_id
    assert measured.message["bitrate_kbps"] > clip.kbps / 2
    assert first.running
    assert len(broadcaster.dashboard.statuses()) == 1


@pytest.mark.requirement("SS-2.1")
@pytest.mark.needs("gst-launch-1.0")
def test_gstreamer_goes_live_and_stops_cleanly(broadcaster: Broadcaster, clip: Clip, start: Start) -> None:
    encoder = start(gstreamer(clip, broadcaster.ingest_url, broadcaster.key))
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    measured = broadcaster.dashboard.until_metrics(live.at + 1, within=SOON)
    assert (measured.message["width"], measured.message["height"]) == (640, 360)
    encoder.interrupt()
    broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=SOON)


@pytest.mark.requirement("SS-2.2")
@pytest.mark.needs("gst-launch-1.0")
def test_wrong_key_ends_gstreamer_with_our_words(broadcaster: Broadcaster, clip: Clip, start: Start) -> None:
    encoder = start(gstreamer(clip, broadcaster.ingest_url, UNKNOWN_KEY))
    assert encoder.exit_code(EXIT_WITHIN) == 1
    assert encoder.said("Unauthorized: The stream key is not known")
