"""Two nodes are replaced by two new ones while ffmpeg streams: each stream goes on under its id."""

import contextlib
from pathlib import Path

import pytest

from tests.support.encoders import make_clip
from tests.support.rolling import ReconnectingFfmpeg, all_live, fleet, replace_all
from tests.support.stack import Emulator
from tests.support.studio import Studio

STREAMS = 6  # twenty, and OBS: `python -m benchmarks.rolling`


@pytest.mark.serial  # each ffmpeg must be back within the seconds of the grace period
@pytest.mark.requirement("FX-22")
@pytest.mark.needs("ffmpeg")
def test_a_rolling_replacement_of_two_nodes_ends_no_stream(cloud: Emulator, tmp_path: Path) -> None:
    clip = make_clip(tmp_path)
    with fleet(cloud, tmp_path, drain_seconds=20, drain_notice_seconds=2) as nodes, contextlib.ExitStack() as ending:
        old = nodes.start(2)
        studios = [Studio() for _ in range(STREAMS)]
        for studio in studios:
            ending.callback(ReconnectingFfmpeg(clip, nodes.balancer.url, studio.stream_key).end)
        all_live(studios)
        replaced = replace_all(nodes, old, studios)
    assert all(replaced.interruptions.values()), "each was moved"
    assert max(max(each) for each in replaced.interruptions.values()) < 8, "within the grace period"
    assert max(replaced.drains) < 30, "within its time, and that of its end"
