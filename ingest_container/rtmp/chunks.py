"""The chunk stream (RTMP 1.0, 5.3): messages cut into chunks, interleaved on one connection.

Theory of operation
-------------------
`ChunkReader` walks over the caller's own buffer; body bytes are taken as they come, so only a header cut off by the end
of a read is kept (at most 18 bytes). At the start of a chunk the next chunks nearly always continue the same message:
in the usual form each is one header byte followed by `chunk_size` bytes. As far as these bytes are the continuation
byte, the run is taken in one go, without its headers (`bodies_of_run`). Anything else (an interleaved message, long
chunk stream ids, extended timestamps) stops the run and is read chunk by chunk. No message is waited for: whatever is
interleaved is delivered as soon as it is whole.

Set Chunk Size and Abort change how the very next bytes are read, so they are obeyed here and not passed on.
The module is plain Python and is compiled where there is a compiler; `chunks.pxd` holds its C types then.
"""

from .chunk_stream import ChunkStream, bodies_of_run
from .counting import MediaCounter
from .errors import ProtocolError
from .limits import DEFAULT_CHUNK_SIZE, MAX_CHUNK_SIZE, Limits
from .messages import ABORT, SET_CHUNK_SIZE, TIMESTAMP_MASK, Message, control_value
from .work import FRAME, MESSAGE

EXTENDED = 0xFFFFFF  # in the 24-bit time field: the real value follows in 32 bits (5.3.1.3)

# Own names: plain C numbers where this is compiled.
_EXTENDED, _MASK, _MESSAGE_WORK, _FRAME_WORK = EXTENDED, TIMESTAMP_MASK, MESSAGE, FRAME
_LONGEST_SHORT_ID = 63  # above it, the basic header takes 2 or 3 bytes (5.3.1.1)

_NOTHING = bytearray()
_NO_VIEW = memoryview(_NOTHING)


class ChunkReader:
    """Turns bytes into messages, in the order in which they become whole."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._streams: dict[int, ChunkStream] = {}
        self._chunk_size = DEFAULT_CHUNK_SIZE
        self._current: ChunkStream | None = None  # the chunk stream whose chunk is being read
        self._chunk_left = 0  # bytes of that chunk still to come
        self._declared = 0  # sizes of all messages under way
        self._rest = b""  # a header cut off by the end of the last read
        self._buffer = _NOTHING  # what is being read: from `_position` to `_end`
        self._view = _NO_VIEW  # the same
        self._position = self._end = 0
        self._counter: MediaCounter | None = None
        self._keeps_frames = False
        self._max_message_bytes = self._max_partial_bytes = limits.max_message_bytes_before_publish
        self.work_left = limits.max_work_before_publish
        self.held = 0  # bytes kept of messages that are not whole

    def allow_media(self, counter: MediaCounter | None = None) -> None:
        """From now on messages may be as large as media is: the peer is known. Plain frames go to `counter`."""
        self._counter = counter
        self._keeps_frames = counter is not None and counter.keeps_frames
        self._max_message_bytes = self._limits.max_message_bytes
        self._max_partial_bytes = self._limits.max_partial_bytes

    def spend(self, units: int) -> None:
        """Work was done, or is about to be. Raises ProtocolError when there was too much of it."""
        self.work_left -= units
        if self.work_left < 0:
            raise ProtocolError("too_many_messages", "more chunks and messages than encoders send")

    def feed(self, data: bytes | bytearray | memoryview, size: int = -1) -> None:
        """The first `size` bytes of `data` (all by default) to read from.

        A bytearray is read where it is, and must stay unchanged until `next_message` has returned None.
        """
        if size < 0:
            size = len(data)
        if self._rest or not isinstance(data, bytearray):
            self._buffer = bytearray(self._rest)
            self._buffer += memoryview(data)[:size]
            size += len(self._rest)
        else:
            self._buffer = data
        self._view = memoryview(self._buffer)
        self._position = 0
        self._end = size

    def next_message(self) -> Message | None:
        """The next message that is whole, or None when the bytes are used up.

        Raises ProtocolError where the bytes break the protocol; the reader is then of no further use.
        """
        while True:
            stream = self._current
            if stream is None:
                stream = self._read_header()
                if stream is None:
                    break
            payload = self._read_body(stream)
            if self._chunk_left:
                break
            self._current = None
            if stream.missing:
                continue
            self._finish(stream)
            if stream.plain and self._counter is not None:
                self.spend(_FRAME_WORK if self._keeps_frames else 0)
                self._counter.count_plain(stream.type_id, stream.length, stream.timestamp, payload)
                continue
            self.spend(_MESSAGE_WORK)
            message = Message(stream.type_id, stream.stream_id, stream.timestamp, payload)
            if message.type_id == SET_CHUNK_SIZE:
                self._set_chunk_size(control_value(message))
            elif message.type_id == ABORT:
                self._abort(control_value(message))
            else:
                return message
        self._rest = bytes(self._buffer[self._position : self._end])
        self._buffer = _NOTHING
        self._view = _NO_VIEW
        return None

    def discard(self) -> None:
        """Nothing is read any more: gives back what is held."""
        self._streams.clear()
        self._current = None
        self.held = 0

    def _read_header(self) -> ChunkStream | None:
        """Read one chunk header and make its stream current; None if the header is not all there yet."""
        buffer = self._buffer
        position = self._position
        end = self._end
        if position == end:
            return None
        self.work_left -= 1
        if self.work_left < 0:
            self.spend(0)
        first = buffer[position]
        chunk_type = first >> 6
        stream_id = first & 0x3F
        position += 1
        if stream_id == 0:
            if end - position < 1:
                return None
            stream_id = 64 + buffer[position]
            position += 1
        elif stream_id == 1:
            if end - position < 2:
                return None
            stream_id = 64 + buffer[position] + (buffer[position + 1] << 8)
            position += 2
        stream = self._streams.get(stream_id)
        if chunk_type == 3:
            if stream is None:
                raise ProtocolError("chunk_without_header", f"chunk stream {stream_id} begins with type 3")
            if stream.extended:
                # "This field is present in Type 3 chunks when the most recent Type 0, 1, or 2 chunk ... indicated the
                # presence of an extended timestamp field" (5.3.1.3), but some senders leave it out: the value tells.
                field = bytes(buffer[position : min(position + 4, end)])
                if field == stream.extended:
                    position += 4
                elif stream.extended.startswith(field):
                    return None
            if not stream.open:
                stream.timestamp = (stream.timestamp + stream.delta) & _MASK
                self._begin(stream)
        else:
            # Time (24 bits), then length (24) and type (8), then message stream (32, little-endian), by chunk type
            # (5.3.1.2).
            fields = position
            position += 3 if chunk_type == 2 else 7 if chunk_type == 1 else 11
            if position > end:
                return None
            time = buffer[fields] << 16 | buffer[fields + 1] << 8 | buffer[fields + 2]
            extended = b""
            if time == _EXTENDED:
                if end - position < 4:
                    return None
                extended = bytes(buffer[position : position + 4])
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
            stream.timestamp = time if chunk_type == 0 else (stream.timestamp + time) & _MASK
            if chunk_type < 2:
                stream.length = buffer[fields + 3] << 16 | buffer[fields + 4] << 8 | buffer[fields + 5]
                stream.type_id = buffer[fields + 6]
            if chunk_type == 0:
                stream.stream_id = int.from_bytes(buffer[fields + 7 : fields + 11], "little")
            self._begin(stream)
        self._current = stream
        self._chunk_left = min(self._chunk_size, stream.missing)
        self._position = position
        return stream

    def _read_body(self, stream: ChunkStream) -> bytes:
        """Take what is there of the current chunk, and of the chunks after it that continue its message.

        The message's body if it is whole now (nothing is missing) and wanted.
        """
        start = self._position
        available = self._end - start
        size = self._chunk_size
        left = self._chunk_left
        if stream.missing == stream.length:
            stream.plain = self._counter is not None and self._counter.is_plain(
                stream.type_id, stream.stream_id, self._buffer, start, start + min(available, left)
            )
        if (
            available < left
            or left < size
            or left == stream.missing
            or stream.extended
            or stream.id > _LONGEST_SHORT_ID
        ):
            taken = min(available, left)
            stream.missing -= taken
            self._chunk_left = left - taken
            self._position = start + taken
            if stream.plain and not self._keeps_frames:
                return b""
            piece = self._view[start : start + taken]
            if not stream.missing and not stream.body:
                return bytes(piece)
            stream.body += piece
            self.held += taken
        else:
            # A whole chunk, and more to come: how far does the run go on?
            step = size + 1
            taken = stream.missing + (stream.missing - 1) // size
            if taken > available:
                taken = (available + 1) // step * step - 1
            buffer = self._buffer
            mark = stream.mark
            run = 0
            header = start + size
            last = start + taken
            while header < last:
                if buffer[header] != mark:
                    taken = header - start
                    break
                run += 1
                header += step
            stream.missing -= taken - run
            self._chunk_left = 0
            self._position = start + taken
            if stream.plain and not self._keeps_frames:
                return b""
            bodies = bodies_of_run(buffer, self._view, start, start + taken, size)
            if not stream.missing and not stream.body:
                return bytes(bodies)
            stream.body += bodies
            self.held += len(bodies)
        return b"" if stream.missing else bytes(stream.body)

    def _open(self, stream_id: int, chunk_type: int) -> ChunkStream:
        # Type 1 is let through on a fresh chunk stream, as librtmp sends its first ping answer: times count from 0.
        if chunk_type == 2:
            raise ProtocolError("chunk_without_header", f"chunk stream {stream_id} begins with type 2")
        if len(self._streams) == self._limits.max_chunk_streams:
            raise ProtocolError("too_many_chunk_streams", f"more than {self._limits.max_chunk_streams}")
        stream = self._streams[stream_id] = ChunkStream(stream_id)
        return stream

    def _begin(self, stream: ChunkStream) -> None:
        if stream.length > self._max_message_bytes:
            raise ProtocolError("message_too_large", f"{stream.length} bytes, at most {self._max_message_bytes}")
        self._declared += stream.length
        if self._declared > self._max_partial_bytes:
            raise ProtocolError("too_much_under_way", f"{self._declared} bytes in unfinished messages")
        stream.missing = stream.length
        stream.open = True

    def _finish(self, stream: ChunkStream) -> None:
        self._declared -= stream.length
        stream.missing = 0
        stream.open = False
        if stream.body:
            self.held -= len(stream.body)
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
