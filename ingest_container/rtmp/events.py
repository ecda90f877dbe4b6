"""What a `Session` reports. Times are milliseconds of the stream's own clock.

What may hold a stream key stays out of `repr`, so that an event in a log or a failed test does not tell it.

All are to be taken as immutable, the two media messages (`frames`) too.

A terminal list of events always ends with `CloseNow`: the shell closes the socket there and nowhere else.
"""

from dataclasses import dataclass, field

from .amf0 import AmfValue
from .frames import AudioMessage, VideoMessage


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the encoder said of Enhanced RTMP in connect. OBS says nothing and uses it all the same."""

    fourcc_list: tuple[str, ...] = ()
    caps_ex: int = 0  # Reconnect 1, Multitrack 2, ModEx 4, TimestampNanoOffset 8


@dataclass(frozen=True, slots=True)
class Connected:
    """The connect command was answered. `app` and `tc_url` are the user's text and may hold a key: never log them."""

    app: str = field(repr=False)
    tc_url: str = field(repr=False)
    flash_ver: str
    connection_type: str
    enhanced: Capabilities


@dataclass(frozen=True, slots=True)
class PublishRequested:
    """The encoder waits for `accept_publish` or `refuse_publish`. `stream_name` is the secret stream key."""

    app: str = field(repr=False)
    stream_name: str = field(repr=False)
    query: str = field(repr=False)  # what followed the first "?" of the stream name, without it
    publish_type: str  # "live", "record" or "append"; empty if none was given


@dataclass(frozen=True, slots=True)
class Metadata:
    """onMetaData, as the encoder claims it: unchecked."""

    values: dict[str, AmfValue]


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What the codec's own headers say of the (first) picture; it wins over the metadata. None: they do not say it.

    VP9 splits it: the sequence header has no size, the key frame no level.
    """

    codec: str
    width: int | None
    height: int | None
    profile: str
    level: str | None
    fps: float | None
    interlaced: bool | None = None


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """What the codec's own headers say of the (first) sound."""

    codec: str
    sample_rate: int
    channels: int | None  # None where the header leaves it to the bitstream


@dataclass(frozen=True, slots=True)
class CleanStop:
    """The encoder ended a started stream on purpose. Reported once a stream."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The peer answered a `ping`."""


@dataclass(frozen=True, slots=True)
class ProtocolFailed:
    """The peer broke the protocol; `CloseNow` follows. `detail` never holds a key."""

    reason_code: str
    detail: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """A phase took too long; `CloseNow` follows. `phase` is "handshake", "connect" or "publish"."""

    phase: str


@dataclass(frozen=True, slots=True)
class CloseNow:
    """Close the socket, after what `data_to_send` still holds."""

    reason: str  # peer_closed, protocol_failed, timed_out, refused, publish_abandoned


Event = (
    Connected
    | PublishRequested
    | Metadata
    | VideoMessage
    | AudioMessage
    | VideoConfig
    | AudioConfig
    | CleanStop
    | Pong
    | ProtocolFailed
    | TimedOut
    | CloseNow
)
