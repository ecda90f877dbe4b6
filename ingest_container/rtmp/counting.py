"""What came of one published stream, counted. The hot path: plain frames end here and are never looked at again.

Nearly every frame begins with the very bytes that the one before began with: the same codec, the same kind of packet.
Such a frame adds to the counts and says nothing new. Everything else goes on to `MediaReader`, which also tells what a
plain frame looks like from then on.

The module is plain Python and is compiled where there is a compiler; `counting.pxd` holds its C types then.
"""

from .chunks import ChunkReader
from .messages import AUDIO, TIMESTAMP_MASK, VIDEO, Message

_HALF_WRAP = 0x80000000
_LONGEST_HEADER = 8  # bytes; a shorter message is never taken for a plain frame


class MediaCounter:
    """It grows in place: who looks at it now and then sees what is new."""

    __slots__ = (
        "_audio_head",
        "_began",
        "_clock",
        "_stream_id",
        "_video_head",
        "audio_codec",
        "bytes",
        "frames",
        "media",
        "timestamp",
        "video_codec",
    )

    def __init__(self, stream_id: int = 0) -> None:
        """Counts media of message stream `stream_id`."""
        self._stream_id = stream_id
        self._video_head = b""  # how a plain frame begins; empty while that is not known
        self._audio_head = b""
        self._clock = 0  # the last timestamp, unwrapped
        self._began = False  # there was a last timestamp
        self.bytes = 0  # payload of all audio and video messages
        self.media = 0  # audio and video messages, without sequence headers
        self.frames = 0  # the video among them
        self.timestamp = 0  # of the last video message, ms, unwrapped past 2**32
        self.video_codec: str | None = None
        self.audio_codec: str | None = None

    def next_message(self, reader: ChunkReader) -> Message | None:
        """Count plain frames up to the next message that is none, and give that; None when the bytes are used up."""
        while True:
            message = reader.next_message()
            if message is None or message.stream_id != self._stream_id:
                return message
            payload = message.payload
            size = len(payload)
            if size < _LONGEST_HEADER:
                return message
            kind = message.type_id
            if kind == VIDEO and self._video_head and payload.startswith(self._video_head):
                self.frames += 1
                self.timestamp = self.unwrap(message.timestamp)
            elif kind == AUDIO and self._audio_head and payload.startswith(self._audio_head):
                self.unwrap(message.timestamp)
            else:
                return message
            self.bytes += size
            self.media += 1

    def count_video(self, payload: bytes, timestamp: int, codec: str, *, is_frame: bool) -> None:
        """A video message that was read; `timestamp` is unwrapped."""
        self.bytes += len(payload)
        self.timestamp = timestamp
        self.video_codec = codec
        if is_frame:
            self.media += 1
            self.frames += 1

    def count_audio(self, payload: bytes, codec: str, *, is_frame: bool) -> None:
        """An audio message that was read."""
        self.bytes += len(payload)
        self.audio_codec = codec
        if is_frame:
            self.media += 1

    def expect(self, *, video_head: bytes | None = None, audio_head: bytes | None = None) -> None:
        """From now on frames that begin so are plain; an empty head means that none are."""
        if video_head is not None:
            self._video_head = video_head
        if audio_head is not None:
            self._audio_head = audio_head

    def unwrap(self, timestamp: int) -> int:
        """Continue past 2**32 ms (49.7 days): of all times that look so on the wire, the one nearest to the last."""
        if self._began:
            timestamp = self._clock + ((timestamp - self._clock + _HALF_WRAP) & TIMESTAMP_MASK) - _HALF_WRAP
        self._began = True
        self._clock = timestamp
        return timestamp
