"""RTMP for the server side of a publishing connection, sans-IO: bytes and time in, events and bytes out."""

from .amf0 import AmfValue, Date
from .counting import MediaCounter
from .errors import LocalProtocolError
from .events import (
    AudioConfig,
    AudioMessage,
    Capabilities,
    CleanStop,
    CloseNow,
    Connected,
    Event,
    Metadata,
    Pong,
    ProtocolFailed,
    PublishRequested,
    TimedOut,
    VideoConfig,
    VideoMessage,
)
from .limits import Limits
from .session import Session, SessionState

__all__ = [
    "AmfValue",
    "AudioConfig",
    "AudioMessage",
    "Capabilities",
    "CleanStop",
    "CloseNow",
    "Connected",
    "Date",
    "Event",
    "Limits",
    "LocalProtocolError",
    "MediaCounter",
    "Metadata",
    "Pong",
    "ProtocolFailed",
    "PublishRequested",
    "Session",
    "SessionState",
    "TimedOut",
    "VideoConfig",
    "VideoMessage",
]
