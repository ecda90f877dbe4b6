"""RTMP for the server side of a publishing connection, sans-IO: bytes and time in, events and bytes out."""

from ingest_container import compiled

if (_built := compiled.find("rtmp")) is not None:
    __path__.insert(0, _built)  # before anything else of the package is imported

from .amf0 import AmfValue, Date
from .counting import MediaCounter
from .errors import LocalProtocolError, ProtocolError
from .events import (
    AudioConfig,
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
)
from .frames import AudioMessage, VideoMessage
from .limits import Limits
from .publish_answer import OPENING, PublishAnswer, PublishAnswerReader
from .session import Session
from .session_states import SessionState

__all__ = [
    "OPENING",
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
    "ProtocolError",
    "ProtocolFailed",
    "PublishAnswer",
    "PublishAnswerReader",
    "PublishRequested",
    "Session",
    "SessionState",
    "TimedOut",
    "VideoConfig",
    "VideoMessage",
]
