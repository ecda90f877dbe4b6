"""What the first bytes of a video or audio message say (FLV 10.1, E.4.2 and E.4.3; Enhanced RTMP v2).

Legacy video:   frame type (4 bits), codec id (4), then for H.264 and HEVC: packet type (8), composition time (24)
Enhanced video: 1 (1 bit), frame type (3), packet type (4), FourCC (32), composition time (24) where the type has one
Legacy audio:   format (4 bits), rate (2), size (1), stereo (1), then for AAC: packet type (8)
Enhanced audio: 9 (4 bits), packet type (4), FourCC (32)

In the enhanced forms modifiers (ModEx) may stand before the real packet type, and a multitrack packet names its track,
or holds several tracks one after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .limits import MAX_MODIFIERS

VIDEO_CODECS = {2: "h263", 3: "screen", 4: "vp6", 5: "vp6a", 6: "screen2", 7: "h264", 12: "hevc", 13: "av1"}
AUDIO_CODECS = {
    0: "pcm",
    1: "adpcm",
    2: "mp3",
    3: "pcm",
    4: "nellymoser",
    5: "nellymoser",
    6: "nellymoser",
    7: "pcma",
    8: "pcmu",
    10: "aac",
    11: "speex",
    14: "mp3",
}
# What the rest of a legacy tag's byte says (FLV E.4.2.1): a rate of two bits, and a bit for stereo. Of these formats it
# says nothing, or nothing that is true: "Nellymoser 8 kHz mono", "Speex ... SoundRate 16 kHz, mono" (by the text of the
# format), G.711 and "MP3 8 kHz" at their one rate. AAC's bits are fixed, and its own header is what counts.
_TAG_RATES = (5_512, 11_025, 22_050, 44_100)
_FIXED_RATES = {4: 16_000, 5: 8_000, 7: 8_000, 8: 8_000, 11: 16_000, 14: 8_000}
_ALWAYS_MONO = (4, 5, 11)
VIDEO_FOURCCS = {
    b"avc1": "h264",
    b"hvc1": "hevc",
    b"vvc1": "vvc",
    b"av01": "av1",
    b"vp08": "vp8",
    b"vp09": "vp9",
}
AUDIO_FOURCCS = {
    b"mp4a": "aac",
    b"Opus": "opus",
    b"fLaC": "flac",
    b"ac-3": "ac3",
    b"ec-3": "eac3",
    b".mp3": "mp3",
}
UNKNOWN = "unknown"

_KEY_FRAME = 1
_COMMAND = 5  # a frame type that says something to the player; there is no picture in it
_LEGACY_WITH_PACKET_TYPE = (7, 12, 13)
_LEGACY_AAC = 10
_ENHANCED_AUDIO = 9

# Packet types (Enhanced RTMP v2, VideoPacketType and AudioPacketType)
_SEQUENCE_START = 0
_CODED_FRAMES = 1
_CODED_FRAMES_X = 3
_CODED = bytes((_CODED_FRAMES,))
VIDEO_MULTITRACK = 6
AUDIO_MULTITRACK = 5
_MOD_EX = 7
_WITH_COMPOSITION_TIME = ("h264", "hevc", "vvc")

# Multitrack type (AvMultitrackType)
_ONE_TRACK = 0
_MANY_CODECS = 2  # ManyTracksManyCodecs: each track has a FourCC of its own

# Modifier type (VideoPacketModExType, AudioPacketModExType): 24 bits of nanoseconds, "0 to 999,999"
_TIMESTAMP_NANO_OFFSET = 0
_MILLISECOND = 1_000_000


@dataclass(slots=True)
class VideoTag:
    """A video message's header; the codec's own data begins at `data_offset`, `composition_time` is in ms."""

    codec: str
    keyframe: bool
    is_sequence_header: bool
    data_offset: int
    composition_time: int = 0
    track: int = 0
    nanoseconds: int = 0  # to be added to the message's time


@dataclass(slots=True)
class AudioTag:
    """An audio message's header; the codec's own data begins at `data_offset`."""

    codec: str
    is_sequence_header: bool
    data_offset: int
    track: int = 0
    nanoseconds: int = 0
    sample_rate: int | None = None  # as the tag's own byte says it, of a codec without a header
    channels: int | None = None


def parse_video(payload: bytes) -> VideoTag | None:
    """The header of a sequence header or coded frame of one track; None for anything else and for what is cut short."""
    if not payload:
        return None
    first = payload[0]
    if first & 0x80:
        return _enhanced_video(payload)
    codec_id = first & 0x0F
    codec = VIDEO_CODECS.get(codec_id, UNKNOWN)
    if codec_id not in _LEGACY_WITH_PACKET_TYPE:
        return VideoTag(codec, first >> 4 == _KEY_FRAME, False, 1)
    if len(payload) < 5 or payload[1] not in (_SEQUENCE_START, _CODED_FRAMES):
        return None
    packet_type = payload[1]
    return VideoTag(
        codec,
        first >> 4 == _KEY_FRAME and packet_type == _CODED_FRAMES,
        packet_type == _SEQUENCE_START,
        5,
        int.from_bytes(payload[2:5], "big", signed=True),
    )


def parse_audio(payload: bytes) -> AudioTag | None:
    """As `parse_video`."""
    if not payload:
        return None
    audio_format = payload[0] >> 4
    if audio_format == _ENHANCED_AUDIO:
        return _enhanced_audio(payload)
    codec = AUDIO_CODECS.get(audio_format, UNKNOWN)
    if audio_format != _LEGACY_AAC:
        return _legacy_audio(codec, audio_format, payload[0])
    if len(payload) < 2:
        return None
    return AudioTag(codec, payload[1] == _SEQUENCE_START, 2)


def _legacy_audio(codec: str, audio_format: int, first: int) -> AudioTag:
    if codec == UNKNOWN:
        return AudioTag(codec, False, 1)
    rate = _FIXED_RATES.get(audio_format, _TAG_RATES[first >> 2 & 3])
    return AudioTag(codec, False, 1, sample_rate=rate, channels=1 if audio_format in _ALWAYS_MONO else 1 + (first & 1))


def video_frame_head(payload: bytes) -> bytes:
    """The first bytes of a coded frame that tell all but its times: who begins so is such a frame, too.

    Empty where no such bytes are known: sequence headers, several tracks, modified packets; and key frames, which may
    describe the picture anew.
    """
    first, second = payload[0], payload[1:2]
    if first >> 4 & 0x07 == _KEY_FRAME:
        return b""
    if first & 0x80:
        return payload[:5] if first & 0x0F in (_CODED_FRAMES, _CODED_FRAMES_X) else b""
    return payload[:2] if first & 0x0F in _LEGACY_WITH_PACKET_TYPE and second == _CODED else b""


def audio_frame_head(payload: bytes) -> bytes:
    """As `video_frame_head`."""
    first, second = payload[0], payload[1:2]
    if first >> 4 == _ENHANCED_AUDIO:
        return payload[:5] if first & 0x0F == _CODED_FRAMES else b""
    return payload[:2] if first >> 4 == _LEGACY_AAC and second == _CODED else b""


def split_tracks(payload: bytes, multitrack: int, most: int) -> Sequence[bytes]:
    """One payload for each track of a message of several, each as if its track had come alone; else the payload itself.

    `multitrack` is the packet type that says so: VIDEO_MULTITRACK or AUDIO_MULTITRACK. A message that is cut short, or
    has more than `most` tracks, has none.
    """
    header = _packet(payload, multitrack)
    if header is None or header.packet_type != multitrack:
        return (payload,)
    position = header.offset
    kind = payload[position] >> 4 if position < len(payload) else _ONE_TRACK
    if kind == _ONE_TRACK:
        return (payload,)
    prefix = payload[:position] + bytes((_ONE_TRACK << 4 | payload[position] & 0x0F,))
    position += 1
    fourcc = b""
    if kind != _MANY_CODECS:
        fourcc, position = payload[position : position + 4], position + 4
    tracks: list[bytes] = []
    while position < len(payload):
        if kind == _MANY_CODECS:
            fourcc, position = payload[position : position + 4], position + 4
        start = position + 4  # track id (8), size (24)
        end = start + int.from_bytes(payload[position + 1 : start], "big")
        if start > len(payload) or end > len(payload) or len(tracks) == most:
            return ()
        tracks.append(prefix + fourcc + payload[position : position + 1] + payload[start:end])
        position = end
    return tracks


def _enhanced_video(payload: bytes) -> VideoTag | None:
    header = _enhanced_header(payload, VIDEO_MULTITRACK)
    if header is None:
        return None
    frame_type = payload[0] >> 4 & 0x07
    is_frame = header.packet_type in (_CODED_FRAMES, _CODED_FRAMES_X)
    if frame_type == _COMMAND or not (is_frame or header.packet_type == _SEQUENCE_START):
        return None
    codec = VIDEO_FOURCCS.get(header.fourcc, UNKNOWN)
    offset = header.offset
    composition_time = 0
    if header.packet_type == _CODED_FRAMES and codec in _WITH_COMPOSITION_TIME:
        if len(payload) < offset + 3:
            return None
        composition_time = int.from_bytes(payload[offset : offset + 3], "big", signed=True)
        offset += 3
    return VideoTag(
        codec,
        frame_type == _KEY_FRAME and is_frame,
        header.packet_type == _SEQUENCE_START,
        offset,
        composition_time,
        header.track,
        header.nanoseconds,
    )


def _enhanced_audio(payload: bytes) -> AudioTag | None:
    header = _enhanced_header(payload, AUDIO_MULTITRACK)
    if header is None or header.packet_type not in (_SEQUENCE_START, _CODED_FRAMES):
        return None
    codec = AUDIO_FOURCCS.get(header.fourcc, UNKNOWN)
    is_sequence_header = header.packet_type == _SEQUENCE_START
    return AudioTag(codec, is_sequence_header, header.offset, header.track, header.nanoseconds)


@dataclass(slots=True)
class _Header:
    """What stands before the data of one enhanced packet; `offset` is where the next part begins."""

    packet_type: int
    offset: int
    nanoseconds: int
    fourcc: bytes = b""
    track: int = 0


def _enhanced_header(payload: bytes, multitrack: int) -> _Header | None:
    """The whole header of a packet of one track, or None if it is cut short or of several."""
    header = _packet(payload, multitrack)
    if header is None:
        return None
    offset = header.offset
    if header.packet_type == multitrack:
        if offset + 6 > len(payload) or payload[offset] >> 4 != _ONE_TRACK:
            return None
        header.packet_type = payload[offset] & 0x0F
        header.track = payload[offset + 5]
        header.fourcc = payload[offset + 1 : offset + 5]
        header.offset = offset + 6
        return header
    header.fourcc = payload[offset : offset + 4]
    header.offset = offset + 4
    return header if header.offset <= len(payload) else None


def _packet(payload: bytes, multitrack: int) -> _Header | None:
    """The packet type behind all modifiers; None for legacy messages and for what is cut short."""
    if not payload or not (payload[0] & 0x80 if multitrack == VIDEO_MULTITRACK else payload[0] >> 4 == _ENHANCED_AUDIO):
        return None
    packet_type = payload[0] & 0x0F
    offset = 1
    nanoseconds = 0
    modifiers = 0
    while packet_type == _MOD_EX:
        modifiers += 1
        if offset + 1 > len(payload) or modifiers > MAX_MODIFIERS:
            return None
        size = payload[offset] + 1
        offset += 1
        if size == 256:
            size = int.from_bytes(payload[offset : offset + 2], "big") + 1
            offset += 2
        start, offset = offset, offset + size + 1
        if offset > len(payload):
            return None
        if payload[offset - 1] >> 4 == _TIMESTAMP_NANO_OFFSET and size >= 3:
            nanoseconds = int.from_bytes(payload[start : start + 3], "big")
        packet_type = payload[offset - 1] & 0x0F
    return _Header(packet_type, offset, nanoseconds if nanoseconds < _MILLISECOND else 0)
