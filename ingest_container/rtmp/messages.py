"""RTMP messages: types, bodies of the control messages, parts of an aggregate (RTMP 1.0, 5.4, 6 and 7.1)."""

from .errors import ProtocolError

SET_CHUNK_SIZE = 1
ABORT = 2
ACKNOWLEDGEMENT = 3
USER_CONTROL = 4
WINDOW_ACKNOWLEDGEMENT_SIZE = 5
SET_PEER_BANDWIDTH = 6
AUDIO = 8
VIDEO = 9
DATA_AMF3 = 15
COMMAND_AMF3 = 17
DATA_AMF0 = 18
COMMAND_AMF0 = 20
AGGREGATE = 22

MEDIA_TYPES = frozenset((AUDIO, VIDEO, DATA_AMF0, DATA_AMF3))

# User control event types (RTMP 1.0, 7.1.7)
STREAM_BEGIN = 0
PING_REQUEST = 6
PING_RESPONSE = 7

# Limit type "dynamic" of Set Peer Bandwidth (RTMP 1.0, 5.4.5): what every server sends.
DYNAMIC_LIMIT = 2

TIMESTAMP_MASK = 0xFFFFFFFF

_TAG_HEADER_BYTES = 11
_BACK_POINTER_BYTES = 4


class Message:
    """One whole message. `timestamp` is in ms and wraps at 2**32; `stream_id` is the message stream, 0 for control."""

    __slots__ = ("payload", "stream_id", "timestamp", "type_id")

    def __init__(self, type_id: int, stream_id: int, timestamp: int, payload: bytes) -> None:
        self.type_id = type_id
        self.stream_id = stream_id
        self.timestamp = timestamp
        self.payload = payload


def control_value(message: Message) -> int:
    """The 32-bit number that Set Chunk Size, Abort, Acknowledgement and Window Acknowledgement Size carry."""
    if len(message.payload) < 4:
        raise ProtocolError("malformed_control", f"a control message of {len(message.payload)} bytes")
    return int.from_bytes(message.payload[:4], "big")


def word(value: int) -> bytes:
    """A 32-bit number as control messages carry it."""
    return value.to_bytes(4, "big")


def user_control(event_type: int, value: int) -> bytes:
    """The body of a user control message with one 32-bit argument."""
    return event_type.to_bytes(2, "big") + value.to_bytes(4, "big")


def aggregate_parts(message: Message, max_parts: int) -> list[Message]:
    """The messages inside an aggregate (RTMP 1.0, 7.1.6), their times moved so that the first has the aggregate's own.

    Each part is an FLV tag: type (1 byte), size (3), time (3 + 1 for bits 24-31), stream (3), body, back pointer (4).
    """
    body = message.payload
    parts: list[Message] = []
    position = 0
    offset = 0
    while position < len(body):
        start = position + _TAG_HEADER_BYTES
        end = start + int.from_bytes(body[position + 1 : position + 4], "big")
        if end > len(body) or len(parts) == max_parts:
            raise ProtocolError("malformed_aggregate", f"part {len(parts) + 1} of an aggregate of {len(body)} bytes")
        time = int.from_bytes(body[position + 4 : position + 7], "big") | body[position + 7] << 24
        if not parts:
            offset = message.timestamp - time
        parts.append(Message(body[position], message.stream_id, (time + offset) & TIMESTAMP_MASK, body[start:end]))
        position = end + _BACK_POINTER_BYTES
    return parts
