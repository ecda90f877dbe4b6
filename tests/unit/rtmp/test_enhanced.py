"""Enhanced RTMP: what real encoders write is read as libavcodec reads it, whole sessions included."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest_container.rtmp import (
    AudioConfig,
    AudioMessage,
    Capabilities,
    CleanStop,
    Connected,
    Session,
    VideoConfig,
    VideoMessage,
)
from ingest_container.rtmp.amf0 import AmfValue
from ingest_container.rtmp.codecs.readers import PICTURE_HEADERS, PICTURE_KEY_FRAMES, SOUND_FRAMES, SOUND_HEADERS
from ingest_container.rtmp.errors import CodecError
from ingest_container.rtmp.messages import AUDIO, VIDEO
from ingest_container.rtmp.tags import parse_audio, parse_video
from tests.support.rtmp_peer import RtmpPeer, message
from tests.unit.rtmp.conversation import S1_RANDOM, cases, feed, new_session, publishing
from tests.unit.rtmp.fixtures import enhanced_tags, recordings
from tests.unit.rtmp.test_feeding import as_spoken

TAGS = enhanced_tags()
VIDEOS = sorted(name for name in TAGS if "width" in TAGS[name])
AUDIOS = sorted(name for name in TAGS if "channels" in TAGS[name])


def body(name: str, part: str) -> bytes:
    return bytes.fromhex(TAGS[name][part])


def sent(type_id: int, *bodies: bytes) -> list[object]:
    """What a session in which the publish was accepted makes of these messages."""
    session, _ = publishing()
    data = b"".join(
        message(4, type_id, each, time=index * 40, stream_id=1, chunk_size=4096) for index, each in enumerate(bodies)
    )
    return list(session.receive_data(data, 0.0))


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize("name", VIDEOS)
def test_a_picture_is_described_as_libavcodec_does(name: str) -> None:
    expected = TAGS[name]
    events = sent(VIDEO, body(name, "header"), body(name, "frame"))
    configs = [event for event in events if isinstance(event, VideoConfig)]
    assert {config.codec for config in configs} == {name.partition("_")[0]}
    assert (configs[-1].width, configs[-1].height) == (expected["width"], expected["height"])
    assert {config.profile for config in configs} == {expected["profile"]}
    fps = configs[-1].fps
    if name.startswith("hevc"):
        assert configs[0].level == f"{expected['level'] / 30:.1f}"
        assert fps == pytest.approx(float(Fraction(expected["rate"])))
    else:
        assert fps is None  # these encoders leave it out
    frames = [event for event in events if isinstance(event, VideoMessage)]
    assert [(frame.is_sequence_header, frame.keyframe) for frame in frames] == [(True, False), (False, True)]


def test_levels_of_av1_and_vp9() -> None:
    level = {
        name: next(e for e in sent(VIDEO, body(name, "header")) if isinstance(e, VideoConfig)).level for name in VIDEOS
    }
    assert (level["av1_main"], level["av1_1080p_10bit"]) == ("3.0", "4.1")
    assert (level["vp9_profile_0"], level["vp9_profile_1"]) == ("3.0", "2.0")


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize("name", AUDIOS)
def test_a_sound_is_described_as_libavcodec_does(name: str) -> None:
    expected = TAGS[name]
    events = sent(AUDIO, body(name, "header"), body(name, "frame"), body(name, "frame"))
    configs = [event for event in events if isinstance(event, AudioConfig)]
    assert configs == [AudioConfig(name.partition("_")[0], expected["sample_rate"], expected["channels"])]
    assert [event.is_sequence_header for event in events if isinstance(event, AudioMessage)] == [True, False, False]


def test_a_picture_that_changes_its_size_without_a_new_header_is_described_again() -> None:
    """VP9 may change at any key frame."""
    large, small = body("vp9_profile_0", "frame"), body("vp9_profile_1", "frame")
    events = sent(VIDEO, body("vp9_profile_0", "header"), large, large, small)
    sizes = [(event.width, event.height) for event in events if isinstance(event, VideoConfig)]
    assert sizes == [(None, None), (854, 480), (321, 241)]


def test_parameter_sets_with_kilobytes_of_settings_behind_them_are_read() -> None:
    """x265 adds all of its settings as one more array."""
    record = bytearray(body("hevc_main", "header"))
    record[5 + 22] += 1
    record += b"\x27\x00\x01" + (3000).to_bytes(2, "big") + bytes(3000)
    (config,) = (event for event in sent(VIDEO, bytes(record)) if isinstance(event, VideoConfig))
    assert (config.width, config.height) == (1920, 1080)


@pytest.mark.parametrize(("scan", "interlaced"), [(0b1001, False), (0b0101, True), (0b0001, None), (0b1101, None)])
def test_hevc_says_whether_its_source_is_interlaced_or_leaves_it_to_each_picture(
    scan: int, interlaced: bool | None
) -> None:
    """x265 writes its flags (H.265, 7.3.3) behind those of the compatible profiles, here with an emulation byte."""
    header = body("hevc_main", "header")
    flags, others = bytes.fromhex("600000030090"), bytes.fromhex("6000000300") + bytes([scan << 4])
    assert header.count(flags) == 2  # in both parameter sets
    (config,) = (event for event in sent(VIDEO, header.replace(flags, others)) if isinstance(event, VideoConfig))
    assert config.interlaced is interlaced


@pytest.mark.parametrize("name", [*VIDEOS, *AUDIOS])
def test_a_header_cut_anywhere_is_right_in_part_or_unread(name: str) -> None:
    whole = body(name, "header")
    for cut in range(5, len(whole)):
        for event in sent(VIDEO if name in VIDEOS else AUDIO, whole[:cut]):
            if isinstance(event, VideoConfig):
                assert (event.width, event.height) in ((TAGS[name]["width"], TAGS[name]["height"]), (None, None))
            elif isinstance(event, AudioConfig):
                assert (event.sample_rate, event.channels) == (TAGS[name]["sample_rate"], TAGS[name]["channels"])


@given(garbage=st.binary(max_size=80), name=st.sampled_from([*VIDEOS, *AUDIOS]), keep=st.integers(0, 60))
@settings(max_examples=cases(300), deadline=None)
def test_garbage_is_a_codec_error_and_nothing_else(garbage: bytes, name: str, keep: int) -> None:
    header, frame = body(name, "header"), body(name, "frame")
    tag = parse_video(header) or parse_audio(header)
    assert tag is not None
    readers = [table.get(tag.codec) for table in (PICTURE_HEADERS, PICTURE_KEY_FRAMES, SOUND_HEADERS, SOUND_FRAMES)]
    for read in readers:
        for good in (header[5:], frame[5:], frame[8:]):
            if read is not None:
                try:
                    read(good[:keep] + garbage)
                except CodecError:
                    continue


def test_a_session_of_several_tracks_is_described_by_its_first() -> None:
    """libavformat 62: VP9 and HEVC, Opus and AC-3."""
    events = feed(as_spoken(recordings()["enhanced_multitrack"]))
    assert {event.codec for event in events if isinstance(event, VideoConfig)} == {"vp9"}
    assert {event.codec for event in events if isinstance(event, AudioConfig)} == {"opus"}
    frames = Counter(
        (event.codec, event.track)
        for event in events
        if isinstance(event, VideoMessage | AudioMessage) and not event.is_sequence_header
    )
    assert frames == {("vp9", 0): 6, ("hevc", 1): 6, ("opus", 0): 14, ("ac3", 1): 4}
    assert events.count(CleanStop()) == 1


@pytest.mark.parametrize(
    ("name", "codecs"),
    [
        ("enhanced_hevc_opus", ("hevc", "opus")),
        ("enhanced_av1_flac", ("av1", "flac")),
        ("enhanced_hevc_aac", ("hevc", "aac")),
        ("enhanced_vp9_opus", ("vp9", "opus")),
    ],
)
def test_sessions_of_one_track(name: str, codecs: tuple[str, str]) -> None:
    """Sent without having been announced in connect, as OBS does, too."""
    events = feed(as_spoken(recordings()[name]))
    assert {event.codec for event in events if isinstance(event, VideoMessage)} == {codecs[0]}
    assert {event.codec for event in events if isinstance(event, AudioMessage)} == {codecs[1]}


@pytest.mark.requirement("SS-6.3")
@pytest.mark.parametrize(
    ("name", "picture", "sound"),
    [
        ("hevc_aac", TAGS["hevc_main"], AudioConfig("aac", 48000, 2)),
        ("vp9_opus", TAGS["vp9_profile_0"], AudioConfig("opus", 48000, 2)),
    ],
)
def test_an_encoder_that_announces_is_read_as_one_that_does_not(
    name: str, picture: dict[str, object], sound: AudioConfig
) -> None:
    """libavformat 62, with and without `rtmp_enhanced_codecs`."""
    announced, silent = (feed(as_spoken(recordings()[f"{kind}_{name}"])) for kind in ("announced", "enhanced"))
    assert isinstance(announced[0], Connected)
    assert announced[0].enhanced == Capabilities(("hvc1", "av01", "vp09"), 0)
    assert isinstance(silent[0], Connected)
    assert silent[0].enhanced == Capabilities()
    assert announced[1:] == silent[1:]
    video = [event for event in announced if isinstance(event, VideoConfig)][-1]
    assert (video.codec, video.width, video.height) == (name.partition("_")[0], picture["width"], picture["height"])
    assert [event for event in announced if isinstance(event, AudioConfig)] == [sound]
    assert announced.count(CleanStop()) == 1


@pytest.mark.parametrize(
    ("name", "told"), [("announced_hevc_aac", True), ("announced_vp9_opus", True), ("enhanced_hevc_aac", False)]
)
def test_an_encoder_is_told_what_is_known_here_if_it_announced(name: str, told: bool) -> None:
    session, peer = new_session(), RtmpPeer()
    session.receive_data(as_spoken(recordings()[name])[0], 0.0)
    peer.receive_data(session.data_to_send())
    result, transaction_id, properties, information = peer.commands()[0]
    assert (result, transaction_id) == ("_result", 1.0)
    for answer in (properties, information):
        assert isinstance(answer, dict)
        assert ({"fourCcList", "videoFourCcInfoMap", "audioFourCcInfoMap", "capsEx"} <= answer.keys()) is told
        if told:
            assert isinstance(answer["fourCcList"], list)
            assert {"hvc1", "av01", "vp09"} <= set(map(str, answer["fourCcList"]))


def test_only_the_first_track_is_counted_as_frames() -> None:
    session = Session(now=0.0, random_bytes=S1_RANDOM, frames=False)
    before, after = as_spoken(recordings()["enhanced_multitrack"])
    session.receive_data(before, 0.0)
    session.accept_publish(0.0)
    session.receive_data(after, 0.0)
    counts = session.counts
    assert (counts.frames, counts.media, counts.video_codec, counts.audio_codec) == (6, 20, "vp9", "opus")
    tracks = [event for event in feed([before, after]) if isinstance(event, VideoMessage | AudioMessage)]
    assert counts.total_bytes == sum(len(event.payload) for event in tracks)


def test_tracks_in_one_message_are_told_one_by_one() -> None:
    header, frame = body("hevc_main", "header"), body("hevc_main", "frame")
    record, coded = header[5:], frame[5:]

    def several(first: int, packet_type: int, *data: bytes) -> bytes:
        tracks = (bytes((track,)) + len(each).to_bytes(3, "big") + each for track, each in enumerate(data))
        return bytes((first, 0x10 | packet_type)) + b"hvc1" + b"".join(tracks)

    events = sent(VIDEO, several(0x96, 0, record, record), several(0x96, 1, coded, coded))
    messages = [event for event in events if isinstance(event, VideoMessage)]
    assert [(event.track, event.is_sequence_header, event.keyframe) for event in messages] == [
        (0, True, False),
        (1, True, False),
        (0, False, True),
        (1, False, True),
    ]
    assert all(event.payload[event.data_offset :] in (record, coded[3:]) for event in messages)
    assert len([event for event in events if isinstance(event, VideoConfig)]) == 1


def answers_to(**announced: AmfValue) -> list[dict[str, AmfValue]]:
    """Both objects of the answer to a connect that says this: properties and information."""
    session, peer = new_session(), RtmpPeer()
    session.receive_data(peer.hello() + peer.finish_handshake() + peer.connect(**announced), 0.0)
    peer.receive_data(session.data_to_send())
    (command,) = peer.commands()
    return [value for value in command[2:] if isinstance(value, dict)]


@pytest.mark.parametrize(
    "announced",
    [
        {"fourCcList": ["hvc1", "av01"]},
        {"fourCcList": ["*"]},
        {"videoFourCcInfoMap": {"*": 4.0}},
        {"audioFourCcInfoMap": {"Opus": 2.0}},
        {"capsEx": 15.0},
        {"capsEx": 0.0, "fourCcList": []},
    ],
)
def test_who_announces_enhanced_rtmp_is_told_what_is_known_here(announced: dict[str, AmfValue]) -> None:
    properties, information = answers_to(**announced)
    assert properties["fmsVer"]
    assert information["code"] == "NetConnection.Connect.Success"
    # The specification leaves open which of the objects is meant.
    for answer in (properties, information):
        assert isinstance(answer["fourCcList"], list)
        assert {"hvc1", "av01", "vp09", "avc1", "Opus", "fLaC", "ac-3", "ec-3", "mp4a"} <= set(
            map(str, answer["fourCcList"])
        )
        assert answer["capsEx"] == 14.0  # multitrack, modifiers, nanoseconds; no reconnect request is ever sent
        assert isinstance(answer["videoFourCcInfoMap"], dict)
        assert answer["videoFourCcInfoMap"]["hvc1"] == 4.0  # forwarded
        assert isinstance(answer["audioFourCcInfoMap"], dict)
        assert answer["audioFourCcInfoMap"]["Opus"] == 4.0


def test_who_does_not_is_told_nothing_of_it() -> None:
    for answer in answers_to():
        assert not {"fourCcList", "capsEx", "videoFourCcInfoMap", "audioFourCcInfoMap"} & answer.keys()
