"""What is told of picture and sound: the codec's own header wins, and no claim is believed beyond reason."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.measures import Declared, StreamFacts
from ingest_container import rtmp
from ingest_container.live.facts import (
    MAX_CHANNELS,
    MAX_ENCODER,
    MAX_FPS,
    MAX_KBPS,
    MAX_SAMPLE_RATE,
    MAX_SIDE,
    MIN_SAMPLE_RATE,
    FactFinder,
)

HEADER = rtmp.VideoConfig("h264", 1280, 720, "High", "3.1", 30.0)
SOUND_HEADER = rtmp.AudioConfig("aac", 48_000, 2)


def claimed(**values: rtmp.AmfValue) -> rtmp.Metadata:
    return rtmp.Metadata(values)


def found(*told: rtmp.Event | rtmp.MediaCounter) -> StreamFacts:
    finder = FactFinder()
    for item in told:
        if isinstance(item, rtmp.MediaCounter):
            finder.heard(item)
        else:
            finder.learn(item)
    return finder.facts


def media(video: str | None, audio: str | None) -> rtmp.MediaCounter:
    counter = rtmp.MediaCounter()
    counter.video_codec, counter.audio_codec = video, audio
    return counter


def test_nothing_is_known_of_a_stream_that_said_nothing() -> None:
    assert found() == StreamFacts()


def test_what_the_metadata_claims_stands_until_the_header_comes() -> None:
    picture = claimed(width=640.0, height=360.0, framerate=29.97, encoder="OBS", audiosamplerate=44100.0, stereo=True)
    assert found(picture, media("h264", "aac")) == StreamFacts(
        width=640,
        height=360,
        fps=29.97,
        video_codec="h264",
        audio_codec="aac",
        audio_sample_rate=44_100,
        audio_channels=2,
        encoder="OBS",
        declared=Declared(width=640, height=360, fps=29.97),
    )


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["metadata first", "header first"])
def test_the_codecs_header_wins_over_the_metadata(order: slice) -> None:
    picture = claimed(width=7680.0, height=4320.0, framerate=240.0, audiosamplerate=44100.0, audiochannels=6.0)
    events: list[rtmp.Event] = [picture, HEADER, SOUND_HEADER]
    assert found(*events[order]) == StreamFacts(
        width=1280,
        height=720,
        fps=30.0,
        video_profile="High",
        video_level="3.1",
        audio_sample_rate=48_000,
        audio_channels=2,
        declared=Declared(width=7680, height=4320, fps=240),
    )


@pytest.mark.requirement("FX-8")
@pytest.mark.parametrize(
    ("encoder", "video", "audio"),
    [
        ("obs-output module (libobs version 30.0.2)", 2_500, 160),
        ("Lavf59.27.100", 2_560, 163.8),  # it divides by 1024
        ("GStreamer 1.22.0 FLV muxer", 2_500, 160),
        (None, 2_500, 160),
    ],
)
def test_declared_bitrates_are_in_1000_bit_a_second(encoder: str | None, video: float, audio: float) -> None:
    facts = found(claimed(encoder=encoder, videodatarate=2500.0, audiodatarate=160.0), HEADER)
    assert facts.declared == Declared(video_bitrate_kbps=video, audio_bitrate_kbps=audio)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf, 1.79e308, MAX_KBPS + 1.0, "2500", True, None, [], {}])
def test_bitrate_that_is_none_is_not_declared(bad: rtmp.AmfValue) -> None:
    for encoder in ("OBS", "Lavf59"):
        assert found(claimed(encoder=encoder, videodatarate=bad, audiodatarate=bad)).declared is None


@pytest.mark.parametrize("interlaced", [True, False, None])
def test_the_codecs_header_says_whether_the_video_is_interlaced(interlaced: bool | None) -> None:
    header = rtmp.VideoConfig("h264", 1280, 720, "High", "3.1", 30.0, interlaced)
    assert found(header).interlaced is interlaced


def test_a_header_without_timing_leaves_the_claimed_frame_rate() -> None:
    facts = found(claimed(framerate=25.0), rtmp.VideoConfig("h264", 1280, 720, "High", "3.1", None))
    assert facts.fps == 25.0


def test_a_second_header_replaces_the_first() -> None:
    facts = found(HEADER, rtmp.VideoConfig("h264", 1920, 1080, "High", "4.0", 60.0))
    assert (facts.width, facts.height, facts.fps, facts.video_level) == (1920, 1080, 60.0, "4.0")


def test_what_only_one_of_a_codecs_headers_says_stays() -> None:
    """VP9: the sequence header has the level, key frames have the size."""
    sequence_header = rtmp.VideoConfig("vp9", None, None, "Profile 0", "3.0", None)
    key_frame = rtmp.VideoConfig("vp9", 854, 480, "Profile 0", None, None)
    for events in ((sequence_header, key_frame), (key_frame, sequence_header)):
        facts = found(*events)
        assert (facts.width, facts.height) == (854, 480)
        assert (facts.video_profile, facts.video_level) == ("Profile 0", "3.0")


def test_the_header_of_a_codec_that_is_no_longer_sent_says_nothing() -> None:
    facts = found(HEADER, SOUND_HEADER, media("h264", "aac"), media("vp6", "mp3"))
    assert facts == StreamFacts(video_codec="vp6", audio_codec="mp3")


def test_another_codecs_header_takes_nothing_from_the_one_before() -> None:
    facts = found(HEADER, rtmp.VideoConfig("av1", None, None, "Main", None, None))
    assert (facts.width, facts.height, facts.video_profile, facts.video_level) == (None, None, "Main", None)


@pytest.mark.parametrize(
    ("claims", "channels"),
    [
        ({"stereo": True}, 2),
        ({"stereo": False}, None),  # true of one channel and, from ffmpeg, of six
        ({"audiochannels": 6.0, "stereo": False}, 6),
        ({"audiochannels": 1.0, "stereo": True}, 1),
        ({"audiochannels": "6", "stereo": 1.0}, None),
    ],
)
def test_channels_as_they_are_claimed(claims: dict[str, rtmp.AmfValue], channels: int | None) -> None:
    assert found(rtmp.Metadata(claims)).audio_channels == channels


def test_a_header_that_leaves_the_channels_to_the_bitstream_leaves_the_claim() -> None:
    facts = found(claimed(stereo=True, audiosamplerate=44100.0), rtmp.AudioConfig("aac", 48_000, None))
    assert (facts.audio_sample_rate, facts.audio_channels) == (48_000, 2)


@pytest.mark.parametrize("bad", [0.0, -1.0, 44.1, math.nan, math.inf, 1e308, "48000", True, None, [], {}])
def test_a_sample_rate_that_is_none_is_not_told(bad: rtmp.AmfValue) -> None:
    assert found(claimed(audiosamplerate=bad)).audio_sample_rate is None


@pytest.mark.parametrize(
    "bad", [0.0, -1.0, 0.5, 1e-300, math.nan, math.inf, -math.inf, 1e308, "1280", True, None, [], {}, rtmp.Date(5.0)]
)
def test_a_size_that_is_none_is_not_told(bad: rtmp.AmfValue) -> None:
    facts = found(claimed(width=bad, height=bad))
    assert (facts.width, facts.height) == (None, None)


@pytest.mark.parametrize(
    "bad", [0.0, -25.0, 1e-300, math.nan, math.inf, MAX_FPS + 1.0, "25", True, None, [], {}, rtmp.Date(5.0)]
)
def test_a_frame_rate_that_is_none_is_not_told(bad: rtmp.AmfValue) -> None:
    assert found(claimed(framerate=bad)).fps is None


@pytest.mark.parametrize("fps", [1e-9, 2.1e9])
def test_a_header_may_lie_as_well(fps: float) -> None:
    facts = found(rtmp.VideoConfig("h264", 2**30, 2**30, "High", "5.2", fps), rtmp.AudioConfig("aac", 2**24 - 1, 255))
    assert (facts.width, facts.height, facts.fps) == (None, None, None)
    assert (facts.audio_sample_rate, facts.audio_channels) == (None, None)


def test_an_encoders_name_is_cut_and_cleaned() -> None:
    facts = found(claimed(encoder="\x1b[31mOBS\n\x00" + "x" * 10_000))
    assert facts.encoder is not None
    assert facts.encoder.startswith("[31mOBSxxx")
    assert len(facts.encoder) == MAX_ENCODER


def test_a_flash_version_is_cleaned_as_well() -> None:
    finder = FactFinder()
    finder.introduced("FMLE/3.0\r\n\x1b[0m" + "y" * 10_000)
    assert finder.facts.encoder is not None
    assert finder.facts.encoder.isprintable()
    assert len(finder.facts.encoder) <= MAX_ENCODER


def test_the_metadatas_name_wins_over_the_flash_version() -> None:
    finder = FactFinder()
    finder.introduced("FMLE/3.0")
    finder.learn(claimed(encoder="Lavf59"))
    assert finder.facts.encoder == "Lavf59"


AMF = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.builds(rtmp.Date, st.floats()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [
        *("width", "height", "framerate", "encoder", "videocodecid", "audiosamplerate", "audiochannels", "stereo"),
        *("videodatarate", "audiodatarate"),
    ]
)


@settings(deadline=None)  # bounds of size, not of time: a busy machine makes the first example slow
@given(st.dictionaries(NAMES, AMF))
def test_hostile_metadata_never_raises_and_stays_in_bounds(values: dict[str, rtmp.AmfValue]) -> None:
    facts = found(rtmp.Metadata(values))
    declared = facts.declared or Declared()
    for rate in (declared.video_bitrate_kbps, declared.audio_bitrate_kbps):
        assert rate is None or 1 <= rate <= MAX_KBPS
    for side in (facts.width, facts.height, declared.width, declared.height):
        assert side is None or 1 <= side <= MAX_SIDE
    # DynamoDB takes no number below 1e-130, nor NaN or infinity.
    assert facts.fps is None or 0.01 <= facts.fps <= MAX_FPS
    assert facts.audio_sample_rate is None or MIN_SAMPLE_RATE <= facts.audio_sample_rate <= MAX_SAMPLE_RATE
    assert facts.audio_channels is None or 1 <= facts.audio_channels <= MAX_CHANNELS
    assert facts.encoder is None or (facts.encoder.isprintable() and len(facts.encoder) <= MAX_ENCODER)


def test_facts_are_the_same_object_until_something_new_is_known() -> None:
    """They are asked for twice a second for every stream."""
    finder, counter = FactFinder(), media("h264", None)
    finder.heard(counter)
    before = finder.facts
    finder.heard(counter)
    assert finder.facts is before
    counter.audio_codec = "aac"
    finder.heard(counter)
    assert finder.facts == StreamFacts(video_codec="h264", audio_codec="aac")


def test_a_connection_that_brought_nothing_yet_takes_nothing_back() -> None:
    finder = FactFinder()
    finder.heard(media("h264", "aac"))
    finder.heard(media(None, None))
    assert (finder.facts.video_codec, finder.facts.audio_codec) == ("h264", "aac")
