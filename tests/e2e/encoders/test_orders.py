"""The owner's buttons while live: Reset Key and Stop reach the encoder."""

import time
import urllib.error

import pytest

from tests.e2e.encoders.promises import SOON, STOPPED_WITHIN, Record, Start
from tests.support.broadcaster import Broadcaster
from tests.support.encoders import Clip, ffmpeg

EXIT_WITHIN = 60.0

pytestmark = pytest.mark.needs("ffmpeg")


@pytest.mark.serial
@pytest.mark.requirement("SS-1.3")
def test_reset_ends_the_broadcast_and_the_old_key_is_refused_from_then_on(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    on_air = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    asked = time.time()
    broadcaster.call("POST", "/api/channel/credentials/reset")
    old_key, new_key = broadcaster.keys
    late = start(ffmpeg(clip, broadcaster.ingest_url, old_key))
    _, offline = broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=STOPPED_WITHIN)

    record_property("offline_after_reset_s", round(offline.at - asked, 3))
    assert offline.at - asked < STOPPED_WITHIN
    assert offline.message["reason"] == "key_reset"
    on_air.exit_code(EXIT_WITHIN)
    assert late.exit_code(EXIT_WITHIN) == 1  # dead at once, before the broadcast had ended
    again = start(ffmpeg(clip, broadcaster.ingest_url, old_key))
    assert again.exit_code(EXIT_WITHIN) == 1
    assert again.said("Server error: Unauthorized: The stream key was reset or revoked")

    start(ffmpeg(clip, broadcaster.ingest_url, new_key))
    *_, live = broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", "LIVE", within=SOON)
    assert live.stream_id != offline.stream_id


@pytest.mark.serial
@pytest.mark.requirement("SS-3.3")
def test_stop_from_the_dashboard_ends_the_broadcast(
    broadcaster: Broadcaster, clip: Clip, start: Start, record_property: Record
) -> None:
    on_air = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    asked = time.time()
    assert broadcaster.call("POST", "/api/channel/stop")["stream_id"] == live.stream_id
    _, offline = broadcaster.dashboard.until_statuses("LIVE", "OFFLINE", within=STOPPED_WITHIN)

    record_property("offline_after_stop_s", round(offline.at - asked, 3))
    assert offline.at - asked < STOPPED_WITHIN
    assert offline.message["reason"] == "stopped"
    on_air.exit_code(EXIT_WITHIN)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        broadcaster.call("POST", "/api/channel/stop")
    assert refusal.value.code == 409
    again = start(ffmpeg(clip, broadcaster.ingest_url, broadcaster.key))
    assert again.exit_code(EXIT_WITHIN) == 1
    assert again.said("The stream was ended in the studio")
