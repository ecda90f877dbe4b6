"""What MediaMTX calls things: kinds of connections, codecs and their properties.

A path's source is a publisher's connection, or something that MediaMTX itself pulls (`rtspSource`, `redirect`): that is
the operator's. Kinds appear with new versions (`moqSession` with 1.19): one that is new to us counts as a publisher, so
that nobody is ended whom the server still carries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.measures import StreamFacts

PUBLISHERS = frozenset(
    {"rtmpConn", "rtmpsConn", "rtspSession", "rtspsSession", "srtConn", "webRTCSession", "moqSession"}
)
# Readers that have no connection to be closed: MediaMTX asks us again for each of their requests, or hides them.
WITHOUT_CONNECTION = frozenset({"hlsMuxer", "hidden"})
_KNOWN = PUBLISHERS | {"hlsSession", "rtspConn", "rtspsConn"}

# What MediaMTX may list a connection as, by the `protocol` that it asks with. RTSP is asked for as a connection and
# listed as a session; older versions say `rtmp` and `rtsp` of the encrypted ones, too.
_ASKED_AS = {
    "rtmp": ("rtmpConn", "rtmpsConn"),
    "rtmps": ("rtmpsConn",),
    "rtsp": ("rtspConn", "rtspsConn"),
    "rtsps": ("rtspsConn",),
    "srt": ("srtConn",),
    "webrtc": ("webRTCSession",),
    "moq": ("moqSession",),
}

_VIDEO = {
    "AV1": "av1",
    "VP9": "vp9",
    "VP8": "vp8",
    "H265": "hevc",
    "H264": "h264",
    "MPEG-4 Video": "mpeg4",
    "MPEG-1/2 Video": "mpeg2",
    "MPEG-1 Video": "mpeg2",
    "M-JPEG": "mjpeg",
    "MJPEG": "mjpeg",
}
_AUDIO = {
    "Opus": "opus",
    "Vorbis": "vorbis",
    "MPEG-4 Audio": "aac",
    "MPEG-4 Audio LATM": "aac",
    "MPEG-1/2 Audio": "mp3",
    "MPEG-1 Audio": "mp3",
    "AC3": "ac3",
    "AC-3": "ac3",
    "Speex": "speex",
    "G726": "g726",
    "G722": "g722",
    "G711": "g711",
    "LPCM": "pcm",
}
_NAMED_PROFILES = ("h264", "hevc")  # of the others MediaMTX tells a number that means nothing by itself
MAX_SIDE = 16_384  # pixels
MAX_SAMPLE_RATE = 768_000  # Hz
MAX_CHANNELS = 64
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Source:
    """A connection: MediaMTX's type and id of it."""

    type: str
    id: str

    @property
    def is_known(self) -> bool:
        return self.type in _KNOWN

    @property
    def collection(self) -> str:
        """The name in the routes of its kind."""
        return self.type.lower() + "s"


@dataclass(frozen=True, slots=True)
class Measured:
    """What MediaMTX knows of a path's media. `bytes_in` counts since its publisher came."""

    facts: StreamFacts = field(default_factory=StreamFacts)
    bytes_in: int = 0


def is_publisher(source_type: str) -> bool:
    """Whether a source came from outside, by a connection of its own."""
    return not source_type.endswith("Source") and source_type != "redirect"


def asked_as(protocol: str | None, connection_id: str) -> list[Source]:
    """Where a connection may be found that MediaMTX asked about; nowhere if its protocol is not known."""
    return [Source(kind, connection_id) for kind in _ASKED_AS.get(protocol or "", ())]


def measured(tracks: Iterable[tuple[str, Mapping[str, Any]]], bytes_in: int) -> Measured:
    """`tracks`: codec and properties of each; the first of picture and of sound counts."""
    facts: dict[str, Any] = {}
    for codec, properties in tracks:
        if codec in _VIDEO and "video_codec" not in facts:
            facts |= _picture(_VIDEO[codec], properties)
        elif codec in _AUDIO and "audio_codec" not in facts:
            facts["audio_codec"] = _AUDIO[codec]
            facts["audio_sample_rate"] = _number(properties.get("sampleRate"), MAX_SAMPLE_RATE)
            facts["audio_channels"] = _number(properties.get("channelCount"), MAX_CHANNELS)
    return Measured(StreamFacts(**facts), max(0, bytes_in))


def _picture(codec: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    named = codec in _NAMED_PROFILES
    return {
        "video_codec": codec,
        "width": _number(properties.get("width"), MAX_SIDE),
        "height": _number(properties.get("height"), MAX_SIDE),
        "video_profile": _name(properties.get("profile")) if named else None,
        "video_level": _level(properties.get("level")) if named else None,
    }


def _number(value: object, most: int) -> int | None:
    """MediaMTX says 0 of what it does not know."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most else None


def _level(value: object) -> str | None:
    """MediaMTX shortens "4.0" to "4"."""
    level = _name(value)
    return f"{level}.0" if level is not None and level.isdecimal() else level


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_NAME and value.isprintable() else None
