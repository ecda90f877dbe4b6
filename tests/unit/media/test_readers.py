"""Two readers that are not ours take what is served: hls-parser the playlists, mp4box the media."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ingest_container import rtmp
from local.settings import ROOT
from tests.support.material import HEIGHT, WIDTH, events
from tests.support.pipeline import EPOCH, SECONDS, Pipeline, material, packaged
from tests.support.tools import CLIENTS

pytestmark = [pytest.mark.needs("hls-parser", "mp4box", "ffmpeg"), pytest.mark.requirement("FX-13")]


def read(folder: Path, *playlists: str) -> dict[str, Any]:
    with_node = str(ROOT / "local" / "with_node.sh")
    command = ["sh", with_node, "node", str(CLIENTS / "read_hls.mjs"), str(folder), *playlists]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def sent(video: str | None, audio: str | None) -> list[int]:
    """Frames of each track; of the sound those that come before the picture are not packaged."""
    frames = [
        event
        for _, event in events(material(video, audio))
        if isinstance(event, rtmp.VideoMessage | rtmp.AudioMessage) and not event.is_sequence_header
    ]
    if video:
        frames = frames[next(n for n, frame in enumerate(frames) if isinstance(frame, rtmp.VideoMessage)) :]
    counts = [sum(isinstance(frame, kind) for frame in frames) for kind in (rtmp.VideoMessage, rtmp.AudioMessage)]
    return [count for count in counts if count]


@pytest.mark.parametrize(
    ("video", "audio", "codecs"),
    [
        ("libx264", "aac", ["avc1.4d400d", "mp4a.40.2"]),
        ("libx265", "aac", ["hvc1.", "mp4a.40.2"]),
        ("libsvtav1", "libopus", ["av01.", "Opus"]),
        (None, "libmp3lame", ["mp4a.6b"]),
    ],
)
def test_mp4box_finds_every_sample(tmp_path: Path, video: str | None, audio: str | None, codecs: list[str]) -> None:
    packaged(video, audio).save(tmp_path)
    (tracks,) = read(tmp_path, "v.m3u8")["tracks"]
    for track, codec in zip(tracks, codecs, strict=True):
        assert track["codec"].lower().startswith(codec.lower())
        times = [time for time, _, _ in track["samples"]]
        assert times == sorted(set(times))
        assert track["samples"][0][2], "begins with a sync sample"
    assert [len(track["samples"]) for track in tracks] == sent(video, audio)


def test_hls_parser_reads_a_stream_that_goes_on(tmp_path: Path) -> None:
    made = Pipeline()
    made.feed(events(material("libx264", "aac")))
    made.save(tmp_path)
    (tmp_path / "index.m3u8").write_text(made.rendition.multivariant("v.m3u8", 30.0))
    found = read(tmp_path, "v.m3u8", "index.m3u8")["playlists"]
    (variant,) = found["index.m3u8"]["variants"]
    assert variant["codecs"] == "avc1.4d400d,mp4a.40.2"
    assert variant["resolution"] == {"width": WIDTH, "height": HEIGHT}
    playlist = found["v.m3u8"]
    assert not playlist["ended"]
    assert playlist["control"]["canBlockReload"]
    assert playlist["control"]["partHoldBack"] == pytest.approx(3 * playlist["partTarget"])
    *parts, hint = [part for segment in playlist["segments"] for part in segment["parts"]]
    assert hint["hint"]
    assert hint["uri"] == made.rendition.hint
    assert all(part["duration"] <= playlist["partTarget"] for part in parts)
    assert playlist["segments"][0]["at"] == EPOCH


def test_hls_parser_reads_an_encoder_that_came_back(tmp_path: Path) -> None:
    made = Pipeline()
    made.feed(events(material("libx264", "aac")))
    made.interrupt()
    made.demuxer.connected()
    made.feed(events(material("libx265", "aac")), late=20_000)
    made.interrupt()
    made.rendition.end()
    made.save(tmp_path)
    found = read(tmp_path, "v.m3u8")
    playlist = found["playlists"]["v.m3u8"]
    assert playlist["ended"]
    assert sum(segment.get("discontinuity", False) for segment in playlist["segments"]) == 1
    assert {segment["init"] for segment in playlist["segments"]} == {"1/i0.mp4", "1/i1.mp4"}
    assert [len(tracks[0]["samples"]) for tracks in found["tracks"]] == [30 * SECONDS, 30 * SECONDS]
