"""The storage of recordings is away for half a minute by the clock: silent, slow, and refusing, one after the other."""

import time

import m3u8
import pytest

from chalicelib import aws
from chalicelib.domain.recordings import RecordingStatus
from chalicelib.domain.streams import ChannelStatus
from chalicelib.store.objects import open_store
from local.settings import HOST
from tests.integration.node.conftest import StartNode
from tests.integration.node.test_recording import OnAir, ended, index, recording, stored
from tests.integration.node.test_two_origins import get, media_path
from tests.support.relay import Mode, Relay
from tests.support.stack import Emulator
from tests.support.studio import Studio

MODE_S = 10.0  # for each of three
NEXT_SEGMENT_S = 9.0  # less than a mode; each lasts two seconds, the rest is for a machine that runs other tests


@pytest.mark.requirement("FX-3")
def test_live_goes_on_and_nothing_is_missing_afterwards(
    studio: Studio, on_air: OnAir, start_node: StartNode, storage_relay: Relay, cloud: Emulator
) -> None:
    aws.client("s3").create_bucket(Bucket="recordings")
    store = open_store(place := "s3://recordings/vod")
    env = cloud.env | {"AWS_ENDPOINT_URL_S3": f"http://{HOST}:{storage_relay.port}"}
    node = recording(start_node, place, env=env)
    publisher = on_air(node, studio)
    stored(store, studio, 1)
    playlist = media_path(node, studio)
    msn = m3u8.loads(get(node, playlist)[1]).media_sequence
    for mode in (Mode.HANG, Mode.SLOW, Mode.REFUSE):
        storage_relay.set(mode)
        until = time.monotonic() + MODE_S
        while time.monotonic() < until:
            msn += 1
            status, text = get(node, f"{playlist}?_HLS_msn={msn}", timeout=NEXT_SEGMENT_S)
            assert (status, f"/s{msn}.m4s" in text) == (200, True)
    assert studio.is_(ChannelStatus.LIVE)
    assert node.logged("recording_delayed", reason="storage_unreachable")
    storage_relay.set(Mode.PASS)
    publisher.stop()
    row, vod = ended(studio), index(store, studio)
    assert vod is not None
    assert (row.status, row.reason, node.logged("recording_incomplete")) == (RecordingStatus.AVAILABLE, None, [])
    assert not any(segment.discontinuity for segment in vod.segments)
    assert sum(segment.duration for segment in vod.segments) == pytest.approx(publisher.clock / 1000, abs=0.2)
    assert publisher.clock / 1000 >= 3 * MODE_S
