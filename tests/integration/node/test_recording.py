"""Nodes that record, to a folder and to a bucket of the emulator: what is stored, and what becomes of the stream when
the storage is away, slow or full.
"""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import m3u8
import pytest
from ulid import ULID

from chalicelib import aws, config
from chalicelib.domain.recording_objects import INDEX, in_order, one_file
from chalicelib.domain.recordings import NODE_FINISHES, Recording, RecordingReason, RecordingStatus
from chalicelib.domain.streams import ChannelStatus
from chalicelib.services.recordings import upkeep
from chalicelib.services.streams import backstop
from chalicelib.store import channels
from chalicelib.store.objects import ObjectStore, open_store
from tests.integration.node.conftest import Node, StartNode
from tests.integration.node.test_packaging import playlist
from tests.support.publisher import Publisher
from tests.support.relay import Mode, Relay
from tests.support.stack import Emulator
from tests.support.studio import REGION, Studio, now_ms
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
SEGMENT_S = 2.0


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "recordings")


@pytest.fixture
def bucket(cloud: Emulator) -> str:
    name = f"recordings-{str(ULID()).lower()}"
    aws.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}/vod"


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param))


def recording(start_node: StartNode, place: str, **settings: object) -> Node:
    return start_node(packaging="on", origin_port=0, recording=place, **settings)


def stored(store: ObjectStore, studio: Studio, count: int) -> list[str]:
    """Names of the channel's segments, once so many are stored."""

    def found() -> list[str] | None:
        names = [s.name for s in in_order(store.sizes(studio.stream().stream_id))]
        return names if len(names) >= count else None

    return until(found, f"{count} segments are stored")


def index(store: ObjectStore, studio: Studio) -> m3u8.M3U8 | None:
    text = store.get(studio.stream().stream_id, INDEX, 0, 1_000_000)
    return m3u8.loads(text.decode()) if text is not None else None


def ended(studio: Studio) -> Recording:
    """The recording's row, once it is finished."""

    def found() -> Recording | None:
        row = studio.stream().recording
        return row if row is not None and row.status is not RecordingStatus.RECORDING else None

    return until(found, "the recording is finished", 120)


@pytest.mark.requirement("FX-3")
def test_a_stream_is_stored_as_it_goes_and_is_vod_when_it_has_ended(
    studio: Studio, on_air: OnAir, start_node: StartNode, place: str
) -> None:
    store = open_store(place)
    publisher = on_air(recording(start_node, place), studio)
    stored(store, studio, 2)
    event = until(lambda: index(store, studio), "the playlist is there")
    assert (event.playlist_type, event.is_endlist) == ("event", False)
    publisher.stop()
    row = ended(studio)
    vod = index(store, studio)
    assert vod is not None
    assert (vod.playlist_type, vod.is_endlist) == ("vod", True)
    assert row.status is RecordingStatus.AVAILABLE
    assert row.duration_ms == pytest.approx(sum(s.duration for s in vod.segments) * 1000, abs=1)
    assert row.size_bytes == sum(
        size for name, size in store.sizes(studio.stream().stream_id).items() if name in {s.uri for s in vod.segments}
    )
    assert row.expires_at is not None


def test_nothing_is_stored_of_a_channel_that_does_not_want_it(
    studio: Studio, on_air: OnAir, start_node: StartNode, folder: str
) -> None:
    channels.edit(studio.channel_id, {"recording": False})
    node = recording(start_node, folder)
    publisher = on_air(node, studio)
    playlist(node, studio, segments=2)
    publisher.stop()
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE")
    assert not Path(folder).exists()
    assert studio.stream().recording is None


@pytest.mark.requirement("FX-3")
def test_one_recording_across_a_crash_and_another_node(
    studio: Studio, on_air: OnAir, taken_over: OnAir, start_node: StartNode, folder: str
) -> None:
    store = open_store(folder)
    first, second = recording(start_node, folder), recording(start_node, folder)
    on_air(first, studio)
    before = len(stored(store, studio, 2))
    first.send(signal.SIGKILL)
    first.process.wait(60)

    publisher = taken_over(second, studio)
    stored(store, studio, before + 2)
    publisher.stop()
    assert ended(studio).status is RecordingStatus.AVAILABLE
    vod = index(store, studio)
    assert vod is not None
    assert len(vod.segments) >= before + 2
    (resumed,) = [s for s in vod.segments if s.discontinuity]
    assert resumed.program_date_time > vod.segments[0].program_date_time


@pytest.mark.requirement("FX-3")
def test_after_kill_9_the_sweep_finishes_up_to_the_last_whole_segment(
    studio: Studio, on_air: OnAir, start_node: StartNode, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAM_SYNC_RECORDING", folder)
    config.settings.cache_clear()
    store = open_store(folder)
    node = recording(start_node, folder)
    on_air(node, studio)
    stored(store, studio, 3)

    def stored_as_it_goes() -> float | None:
        """How long the stream has lived, once all but the last moments of it is stored."""
        lived_s = time.time() - (studio.stream().started_at or 0) / 1000
        count = len(in_order(store.sizes(studio.stream().stream_id)))
        return lived_s if count * SEGMENT_S >= lived_s - SEGMENT_S - 1.0 else None

    lived_s = until(stored_as_it_goes, "it is stored as it goes")
    node.send(signal.SIGKILL)
    node.process.wait(60)
    later = now_ms() + 60_000
    backstop.sweep_at_once([REGION], later)
    upkeep.sweep(lambda: later + NODE_FINISHES + 1)
    row = ended(studio)
    assert (row.status, row.reason) == (RecordingStatus.INCOMPLETE, RecordingReason.NODE_LOST)
    vod = index(store, studio)
    assert vod is not None
    assert vod.is_endlist
    assert (
        sum(s.duration for s in vod.segments) >= lived_s - SEGMENT_S - 1.0 - 0.1
    )  # segments are not of two seconds exactly
    assert len(vod.segments) == len(in_order(store.sizes(studio.stream().stream_id)))


@pytest.mark.needs("ffprobe", "ffmpeg")
def test_ffmpeg_reads_playlist_and_one_file_without_an_error(
    studio: Studio, on_air: OnAir, start_node: StartNode, folder: str, tmp_path: Path
) -> None:
    """The pictures of `RtmpPeer` are no pictures: it is demuxed, not decoded."""
    store = open_store(folder)
    publisher = on_air(recording(start_node, folder), studio)
    stored(store, studio, 2)
    publisher.stop()
    row = ended(studio)
    place = Path(folder) / studio.stream().stream_id
    whole = tmp_path / "whole.mp4"
    with whole.open("wb") as out:
        for name in one_file(in_order(store.sizes(studio.stream().stream_id))):
            with (place / name).open("rb") as part:
                shutil.copyfileobj(part, out)
    for source in (place / INDEX, whole):
        command = ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(source)]
        probe = subprocess.run(command, capture_output=True, text=True, check=True, timeout=40)
        assert float(probe.stdout) == pytest.approx(row.duration_ms / 1000, abs=0.2)


@pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.HANG])
def test_a_storage_that_is_away_for_a_while_gets_everything_afterwards(
    studio: Studio, on_air: OnAir, start_node: StartNode, storage_relay: Relay, cloud: Emulator, mode: Mode
) -> None:
    """And the stream does not notice."""
    aws.client("s3").create_bucket(Bucket="recordings")
    store = open_store(bucket := "s3://recordings/vod")
    env = cloud.env | {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{storage_relay.port}"}
    node = recording(start_node, bucket, env=env)
    publisher = on_air(node, studio)
    stored(store, studio, 1)
    storage_relay.set(mode)
    until(lambda: node.logged("recording_delayed", reason="storage_unreachable"), "the node says so", 60)
    assert studio.is_(ChannelStatus.LIVE)
    storage_relay.set(Mode.PASS)
    publisher.stop()
    row = ended(studio)
    assert row.status is RecordingStatus.AVAILABLE
    vod = index(store, studio)
    assert vod is not None
    assert [s.discontinuity for s in vod.segments] == [False] * len(vod.segments)
    assert not node.logged("recording_incomplete")


def test_a_disk_that_is_full_stops_the_recording_and_not_the_stream(
    studio: Studio, on_air: OnAir, start_node: StartNode, small_disk: Path
) -> None:
    """A recording that was begun is finished with what there is of it."""
    (small_disk / "other").write_bytes(bytes(1_700_000))
    store = open_store(str(small_disk / "recordings"))
    node = recording(start_node, str(small_disk / "recordings"))
    publisher = on_air(node, studio)
    until(lambda: node.logged("recording_delayed", reason="storage_full"), "the node says so")
    assert studio.is_(ChannelStatus.LIVE)
    assert len(stored(store, studio, 1)) >= 1
    node.send(signal.SIGTERM)
    node.process.wait(60)
    publisher.drop()
    assert node.logged("recording_left")
    assert [
        path for path in (small_disk / "recordings" / studio.stream().stream_id).iterdir() if path.name[0] == "."
    ] == []
