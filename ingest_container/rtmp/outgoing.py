"""What is said to the peer, as chunks that wait to be written."""

from . import commands, messages
from .chunk_writer import ChunkWriter

_CONTROL_CHUNK_STREAM = 2  # "protocol control messages ... MUST be sent in chunk stream ID 2" (RTMP 1.0, 5.4)
_COMMAND_CHUNK_STREAM = 3


class Outgoing:
    """Bytes for the socket; `take` empties it."""

    def __init__(self) -> None:
        self._writer = ChunkWriter()
        self._waiting = bytearray()

    def take(self) -> bytes:
        """All that waits to be written."""
        if not self._waiting:
            return b""
        data = bytes(self._waiting)
        self._waiting.clear()
        return data

    def raw(self, data: bytes) -> None:
        """Bytes outside the chunk stream: the handshake."""
        self._waiting += data

    def control(self, type_id: int, payload: bytes) -> None:
        """A protocol control message."""
        self._waiting += self._writer.write(_CONTROL_CHUNK_STREAM, type_id, 0, payload)

    def user_control(self, event_type: int, value: int) -> None:
        """A user control message with one 32-bit argument."""
        self.control(messages.USER_CONTROL, messages.user_control(event_type, value))

    def set_chunk_size(self, size: int) -> None:
        """Announce the size; chunks have it from here on."""
        self.control(messages.SET_CHUNK_SIZE, messages.word(size))
        self._writer.chunk_size = size

    def command(self, stream_id: int, payload: bytes) -> None:
        """A command on a message stream, 0 for the connection's own."""
        self._waiting += self._writer.write(_COMMAND_CHUNK_STREAM, messages.COMMAND_AMF0, stream_id, payload)

    def status(self, stream_id: int, level: str, code: str, description: str) -> None:
        """An onStatus for one message stream."""
        self.command(stream_id, commands.on_status(level, code, description))
