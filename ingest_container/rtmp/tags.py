"""What the first bytes of a video or audio message say (FLV 10.1, E.4.2 and E.4.3; Enhanced RTMP v2).

Legacy video:   frame type (4 bits), codec id (4), then for H.264 and HEVC: packet type (8), composition time (24)
Enhanced video: 1 (1 bit), frame type (3), packet type (4), FourCC (32), composition time (24) where the type has one
Legacy audio:   format (4 bits), rate (2), size (1), stereo (1), then for AAC: packet type (8)
Enhanced audio: 9 (4 bits), packet type (4), FourCC (32)

In the enhanced forms ModEx packets may stand before the real packet type, and a multitrack packet names its track.
"""

from dataclasses import dataclass

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
_LEGACY_WITH_PACKET_TYPE = (7, 12, 13)
_LEGACY_AAC = 10
_ENHANCED_AUDIO = 9

# Packet types (Enhanced RTMP v2, VideoPacketType and AudioPacketType)
_SEQUENCE_START = 0
_CODED_FRAMES = 1
_CODED_FRAMES_X = 3
_CODED = bytes((_CODED_FRAMES,))
_VIDEO_MULTITRACK = 6
_AUDIO_MULTITRACK = 5
_MOD_EX = 7
_WITH_COMPOSITION_TIME = ("h264", "hevc", "vvc")

# Multitrack type (AvMultitrackType)
_ONE_TRACK = 0


@dataclass(slots=True)
class VideoTag:
    """A video message's header; the codec's own data begins at `data_offset`, `composition_time` is in ms."""

    codec: str
    keyframe: bool
    is_sequence_header: bool
    data_offset: int
    composition_time: int = 0
    track: int = 0


@dataclass(slots=True)
class AudioTag:
    """An audio message's header; the codec's own data begins at `data_offset`."""

    codec: str
    is_sequence_header: bool
    data_offset: int
    track: int = 0


def parse_video(payload: bytes) -> VideoTag | None:
    """The header, or None for a message that is empty or cut short."""
    if not payload:
        return None
    first = payload[0]
    if first & 0x80:
        return _enhanced_video(payload)
    codec_id = first & 0x0F
    codec = VIDEO_CODECS.get(codec_id, UNKNOWN)
    if codec_id not in _LEGACY_WITH_PACKET_TYPE:
        return VideoTag(codec, first >> 4 == _KEY_FRAME, False, 1)
    if len(payload) < 5:
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
    """The header, or None for a message that is empty or cut short."""
    if not payload:
        return None
    audio_format = payload[0] >> 4
    if audio_format == _ENHANCED_AUDIO:
        header = _enhanced_header(payload, payload[0] & 0x0F, _AUDIO_MULTITRACK)
        if header is None:
            return None
        packet_type, fourcc, track, offset = header
        return AudioTag(AUDIO_FOURCCS.get(fourcc, UNKNOWN), packet_type == _SEQUENCE_START, offset, track)
    codec = AUDIO_CODECS.get(audio_format, UNKNOWN)
    if audio_format != _LEGACY_AAC:
        return AudioTag(codec, False, 1)
    if len(payload) < 2:
        return None
    return AudioTag(codec, payload[1] == _SEQUENCE_START, 2)


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


def _enhanced_video(payload: bytes) -> VideoTag | None:
    header = _enhanced_header(payload, payload[0] & 0x0F, _VIDEO_MULTITRACK)
    if header is None:
        return None
    packet_type, fourcc, track, offset = header
    codec = VIDEO_FOURCCS.get(fourcc, UNKNOWN)
    composition_time = 0
    if packet_type == _CODED_FRAMES and codec in _WITH_COMPOSITION_TIME:
        if len(payload) < offset + 3:
            return None
        composition_time = int.from_bytes(payload[offset : offset + 3], "big", signed=True)
        offset += 3
    frame_type = payload[0] >> 4 & 0x07
    keyframe = frame_type == _KEY_FRAME and packet_type in (_CODED_FRAMES, _CODED_FRAMES_X)
    return VideoTag(codec, keyframe, packet_type == _SEQUENCE_START, offset, composition_time, track)


def _enhanced_header(payload: bytes, packet_type: int, multitrack: int) -> tuple[int, bytes, int, int] | None:
    """(packet type, FourCC, track, offset of what follows) of an enhanced header, or None if it is cut short.

    A message of several tracks is described by its first.
    """
    offset = 1
    end = len(payload)
    while packet_type == _MOD_EX:
        if offset + 1 > end:
            return None
        size = payload[offset] + 1
        offset += 1
        if size == 256:
            size = int.from_bytes(payload[offset : offset + 2], "big") + 1
            offset += 2
        offset += size + 1
        if offset > end:
            return None
        packet_type = payload[offset - 1] & 0x0F
    if packet_type != multitrack:
        if offset + 4 > end:
            return None
        return packet_type, payload[offset : offset + 4], 0, offset + 4
    if offset + 6 > end:
        return None
    kind = payload[offset] >> 4
    packet_type = payload[offset] & 0x0F
    # ManyTracksManyCodecs has a FourCC before each track, the others one for all: for the first track it is the same.
    fourcc = payload[offset + 1 : offset + 5]
    track = payload[offset + 5]
    offset += 6 if kind == _ONE_TRACK else 9  # with several tracks, each has a 24-bit size
    return (packet_type, fourcc, track, offset) if offset <= end else None
