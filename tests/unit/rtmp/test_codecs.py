"""Sequence headers: what we read is what ffprobe reads from the same stream."""

from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.rtmp.codecs.aac import parse_audio_specific_config
from ingest_container.rtmp.codecs.avc import parse_decoder_configuration, parse_sequence_parameter_set
from ingest_container.rtmp.codecs.facts import Sound
from ingest_container.rtmp.errors import CodecError
from tests.unit.rtmp.fixtures import sequence_headers

HEADERS = sequence_headers()
VIDEOS = sorted(name for name in HEADERS if "width" in HEADERS[name])
AUDIOS = sorted(name for name in HEADERS if "channels" in HEADERS[name])


def header(name: str) -> bytes:
    return bytes.fromhex(HEADERS[name]["header"])


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize("name", VIDEOS)
def test_h264_agrees_with_ffprobe(name: str) -> None:
    expected: dict[str, Any] = HEADERS[name]
    parsed = parse_decoder_configuration(header(name))
    assert (parsed.width, parsed.height) == (expected["width"], expected["height"])
    assert parsed.profile == expected["profile"]
    assert parsed.level == f"{expected['level'] / 10:.1f}"
    assert parsed.fps == pytest.approx(float(Fraction(expected["rate"])))


@pytest.mark.parametrize("name", VIDEOS)
def test_h264_of_fields_is_interlaced(name: str) -> None:
    assert parse_decoder_configuration(header(name)).interlaced is (name == "high_1080i25")


@pytest.mark.parametrize("name", AUDIOS)
def test_aac_agrees_with_ffprobe(name: str) -> None:
    expected = HEADERS[name]
    assert parse_audio_specific_config(header(name)) == Sound(int(expected["sample_rate"]), expected["channels"])


@pytest.mark.parametrize("name", VIDEOS)
def test_h264_cut_short_is_an_error_or_lacks_its_frame_rate(name: str) -> None:
    """Whatever is cut off, the picture size is right or refused, never guessed."""
    whole = parse_decoder_configuration(header(name))
    for cut in range(len(header(name))):
        try:
            parsed = parse_decoder_configuration(header(name)[:cut])
        except CodecError:
            continue
        assert (parsed.width, parsed.height) == (whole.width, whole.height)
        assert parsed.fps in (None, whole.fps)


@given(st.binary(max_size=60))
def test_garbage_behind_a_parameter_set_header_is_a_codec_error_and_nothing_else(garbage: bytes) -> None:
    for parse in (
        lambda data: parse_sequence_parameter_set(b"\x67" + data),
        parse_decoder_configuration,
        parse_audio_specific_config,
    ):
        with suppress(CodecError):
            parse(garbage)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("2b11880800", Sound(48000, 2)),  # HE-AAC, signalled: 24 kHz core, 48 kHz heard
        ("eb098800", Sound(48000, 2)),  # HE-AAC v2: mono core, stereo heard
        ("17801dd21000", Sound(15268, 2)),  # the rate written out
        ("131056e598", Sound(48000, 2)),  # HE-AAC, signalled so that others hear the 24 kHz core
        ("131056e500", Sound(24000, 2)),  # the same place says that there is none
        ("138856e5a54880", Sound(44100, 2)),  # HE-AAC v2, likewise
        ("138856e5a548", Sound(44100, 1)),  # cut off before it says whether stereo follows
        ("1180", Sound(48000, None)),  # channels are left to the bitstream
        ("11b8", Sound(48000, 8)),  # configuration 7 is 7.1
    ],
)
def test_aac_forms(config: str, expected: Sound) -> None:
    assert parse_audio_specific_config(bytes.fromhex(config)) == expected


@pytest.mark.parametrize("config", ["", "11", "16a0", "11c0"])
def test_senseless_aac_is_an_error(config: str) -> None:
    with pytest.raises(CodecError):
        parse_audio_specific_config(bytes.fromhex(config))


@pytest.mark.parametrize(
    ("name", "constraint", "level_idc", "level"),
    [
        ("baseline_360p30", 0x10, 11, "1b"),
        ("baseline_360p30", 0, 11, "1.1"),
        ("scaling_matrices", 0, 9, "1b"),
        ("high10_intra", 0x10, 11, "1.1"),  # the flag has another meaning there
    ],
)
def test_level_1b(name: str, constraint: int, level_idc: int, level: str) -> None:
    record = header(name)
    sps = bytearray(record[8 : 8 + record[7]])
    sps[2] |= constraint
    sps[3] = level_idc
    assert parse_sequence_parameter_set(bytes(sps)).level == level


def test_a_record_without_a_parameter_set_is_an_error() -> None:
    with pytest.raises(CodecError):
        parse_decoder_configuration(b"\x01\x64\x00\x1e\xff\xe0\x00\x00")
