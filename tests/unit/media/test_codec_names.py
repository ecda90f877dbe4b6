"""RFC 6381 names, from records as real encoders write them."""

import pytest

from ingest_container.media.codec_names import codecs
from ingest_container.media.fmp4 import AudioTrack, VideoTrack


@pytest.mark.parametrize(
    ("track", "name"),
    [
        (VideoTrack("h264", bytes.fromhex("0164001fffe1"), 1280, 720), "avc1.64001f"),
        (VideoTrack("hevc", bytes.fromhex("01016000000090000000000078f000"), 1280, 720), "hvc1.1.6.L120.90"),
        (VideoTrack("hevc", bytes.fromhex("01226000000090000000000099f000"), 1280, 720), "hvc1.2.6.H153.90"),
        (VideoTrack("av1", bytes.fromhex("81080c00"), 1920, 1080), "av01.0.08M.08"),
        (VideoTrack("av1", bytes.fromhex("81084c00"), 1920, 1080), "av01.0.08M.10"),
        (AudioTrack("aac", bytes.fromhex("1210"), 44_100, 2), "mp4a.40.2"),
        (AudioTrack("aac", bytes.fromhex("2b11"), 24_000, 2), "mp4a.40.5"),
        (AudioTrack("opus", b"", 48_000, 2), "opus"),
        (AudioTrack("mp3", b"", 44_100, 2), "mp4a.40.34"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_track_has_its_registered_name(track: VideoTrack | AudioTrack, name: str) -> None:
    assert codecs([track]) == name


def test_names_stand_in_the_order_of_the_tracks() -> None:
    tracks: list[VideoTrack | AudioTrack] = [
        VideoTrack("h264", bytes.fromhex("0142c01e"), 640, 360),
        AudioTrack("aac", b"\x12\x10", 44_100, 2),
    ]
    assert codecs(tracks) == "avc1.42c01e,mp4a.40.2"
