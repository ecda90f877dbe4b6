"""What real encoders send, packaged: decoded by ffmpeg without a complaint, frame for frame, in time."""

import json
import subprocess
from pathlib import Path

import pytest

from ingest_container import rtmp
from ingest_container.media.demuxer import PROBE_MS
from ingest_container.media.outputs import PackagingStopped
from tests.support.material import HEIGHT, WIDTH, events
from tests.support.pipeline import EPOCH, SECONDS, Pipeline, material, packaged

pytestmark = pytest.mark.needs("ffprobe", "ffmpeg")


def probed(path: Path) -> dict[str, list[dict[str, object]]]:
    command = ["ffprobe", "-v", "error", "-allowed_extensions", "ALL", "-show_streams", "-show_packets", "-of", "json"]
    run = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    found: dict[str, list[dict[str, object]]] = json.loads(run.stdout)
    return found


def decoded_frames(path: Path, level: str = "warning") -> int:
    """Frames of the picture that ffmpeg decodes; it says nothing, so it found nothing wrong."""
    command = ["ffmpeg", "-v", level, "-allowed_extensions", "ALL", "-xerror", "-copyts", "-i", str(path)]
    command += ["-fps_mode", "passthrough", "-f", "framemd5", "-"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert run.stderr == ""
    return sum(line.startswith("0,") for line in run.stdout.splitlines())


@pytest.mark.parametrize(
    ("video", "audio", "names"),
    [
        ("libx264", "aac", ["h264", "aac"]),
        ("libx264", "libmp3lame", ["h264", "mp3"]),
        ("libx264", "libopus", ["h264", "opus"]),
        ("libx264", None, ["h264"]),
        (None, "aac", ["aac"]),
        (None, "libmp3lame", ["mp3"]),
        ("libx265", "aac", ["hevc", "aac"]),
        ("libsvtav1", "libopus", ["av1", "opus"]),
    ],
)
def test_ffmpeg_plays_what_encoders_sent(
    tmp_path: Path, video: str | None, audio: str | None, names: list[str]
) -> None:
    made = packaged(video, audio)
    path = made.save(tmp_path)
    found = probed(path)
    assert [stream["codec_name"] for stream in found["streams"]] == names
    for stream in found["streams"]:
        if stream["codec_type"] == "video":
            assert (stream["width"], stream["height"]) == (WIDTH, HEIGHT)
    if video and video != "libsvtav1":  # ffmpeg's own decoder of AV1 wants hardware
        assert decoded_frames(path) == SECONDS * 30
    assert sum(segment.duration for segment in made.playlist.segments) == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_every_frame_of_sound_arrives_to_the_last(tmp_path: Path, sample_rate: int) -> None:
    path = packaged("libx264", "aac", sample_rate).save(tmp_path)
    sent = sum(
        isinstance(event, rtmp.AudioMessage) and not event.is_sequence_header
        for _, event in events(material("libx264", "aac", sample_rate))
    )
    sound = [packet for packet in probed(path)["packets"] if packet["codec_type"] == "audio"]
    assert len(sound) == sent
    assert {float(str(packet["duration_time"])) for packet in sound[:-1]} == {round(1024 / sample_rate, 6)}


def test_reordered_frames_keep_their_times(tmp_path: Path) -> None:
    """B-frames: decoding times grow, presentation times are the encoder's."""
    path = packaged("libx264", None).save(tmp_path)
    packets = probed(path)["packets"]
    decoding = [float(str(packet["dts_time"])) for packet in packets]
    shown = [float(str(packet["pts_time"])) for packet in packets]
    assert decoding == sorted(decoding)
    assert shown != sorted(shown)
    steps = {round(after - before, 3) for before, after in zip(sorted(shown), sorted(shown)[1:], strict=False)}
    assert steps <= {0.033, 0.034}


def test_picture_and_sound_stay_as_far_apart_as_they_were(tmp_path: Path) -> None:
    found = probed(packaged("libx264", "aac").save(tmp_path))
    first = {
        kind: min(float(str(p["pts_time"])) for p in found["packets"] if p["codec_type"] == kind)
        for kind in ("video", "audio")
    }
    sent: dict[str, int] = {}
    for _, event in events(material("libx264", "aac")):
        if isinstance(event, rtmp.VideoMessage) and event.keyframe:
            sent.setdefault("video", event.timestamp + event.composition_time)
        if isinstance(event, rtmp.AudioMessage) and not event.is_sequence_header:
            sent.setdefault("audio", event.timestamp)
    assert first["video"] - first["audio"] == pytest.approx((sent["video"] - sent["audio"]) / 1000, abs=0.003)


def test_an_encoder_that_comes_back_goes_on_after_a_discontinuity(tmp_path: Path) -> None:
    """With times of its own; nothing of the old connection is mixed in, and numbers go on."""
    made = Pipeline()
    made.feed(events(material("libx264", "aac")))
    made.interrupt()
    before = made.playlist
    made.demuxer.connected()
    made.feed(events(material("libx264", "aac"), offset=3_600_000), late=20_000)
    made.interrupt()
    after = made.playlist
    assert [segment.uri for segment in after.segments[: len(before.segments)]] == [s.uri for s in before.segments]
    first = after.segments[len(before.segments)]
    assert first.discontinuity
    assert first.program_date_time.timestamp() * 1000 == pytest.approx(EPOCH + 20_000, abs=50)
    lines = made.rendition.playlist().plain.decode().splitlines()  # type: ignore[union-attr]
    at = lines.index("#EXT-X-DISCONTINUITY")
    assert lines[at + 1].startswith("#EXT-X-MAP:")
    made.rendition.end()
    # ffmpeg warns that it has the init segment already.
    assert decoded_frames(made.save(tmp_path), "error") == 2 * SECONDS * 30


def test_an_encoder_that_comes_back_with_another_codec_gets_an_init_segment_of_its_own(tmp_path: Path) -> None:
    made = Pipeline()
    made.feed(events(material("libx264", "aac")))
    made.interrupt()
    made.demuxer.connected()
    made.feed(events(material("libx265", "aac")), late=20_000)
    made.interrupt()
    assert [each.uri for each in made.playlist.segment_map] == ["1/i0.mp4", "1/i1.mp4"]
    made.save(tmp_path)
    for version, name in enumerate(["h264", "hevc"]):
        init = made.rendition.init_segment(f"1/i{version}.mp4") or b""
        path = tmp_path / f"init{version}.mp4"
        path.write_bytes(init)
        assert (
            f"codec_name={name}"
            in subprocess.run(
                ["ffprobe", "-v", "quiet", "-show_streams", str(path)], capture_output=True, text=True, check=False
            ).stdout
        )


def test_a_leap_of_the_encoders_clock_is_a_discontinuity_and_no_gap() -> None:
    made = Pipeline()
    arrivals = [event for _, event in events(material("libx264", None))]
    for n, event in enumerate(arrivals):
        if isinstance(event, rtmp.VideoMessage) and n > len(arrivals) // 2:
            event.timestamp += 100_000
        made.feed([(n * 33, event)])
    made.interrupt()
    playlist = made.playlist
    assert sum(segment.discontinuity for segment in playlist.segments) == 1
    assert sum(segment.duration for segment in playlist.segments) < SECONDS + 0.1


def test_sound_that_is_announced_late_is_waited_for() -> None:
    """One init segment with both, not one after the other."""
    arrivals = list(events(material("libx264", "libmp3lame")))
    late = [(at, e) for at, e in arrivals if isinstance(e, rtmp.AudioConfig | rtmp.AudioMessage)]
    early = [(at, e) for at, e in arrivals if not isinstance(e, rtmp.AudioConfig | rtmp.AudioMessage | rtmp.Metadata)]
    made = Pipeline()
    made.feed(sorted([*early, *((at + PROBE_MS // 2, e) for at, e in late)], key=lambda arrival: arrival[0]))
    assert [each.uri for each in made.playlist.segment_map] == ["1/i0.mp4"]
    assert "mp4a.40.34" in made.rendition.multivariant("v.m3u8", None)


def test_a_codec_that_players_cannot_decode_stops_packaging() -> None:
    made = Pipeline()
    header = rtmp.VideoMessage(0, b"header", "vp9", False, True, 0, 0, 0)
    with pytest.raises(PackagingStopped, match="video_codec_not_supported"):
        made.feed([(0, header)])
