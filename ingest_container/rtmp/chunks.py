"""The chunk stream (RTMP 1.0, 5.3): messages cut into chunks, interleaved on one connection.

Theory of operation
-------------------
Cost is per message and per read, not per chunk. `ChunkReader` walks over the caller's own buffer; body bytes are
taken as they come, so only a header cut off by the end of a read is kept (at most 18 bytes). When a chunk ends and its
message does not, the next chunks nearly always continue it: in the usual form each is one header byte followed by
`chunk_size` bytes, so the header bytes of all whole chunks in the buffer are one strided slice. As far as they equal
the continuation byte, the run is copied once and its headers are dropped by one strided deletion. Anything else (an
interleaved message, long chunk stream ids, extended timestamps) stops the run and is read chunk by chunk. No message
is waited for: whatever is interleaved is delivered as soon as it is whole.

Set Chunk Size and Abort change how the very next bytes are read, so they are obeyed here and not passed on.
"""

import struct

from .errors import ProtocolError
from .limits import MAX_CHUNK_SIZE, Limits
from .messages import ABORT, SET_CHUNK_SIZE, TIMESTAMP_MASK, Message, control_value

DEFAULT_CHUNK_SIZE = 128  # RTMP 1.0, 5.4.1: until Set Chunk Size says otherwise
EXTENDED = 0xFFFFFF  # in the 24-bit time field: the real value follows in 32 bits (5.3.1.3)

_MESSAGE_HEADER_BYTES = (11, 7, 3, 0)  # by chunk type (5.3.1.2)
_TIME = struct.Struct(">BH")  # 24 bits each: the high byte, the low two
_TIME_LENGTH_TYPE = struct.Struct(">BHBHB")
_LONGEST_SHORT_ID = 63  # above it, the basic header takes 2 or 3 bytes (5.3.1.1)

_NOTHING = memoryview(b"")


class _ChunkStream:
    """What later headers of one chunk stream refer back to, and the message under way on it."""

    __slots__ = ("body", "delta", "extended", "id", "length", "missing", "open", "stream_id", "timestamp", "type_id")

    def __init__(self, chunk_stream_id: int) -> None:
        self.id = chunk_stream_id
        self.timestamp = 0
        self.delta = 0
        self.extended = b""  # the 4 bytes of the extended time field, if the latest header had one
        self.length = 0
        self.type_id = 0
        self.stream_id = 0
        self.missing = 0  # bytes of the message that are still to come
        self.open = False  # a message is under way
        self.body = bytearray()  # what has come of it


class ChunkReader:
    """Turns bytes into messages, in the order in which they become whole."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._streams: dict[int, _ChunkStream] = {}
        self._chunk_size = DEFAULT_CHUNK_SIZE
        self._current: _ChunkStream | None = None  # the chunk stream whose chunk is being read
        self._chunk_left = 0  # bytes of that chunk still to come
        self._declared = 0  # sizes of all messages under way
        self._rest = b""  # a header cut off by the end of the last read
        self._view = _NOTHING  # what is being read
        self._position = 0
        self._max_message_bytes = limits.max_message_bytes_before_publish
        self._max_partial_bytes = limits.max_message_bytes_before_publish

    def allow_media(self) -> None:
        """From now on messages may be as large as media is: the peer is known."""
        self._max_message_bytes = self._limits.max_message_bytes
        self._max_partial_bytes = self._limits.max_partial_bytes

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Bytes to read from. They must stay unchanged until `next_message` has returned None."""
        self._view = memoryview(b"".join((self._rest, data)) if self._rest else data)
        self._position = 0

    def next_message(self) -> Message | None:
        """The next message that is whole, or None when the bytes are used up.

        Raises ProtocolError where the bytes break the protocol; the reader is then of no further use.
        """
        view = self._view
        position = self._position
        while True:
            stream = self._current
            if stream is None:
                stream, position = self._read_header(view, position)
                if stream is None:
                    break
            position = self._read_body(stream, view, position)
            if self._chunk_left:
                break
            self._current = None
            if stream.missing == 0:
                message = Message(stream.type_id, stream.stream_id, stream.timestamp, bytes(stream.body))
                self._finish(stream)
                if message.type_id == SET_CHUNK_SIZE:
                    self._set_chunk_size(control_value(message))
                elif message.type_id == ABORT:
                    self._abort(control_value(message))
                else:
                    self._position = position
                    return message
        self._rest = bytes(view[position:])
        self._view = _NOTHING
        self._position = 0
        return None

    def _read_header(self, view: memoryview, start: int) -> tuple[_ChunkStream | None, int]:
        """Read one chunk header and make its stream current.

        The stream and the position after the header, or None and `start` if the header is not all there yet.
        """
        available = len(view) - start
        if available == 0:
            return None, start
        first = view[start]
        chunk_type = first >> 6
        stream_id = first & 0x3F
        position = start + 1
        if stream_id == 0:
            if available < 2:
                return None, start
            stream_id = 64 + view[start + 1]
            position = start + 2
        elif stream_id == 1:
            if available < 3:
                return None, start
            stream_id = 64 + view[start + 1] + (view[start + 2] << 8)
            position = start + 3
        if len(view) - position < _MESSAGE_HEADER_BYTES[chunk_type]:
            return None, start
        stream = self._streams.get(stream_id)
        if chunk_type == 3:
            if stream is None:
                raise ProtocolError("chunk_without_header", f"chunk stream {stream_id} begins with type 3")
            if stream.extended:
                # "This field is present in Type 3 chunks when the most recent Type 0, 1, or 2 chunk ... indicated the
                # presence of an extended timestamp field" (5.3.1.3), but some senders leave it out: the value tells.
                field = bytes(view[position : position + 4])
                if field == stream.extended:
                    position += 4
                elif stream.extended.startswith(field):
                    return None, start
            if not stream.open:
                stream.timestamp = (stream.timestamp + stream.delta) & TIMESTAMP_MASK
                self._begin(stream)
        else:
            if chunk_type == 2:
                high, low = _TIME.unpack_from(view, position)
            else:
                high, low, length_high, length_low, type_id = _TIME_LENGTH_TYPE.unpack_from(view, position)
            time = high << 16 | low
            fields = position
            position += _MESSAGE_HEADER_BYTES[chunk_type]
            extended = b""
            if time == EXTENDED:
                extended = bytes(view[position : position + 4])
                if len(extended) < 4:
                    return None, start
                time = int.from_bytes(extended, "big")
                position += 4
            if stream is None:
                stream = self._open(stream_id, chunk_type)
            if stream.open:
                raise ProtocolError(
                    "chunk_out_of_order", f"type {chunk_type} inside a message on chunk stream {stream_id}"
                )
            stream.extended = extended
            # After a type 0 chunk, a type 3 chunk repeats the absolute time as its delta (5.3.1.2.4), as FFmpeg does.
            stream.delta = time
            stream.timestamp = time if chunk_type == 0 else (stream.timestamp + time) & TIMESTAMP_MASK
            if chunk_type < 2:
                stream.length = length_high << 16 | length_low
                stream.type_id = type_id
            if chunk_type == 0:
                stream.stream_id = int.from_bytes(view[fields + 7 : fields + 11], "little")
            self._begin(stream)
        self._current = stream
        self._chunk_left = min(self._chunk_size, stream.missing)
        return stream, position

    def _read_body(self, stream: _ChunkStream, view: memoryview, position: int) -> int:
        """Take what is there of the current chunk, and of the chunks after it that continue its message."""
        taken = len(view) - position
        if taken > self._chunk_left:
            taken = self._chunk_left
        stream.body += view[position : position + taken]
        position += taken
        stream.missing -= taken
        self._chunk_left -= taken
        if self._chunk_left or not stream.missing or stream.extended or stream.id > _LONGEST_SHORT_ID:
            return position
        size = self._chunk_size
        step = size + 1
        chunks = (stream.missing + size - 1) // size
        if stream.missing + chunks > len(view) - position:
            chunks = (len(view) - position) // step
        headers = bytes(view[position : position + chunks * step : step])
        run = chunks - len(headers.lstrip(bytes((0xC0 | stream.id,))))
        if run:
            end = position + min(run * step, stream.missing + run)
            bodies = bytearray(view[position:end])
            del bodies[::step]
            stream.body += bodies
            stream.missing -= len(bodies)
            position = end
        return position

    def _open(self, stream_id: int, chunk_type: int) -> _ChunkStream:
        # Type 1 is let through on a fresh chunk stream, as librtmp sends its first ping answer: times count from 0.
        if chunk_type == 2:
            raise ProtocolError("chunk_without_header", f"chunk stream {stream_id} begins with type 2")
        if len(self._streams) == self._limits.max_chunk_streams:
            raise ProtocolError("too_many_chunk_streams", f"more than {self._limits.max_chunk_streams}")
        stream = self._streams[stream_id] = _ChunkStream(stream_id)
        return stream

    def _begin(self, stream: _ChunkStream) -> None:
        if stream.length > self._max_message_bytes:
            raise ProtocolError("message_too_large", f"{stream.length} bytes, at most {self._max_message_bytes}")
        self._declared += stream.length
        if self._declared > self._max_partial_bytes:
            raise ProtocolError("too_much_under_way", f"{self._declared} bytes in unfinished messages")
        stream.missing = stream.length
        stream.open = True

    def _finish(self, stream: _ChunkStream) -> None:
        self._declared -= stream.length
        stream.missing = 0
        stream.open = False
        stream.body = bytearray()

    def _set_chunk_size(self, size: int) -> None:
        # "the most significant bit ... MUST be zero"; "The valid sizes are 1 to 2147483647" (5.4.1).
        if not 1 <= size <= 0x7FFFFFFF:
            raise ProtocolError("bad_chunk_size", f"{size}")
        self._chunk_size = min(size, MAX_CHUNK_SIZE)

    def _abort(self, stream_id: int) -> None:
        stream = self._streams.get(stream_id)
        if stream is not None and stream.open:
            self._finish(stream)


class ChunkWriter:
    """Turns messages into chunks. What a server tells a publisher is little, so every message has a full header."""

    def __init__(self) -> None:
        self.chunk_size = DEFAULT_CHUNK_SIZE

    def write(self, chunk_stream_id: int, type_id: int, stream_id: int, payload: bytes) -> bytes:
        """The message at time 0; `chunk_stream_id` is 2 to 63."""
        out = bytearray((chunk_stream_id,))
        out += bytes(3)
        out += len(payload).to_bytes(3, "big")
        out.append(type_id)
        out += stream_id.to_bytes(4, "little")
        size = self.chunk_size
        out += payload[:size]
        for start in range(size, len(payload), size):
            out.append(0xC0 | chunk_stream_id)
            out += payload[start : start + size]
        return bytes(out)
