"""Sound without a sequence header: told by its frames where they say it, else by the FLV tag's own byte."""

import pytest

from ingest_container.rtmp import AudioConfig, Event, Session
from ingest_container.rtmp.codecs.facts import Sound
from ingest_container.rtmp.codecs.mp3 import parse_frame
from ingest_container.rtmp.errors import CodecError
from ingest_container.rtmp.messages import AUDIO
from tests.support.rtmp_peer import message
from tests.unit.rtmp.conversation import publishing


def send(session: Session, *payloads: bytes) -> list[Event]:
    """What is told of the sound."""
    data = b"".join(message(4, AUDIO, payload, stream_id=1) for payload in payloads)
    return [event for event in session.receive_data(data, 0.0) if isinstance(event, AudioConfig)]


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"\x2f\xff\xfb\x94\x00", AudioConfig("mp3", 48_000, 2)),  # the tag has no 48 kHz
        (b"\x2f\xff\xfb\x90\xc0", AudioConfig("mp3", 44_100, 1)),
        (b"\x2bID3", AudioConfig("mp3", 22_050, 2)),
        (b"\x7ex", AudioConfig("pcma", 8_000, 1)),
        (b"\x8fx", AudioConfig("pcmu", 8_000, 2)),
        (b"\xb6x", AudioConfig("speex", 16_000, 1)),
        (b"\x3fx", AudioConfig("pcm", 44_100, 2)),
        (b"\x1ax", AudioConfig("adpcm", 22_050, 1)),
        (b"\x4ex", AudioConfig("nellymoser", 16_000, 1)),
    ],
)
def test_it_is_told_once(payload: bytes, told: AudioConfig) -> None:
    session, _ = publishing()
    assert send(session, payload, payload) == [told]
    assert send(session, payload) == []


def test_a_change_of_the_tag_is_told() -> None:
    session, _ = publishing()
    assert send(session, b"\x3fx", b"\x3ax", b"\x3ax") == [
        AudioConfig("pcm", 44_100, 2),
        AudioConfig("pcm", 22_050, 1),
    ]


def test_a_frame_that_can_be_read_wins_over_the_tag_of_one_that_could_not() -> None:
    session, _ = publishing()
    assert send(session, b"\x2fID3", b"\x2f\xff\xfb\x94\x00", b"\x2fID3") == [
        AudioConfig("mp3", 44_100, 2),
        AudioConfig("mp3", 48_000, 2),
    ]


def test_mp3_of_enhanced_rtmp_is_read_as_well() -> None:
    session, _ = publishing()
    assert send(session, b"\x91.mp3\xff\xfb\x94\xc0") == [AudioConfig("mp3", 48_000, 1)]


@pytest.mark.requirement("EN-7")
@pytest.mark.parametrize(
    ("header", "sound"),
    [
        ("fffb9000", Sound(44_100, 2)),
        ("fffb98c0", Sound(32_000, 1)),
        ("fff38400", Sound(24_000, 2)),  # MPEG-2
        ("ffe388c0", Sound(8_000, 1)),  # MPEG 2.5
    ],
)
def test_headers_of_mp3(header: str, sound: Sound) -> None:
    assert parse_frame(bytes.fromhex(header)) == sound


@pytest.mark.parametrize("header", ["", "fffb90", "00000000", "fffb9c00", "ffeb9000", "fff99000"])
def test_what_is_no_header_of_mp3(header: str) -> None:
    with pytest.raises(CodecError):
        parse_frame(bytes.fromhex(header))
