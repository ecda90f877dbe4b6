"""What came of one published stream, counted. The hot path: plain frames end here.

Nearly every frame begins with the very bytes that the one before began with: the same codec, the same kind of packet.
Such a frame says nothing new but its times. `ChunkReader` asks about each message when its first bytes are there
(`is_plain`) and has it counted. Where nobody wants the frames themselves, it reads over it and keeps nothing of it;
else the frame is an event at once. Everything else goes on to `MediaReader`, which also tells what a plain frame looks
like from then on.

The module is plain Python and is compiled where there is a compiler; `counting.pxd` holds its C types then.
"""

from typing import Any

from .frames import AudioMessage, VideoMessage
from .messages import AUDIO, TIMESTAMP_MASK, VIDEO

# Own names: plain C numbers where this is compiled.
_AUDIO, _VIDEO, _MASK, _HALF_WRAP = AUDIO, VIDEO, TIMESTAMP_MASK, 0x80000000
_COMPOSITION_BYTES, _SIGN = 3, 0x800000  # of a signed number of 24 bits
_UNKNOWN = _SIGN  # a composition time that no frame has
_LONGEST_REORDERING = 2_000  # ms that a B-frame is shown before a frame that came earlier


def _signed(number: int) -> int:
    """Of 24 bits (FLV 10.1, E.4.3.1: SI24)."""
    return number - 2 * _SIGN if number & _SIGN else number


class MediaCounter:
    """It grows in place: who looks at it now and then sees what is new."""

    __slots__ = (
        "_audio_codec",
        "_audio_head",
        "_began",
        "_clock",
        "_composition",
        "_has_composition",
        "_open",
        "_refused",
        "_shown",
        "_video_codec",
        "_video_head",
        "_video_offset",
        "audio_bytes",
        "audio_codec",
        "audio_timestamp",
        "b_frames",
        "events",
        "frames",
        "keeps_frames",
        "key_frame_timestamp",
        "key_frames",
        "media",
        "open_gops",
        "timestamp",
        "video_bytes",
        "video_codec",
    )

    def __init__(self, refused: set[int] | None = None, *, keeps_frames: bool = False) -> None:
        """`refused`: message streams whose media do not count; the caller may change the set.

        `keeps_frames`: plain frames are appended to `events`, which is set before each read.
        """
        self._refused: set[int] = set() if refused is None else refused
        self.keeps_frames = keeps_frames
        self.events: list[Any] = []  # of the read under way
        self._open = True
        self._video_head = b""  # how a plain frame begins; empty while that is not known
        self._audio_head = b""
        self._video_codec = self._audio_codec = ""  # of such a frame
        self._video_offset = 0  # of the codec's data in it
        self._has_composition = False  # between the two there is a composition time
        self._composition = 0  # of the frame under way, ms, where frames are not kept
        self._clock = 0  # the last timestamp, unwrapped
        self._began = False  # there was a last timestamp
        self._shown = 0  # the latest presentation time so far, ms
        self.video_bytes = 0  # payload of all video messages, of every track
        self.audio_bytes = 0
        self.media = 0  # audio and video messages, without sequence headers
        self.frames = 0  # the video among them
        self.timestamp = 0  # of the last video message, ms, unwrapped past 2**32
        self.audio_timestamp = 0  # of the last audio message
        self.key_frames = 0
        self.key_frame_timestamp = 0  # of the last of them
        self.b_frames = 0  # shown before a frame that came earlier
        self.open_gops = 0  # key frames that do not refresh the decoder
        self.video_codec: str | None = None
        self.audio_codec: str | None = None

    # --- plain frames ------------------------------------------------------------------------------------------

    def is_plain(self, type_id: int, stream_id: int, buffer: bytearray, start: int, end: int) -> bool:
        """Whether the message whose body begins at `buffer[start:end]` is a frame like the one before it."""
        if type_id == _VIDEO:
            head = self._video_head
        elif type_id == _AUDIO:
            head = self._audio_head
        else:
            return False
        if self._refused and stream_id in self._refused:
            return False
        length = len(head)
        if length == 0 or end - start < length:
            return False
        for place in range(length):
            if buffer[start + place] != head[place]:
                return False
        if type_id == _VIDEO and self._has_composition and not self.keeps_frames:
            data = start + self._video_offset
            self._composition = _UNKNOWN
            if data <= end:
                self._composition = _signed(buffer[data - 3] << 16 | buffer[data - 2] << 8 | buffer[data - 1])
        return True

    def count_plain(self, type_id: int, size: int, timestamp: int, payload: bytes) -> None:
        """A message that `is_plain`, now whole. `timestamp` is the wire's. `payload` is empty where none is kept."""
        if not self._open:
            return
        if self.keeps_frames and type_id == _VIDEO and size < self._video_offset:
            return  # cut short
        clock = self.unwrap(timestamp)
        self.media += 1
        if type_id == _VIDEO:
            self.video_bytes += size
            self.frames += 1
            self.timestamp = clock
            self.video_codec = self._video_codec
            if self.keeps_frames:
                offset = self._video_offset
                composition = 0
                if self._has_composition:
                    composition = _signed(payload[offset - 3] << 16 | payload[offset - 2] << 8 | payload[offset - 1])
                self._note_order(clock + composition)
                self.events.append(
                    VideoMessage(clock, payload, self._video_codec, False, False, offset, composition, 0, 0)
                )
            elif self._composition != _UNKNOWN:
                self._note_order(clock + self._composition)
        else:
            self.audio_bytes += size
            self.audio_timestamp = clock
            self.audio_codec = self._audio_codec
            if self.keeps_frames:
                self.events.append(AudioMessage(clock, payload, self._audio_codec, False, len(self._audio_head), 0, 0))

    def expect_video(self, head: bytes, codec: str, offset: int) -> None:
        """From now on frames that begin so are plain. `offset`: of its data, maybe behind a composition time."""
        self._video_head, self._video_codec, self._video_offset = head, codec, offset
        self._has_composition = offset - len(head) == _COMPOSITION_BYTES
        self._composition = 0

    def expect_audio(self, head: bytes, codec: str) -> None:
        """As `expect_video`; the codec's data follows at once."""
        self._audio_head, self._audio_codec = head, codec

    # --- messages that were read -------------------------------------------------------------------------------

    def count_video(
        self,
        size: int,
        timestamp: int,
        codec: str,
        *,
        is_frame: bool,
        is_key: bool = False,
        is_open: bool = False,
        composition: int = 0,
    ) -> None:
        """`timestamp` is unwrapped; `is_frame` is false for sequence headers, `is_key` true for key frames.

        `is_open`: the key frame does not refresh the decoder. `composition` in ms, as `VideoMessage` has it.
        """
        self.video_bytes += size
        self.timestamp = timestamp
        self.video_codec = codec
        if is_frame:
            self.media += 1
            self.frames += 1
            self._note_order(timestamp + composition)
        if is_frame and is_key:
            self.key_frames += 1
            self.key_frame_timestamp = timestamp
            self.open_gops += is_open

    def count_audio(self, size: int, timestamp: int, codec: str, *, is_frame: bool) -> None:
        """As `count_video`."""
        self.audio_bytes += size
        self.audio_timestamp = timestamp
        self.audio_codec = codec
        if is_frame:
            self.media += 1

    def count_other_track(self, type_id: int, size: int) -> None:
        """Of another track than the first: it uses the line, and no more is said of it."""
        if type_id == _VIDEO:
            self.video_bytes += size
        else:
            self.audio_bytes += size

    # --- both --------------------------------------------------------------------------------------------------

    def _note_order(self, shown: int) -> None:
        """A frame with this presentation time came. Where the clock was set back, counting begins anew."""
        if self._shown - _LONGEST_REORDERING < shown < self._shown:
            self.b_frames += 1
        else:
            self._shown = shown

    @property
    def total_bytes(self) -> int:
        """Payload of all audio and video messages."""
        return self.video_bytes + self.audio_bytes

    def unwrap(self, timestamp: int) -> int:
        """Continue past 2**32 ms (49.7 days): of all times that look so on the wire, the one nearest to the last."""
        if self._began:
            timestamp = self._clock + ((timestamp - self._clock + _HALF_WRAP) & _MASK) - _HALF_WRAP
        self._began = True
        self._clock = timestamp
        return timestamp

    def stop(self) -> None:
        """The stream has ended: a frame that is still under way does not count."""
        self._open = False
        self._video_head = self._audio_head = b""
