"""What a node keeps of a real encoder's stream: while it runs, and when it is over."""

from pathlib import Path

import pytest

from chalicelib.contract import SampleSpread, StreamSample
from chalicelib.domain.streams import ChannelStatus, EndReason, StreamState
from chalicelib.services.reading import discovery, history, samples
from chalicelib.store import samples as rows
from tests.integration.node.conftest import PATIENT, StartNode
from tests.support.encoders import FPS, Program, ffmpeg, make_clip
from tests.support.studio import Studio, now_ms
from tests.support.waiting import until

KEYFRAME_S = 1  # of the clip
NEAR = 0.2  # of the clip's bitrate: a busy machine holds the encoder up. OBS is measured alone, within a tenth


def charted(studio: Studio) -> list[StreamSample]:
    return samples.page(discovery.stream_of(studio.channel, studio.stream().stream_id), 10, None, None).samples


def whole(studio: Studio) -> StreamSample | None:
    """The second, once there is a third: the first and the last have a part of their time only."""
    found = charted(studio)
    return found[1] if len(found) > 2 else None


def averages(one: StreamSample) -> tuple[float, float, float]:
    spreads = [one.bitrate_kbps, one.video_fps, one.keyframe_interval_s]
    found = [spread for spread in spreads if isinstance(spread, SampleSpread)]
    assert len(found) == len(spreads)
    assert all(spread.min <= spread.average <= spread.max for spread in found)
    bitrate, fps, interval = (spread.average for spread in found)
    return bitrate, fps, interval


@pytest.mark.requirement("FX-16")
@pytest.mark.needs("ffmpeg")
def test_a_real_streams_chart_is_there_at_once_and_its_summary_at_the_end(
    start_node: StartNode, studio: Studio, tmp_path: Path
) -> None:
    node = start_node(module=PATIENT)
    clip = make_clip(tmp_path)

    def begin() -> Program:
        encoder = ffmpeg(clip, f"rtmp://127.0.0.1:{node.port}/live", studio.stream_key)
        until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
        return encoder

    with begin() as encoder:
        sample = until(lambda: whole(studio), "a whole sample", 90)
        assert averages(sample) == pytest.approx((clip.kbps, FPS, KEYFRAME_S), rel=NEAR)
        encoder.kill()
    until(lambda: studio.is_(ChannelStatus.RECONNECTING), "RECONNECTING")
    with begin() as encoder:
        encoder.interrupt()
        until(lambda: studio.stream().state is StreamState.ENDED, "it is over")
    until(lambda: list(rows.of_stream(studio.stream().stream_id, 0)), "its samples are stored")
    assert charted(studio)[1] == sample
    details = history.details(studio.channel, studio.stream().stream_id, now_ms())
    assert (details.end_reason, details.previous_stream_id, details.refusals) == (EndReason.CLEAN_STOP, None, [])
    summary = details.summary
    assert summary is not None
    assert summary.interruptions == 1
    average, peak = summary.average_bitrate_kbps, summary.peak_bitrate_kbps
    assert average == pytest.approx(clip.kbps, rel=NEAR)
    assert average is not None
    assert peak is not None
    assert peak >= average
    assert summary.measured_s >= 10
