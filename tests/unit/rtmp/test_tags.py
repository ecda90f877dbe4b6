"""The first bytes of audio and video messages, in the legacy and the enhanced forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.rtmp.tags import (
    AUDIO_MULTITRACK,
    VIDEO_MULTITRACK,
    AudioTag,
    VideoTag,
    parse_audio,
    parse_video,
    split_tracks,
)


@pytest.mark.parametrize(
    ("payload", "tag"),
    [
        (b"\x17\x00\x00\x00\x00\x01", VideoTag("h264", False, True, 5)),
        (b"\x17\x01\x00\x00\x50x", VideoTag("h264", True, False, 5, 80)),
        (b"\x27\x01\xff\xff\xecx", VideoTag("h264", False, False, 5, -20)),
        (b"\x1c\x00\x00\x00\x00", VideoTag("hevc", False, True, 5)),  # HEVC as codec id 12
        (b"\x12x", VideoTag("h263", True, False, 1)),
        (b"\x24x", VideoTag("vp6", False, False, 1)),
        (b"\x1fx", VideoTag("unknown", True, False, 1)),
    ],
)
def test_legacy_video(payload: bytes, tag: VideoTag) -> None:
    assert parse_video(payload) == tag


@pytest.mark.parametrize(
    ("payload", "tag"),
    [
        (b"\x90hvc1\x01", VideoTag("hevc", False, True, 5)),
        (b"\x91hvc1\x00\x00\x21x", VideoTag("hevc", True, False, 8, 33)),
        (b"\xa1avc1\xff\xff\xffx", VideoTag("h264", False, False, 8, -1)),
        (b"\x93hvc1x", VideoTag("hevc", True, False, 5)),
        (b"\x90av01\x81", VideoTag("av1", False, True, 5)),
        (b"\x91av01x", VideoTag("av1", True, False, 5)),  # AV1 and VP9 have no composition time
        (b"\xa1vp09x", VideoTag("vp9", False, False, 5)),
        (b"\x91zzzzx", VideoTag("unknown", True, False, 5)),
    ],
)
def test_enhanced_video(payload: bytes, tag: VideoTag) -> None:
    assert parse_video(payload) == tag


@pytest.mark.parametrize(
    ("payload", "tag"),
    [
        (b"\xaf\x00\x12\x10", AudioTag("aac", True, 2)),
        (b"\xaf\x01x", AudioTag("aac", False, 2)),
        (b"\x2fx", AudioTag("mp3", False, 1, sample_rate=44_100, channels=2)),
        (b"\x2ax", AudioTag("mp3", False, 1, sample_rate=22_050, channels=1)),
        (b"\xeex", AudioTag("mp3", False, 1, sample_rate=8_000, channels=1)),
        (b"\x03x", AudioTag("pcm", False, 1, sample_rate=5_512, channels=2)),
        (b"\x36x", AudioTag("pcm", False, 1, sample_rate=11_025, channels=1)),
        (b"\x1fx", AudioTag("adpcm", False, 1, sample_rate=44_100, channels=2)),
        (b"\x4fx", AudioTag("nellymoser", False, 1, sample_rate=16_000, channels=1)),
        (b"\x5fx", AudioTag("nellymoser", False, 1, sample_rate=8_000, channels=1)),
        (b"\x6bx", AudioTag("nellymoser", False, 1, sample_rate=22_050, channels=2)),
        (b"\x7ex", AudioTag("pcma", False, 1, sample_rate=8_000, channels=1)),
        (b"\x8fx", AudioTag("pcmu", False, 1, sample_rate=8_000, channels=2)),
        (b"\xb7x", AudioTag("speex", False, 1, sample_rate=16_000, channels=1)),
        (b"\x90Opus\x01", AudioTag("opus", True, 5)),
        (b"\x91mp4ax", AudioTag("aac", False, 5)),
        (b"\x91ac-3x", AudioTag("ac3", False, 5)),
        (b"\xcfx", AudioTag("unknown", False, 1)),
    ],
)
def test_audio(payload: bytes, tag: AudioTag) -> None:
    assert parse_audio(payload) == tag


def test_mod_ex_stands_before_the_real_packet_type() -> None:
    modifier = b"\x02\x00\x00\x09"  # 3 bytes of data
    assert parse_video(b"\x97" + modifier + b"\x13" + b"hvc1x") == VideoTag(
        "hevc", True, False, 10
    )  # of a kind unknown
    assert parse_audio(b"\x97" + modifier + b"\x11" + b"Opusx") == AudioTag("opus", False, 10)


def test_a_timestamp_may_have_nanoseconds() -> None:
    offset = b"\x02" + (999_999).to_bytes(3, "big")
    assert parse_video(b"\x97" + offset + b"\x03" + b"hvc1x") == VideoTag("hevc", True, False, 10, nanoseconds=999_999)
    assert parse_audio(b"\x97" + offset + b"\x01" + b"Opusx") == AudioTag("opus", False, 10, nanoseconds=999_999)


def test_a_millisecond_and_more_is_no_nanosecond_offset() -> None:
    too_much = b"\x02" + (1_000_000).to_bytes(3, "big")
    tag = parse_video(b"\x97" + too_much + b"\x03" + b"hvc1x")
    assert tag is not None
    assert tag.nanoseconds == 0


def test_modifiers_may_follow_each_other() -> None:
    payload = b"\x97" + b"\x00\xff\x17" + b"\x02\x00\x00\x07\x03" + b"hvc1x"
    assert parse_video(payload) == VideoTag("hevc", True, False, 13, nanoseconds=7)


def test_mod_ex_of_256_bytes_and_more_has_a_longer_size() -> None:
    payload = b"\x97\xff" + (299).to_bytes(2, "big") + bytes(300) + b"\x03" + b"av01x"
    assert parse_video(payload) == VideoTag("av1", True, False, len(payload) - 1)


def test_one_track_of_several() -> None:
    assert parse_video(b"\x96\x01avc1\x02\x00\x00\x00x") == VideoTag("h264", True, False, 10, 0, 2)
    assert parse_audio(b"\x95\x01mp4a\x03x") == AudioTag("aac", False, 7, 3)


def test_several_tracks_of_one_codec_are_taken_apart() -> None:
    payload = b"\x96\x10hvc1\x00\x00\x00\x01a\x01\x00\x00\x01b"
    tracks = split_tracks(payload, VIDEO_MULTITRACK, 8)
    assert tracks == [b"\x96\x00hvc1\x00a", b"\x96\x00hvc1\x01b"]
    assert [parse_video(track) for track in tracks] == [
        VideoTag("hevc", False, True, 7, track=0),
        VideoTag("hevc", False, True, 7, track=1),
    ]


def test_several_tracks_of_several_codecs_are_taken_apart() -> None:
    payload = b"\x97\x02\x00\x00\x07\x05" + b"\x21" + b"Opus\x00\x00\x00\x02ab" + b"mp4a\x03\x00\x00\x01c"
    tracks = split_tracks(payload, AUDIO_MULTITRACK, 8)
    assert [parse_audio(track) for track in tracks] == [
        AudioTag("opus", False, 12, 0, nanoseconds=7),
        AudioTag("aac", False, 12, 3, nanoseconds=7),
    ]
    assert [track[12:] for track in tracks] == [b"ab", b"c"]


@pytest.mark.parametrize(
    "payload", [b"\x17\x01\x00\x00\x00x", b"\x91hvc1\x00\x00\x00x", b"\x96\x01avc1\x02\x00\x00\x00x", b""]
)
def test_a_message_of_one_track_stays_as_it_is(payload: bytes) -> None:
    assert split_tracks(payload, VIDEO_MULTITRACK, 8) == (payload,)


@pytest.mark.parametrize(
    "payload", [b"\x96\x10hvc1\x00\x00\x00\x02a", b"\x96\x10hvc1\x00\x00", b"\x96\x20hvc1\x00\x00"]
)
def test_tracks_cut_short_are_none(payload: bytes) -> None:
    assert list(split_tracks(payload, VIDEO_MULTITRACK, 8)) == []


def test_more_tracks_than_allowed_are_none() -> None:
    payload = b"\x96\x10hvc1" + b"".join(bytes((track, 0, 0, 0)) for track in range(9))
    assert list(split_tracks(payload, VIDEO_MULTITRACK, 8)) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"\x17\x02\x00\x00\x00",  # end of sequence
        b"\x92hvc1",  # the same, enhanced
        b"\x94hvc1\x02\x00\x09colorInfo",  # metadata (HDR)
        b"\xd1\x00",  # a command to the player
        b"\x95av01",  # MPEG-2 TS sequence start
    ],
)
def test_video_without_a_picture_is_nothing(payload: bytes) -> None:
    assert parse_video(payload) is None


@pytest.mark.parametrize("payload", [b"\x92Opus", b"\x94Opus\x01\x02\x00\x00\x00\x03"])
def test_audio_without_sound_is_nothing(payload: bytes) -> None:
    """End of sequence; the order of channels."""
    assert parse_audio(payload) is None


@pytest.mark.parametrize(
    "payload", [b"", b"\x17", b"\x17\x01\x00\x00", b"\x91hvc", b"\x91hvc1\x00", b"\x97", b"\x96\x01avc1"]
)
def test_video_cut_short_is_nothing(payload: bytes) -> None:
    assert parse_video(payload) is None


@pytest.mark.parametrize("payload", [b"", b"\xaf", b"\x91Opu", b"\x97\x05", b"\x95\x10mp4a\x00\x00"])
def test_audio_cut_short_is_nothing(payload: bytes) -> None:
    assert parse_audio(payload) is None


@given(st.binary(max_size=40), st.integers(0, 255))
def test_garbage_never_raises_and_never_points_past_the_end(garbage: bytes, first: int) -> None:
    payload = bytes((first,)) + garbage
    for tag in (parse_video(payload), parse_audio(payload)):
        assert tag is None or tag.data_offset <= len(payload)
    assert len(split_tracks(payload, VIDEO_MULTITRACK, 8)) <= 8
    assert len(split_tracks(payload, AUDIO_MULTITRACK, 8)) <= 8
