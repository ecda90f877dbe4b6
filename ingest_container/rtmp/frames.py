"""The two media events of a session. A hundred of each come every second for every live stream, so they are plain
classes: a frozen dataclass takes five times as long to create.

Compiled where there is a compiler; `frames.pxd` holds its C types then.
"""


class VideoMessage:
    """One video message, or one track of it. `payload` is an FLV tag body; the codec's data begins at `data_offset`."""

    __slots__ = (
        "codec",
        "composition_time",
        "data_offset",
        "is_sequence_header",
        "keyframe",
        "nanoseconds",
        "payload",
        "timestamp",
        "track",
    )

    def __init__(
        self,
        timestamp: int,
        payload: bytes,
        codec: str,
        keyframe: bool,
        is_sequence_header: bool,
        data_offset: int,
        composition_time: int,
        track: int,
        nanoseconds: int = 0,
    ) -> None:
        self.timestamp = timestamp  # decoding time, ms, unwrapped past 2**32
        self.payload = payload
        self.codec = codec  # "h264", "hevc", "av1", "vp9", ...
        self.keyframe = keyframe  # a coded frame from which decoding can begin; false for sequence headers
        self.is_sequence_header = is_sequence_header
        self.data_offset = data_offset
        self.composition_time = composition_time  # presentation time minus decoding time, ms
        self.track = track  # 0 unless Enhanced RTMP's multitrack
        self.nanoseconds = nanoseconds  # to be added to the timestamp, below one millisecond

    def _values(self) -> tuple[object, ...]:
        return (
            self.timestamp,
            self.payload,
            self.codec,
            self.keyframe,
            self.is_sequence_header,
            self.data_offset,
            self.composition_time,
            self.track,
            self.nanoseconds,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VideoMessage) and self._values() == other._values()

    def __repr__(self) -> str:
        return f"VideoMessage({self.timestamp}, {len(self.payload)} bytes, {self._values()[2:]})"


class AudioMessage:
    """One audio message, or one track of it. `payload` is an FLV tag body; the codec's data begins at `data_offset`."""

    __slots__ = ("codec", "data_offset", "is_sequence_header", "nanoseconds", "payload", "timestamp", "track")

    def __init__(
        self,
        timestamp: int,
        payload: bytes,
        codec: str,
        is_sequence_header: bool,
        data_offset: int,
        track: int,
        nanoseconds: int = 0,
    ) -> None:
        self.timestamp = timestamp  # ms, unwrapped past 2**32
        self.payload = payload
        self.codec = codec  # "aac", "opus", "mp3", ...
        self.is_sequence_header = is_sequence_header
        self.data_offset = data_offset
        self.track = track
        self.nanoseconds = nanoseconds

    def _values(self) -> tuple[object, ...]:
        return (
            self.timestamp,
            self.payload,
            self.codec,
            self.is_sequence_header,
            self.data_offset,
            self.track,
            self.nanoseconds,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AudioMessage) and self._values() == other._values()

    def __repr__(self) -> str:
        return f"AudioMessage({self.timestamp}, {len(self.payload)} bytes, {self._values()[2:]})"
