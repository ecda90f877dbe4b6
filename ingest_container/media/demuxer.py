"""RTMP's media events as samples of known tracks, handed to a `Segmenter`.

An encoder says what it sends piece by piece: metadata, sequence headers, and for MP3 nothing but the frames themselves.
So frames are held until picture and sound are both known, or until it is clear that one of them does not come:

    connected -> probing -- both known, or PROBE_MS over, or the metadata names one only --> streaming
                    ^---------------------------- connected (a new connection) ----------------------'

A header that changes while streaming makes a new init segment. Of several tracks the first of each kind is taken.
"""

from collections.abc import Iterable, Sequence

from ingest_container import rtmp
from ingest_container.rtmp.frames import AudioMessage, VideoMessage

from .fmp4 import AudioTrack, VideoTrack
from .outputs import Output, PackagingStopped
from .samples import StreamClock
from .segmenter import Segmenter

PROBE_MS = 1_000  # from the first frame; a track that comes later makes a discontinuity
MAX_HELD_FRAMES = 1_000
MAX_HELD_BYTES = 8 * 1024 * 1024

VIDEO_CODECS = frozenset({"h264", "hevc", "av1"})
AUDIO_CODECS = frozenset({"aac", "opus", "mp3"})
_AUDIO_WITH_HEADER = frozenset({"aac", "opus"})
_MOST_SKIPPED = 16  # bytes before a frame's own that are kept with them; larger headers are rare
_TEMPORAL_DELIMITER = b"\x12\x00"  # has no place in MP4 (AV1 in ISOBMFF, 2.4)
_MAX_SIDE = 16_384  # pixels

_Frame = VideoMessage | AudioMessage


class Demuxer:
    """One stream, across its connections. Raises PackagingStopped where the segmenter does, and for its own reasons."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._clock = StreamClock()
        self._began = False  # the segmenter has had a frame
        self._forget()

    def _forget(self) -> None:
        """Nothing is known of what a connection carries until it says so."""
        self._probing = True
        self._held: list[tuple[_Frame, int]] = []
        self._held_bytes = 0
        self._picture: rtmp.VideoConfig | None = None
        self._claims: dict[str, object] | None = None  # the metadata
        self._video: VideoTrack | None = None
        self._audio: AudioTrack | None = None
        self._sound: rtmp.AudioConfig | None = None

    def connected(self) -> None:
        """A connection carries the stream from now on: its clock and its tracks are found anew."""
        self._forget()
        self._clock.connected()

    def interrupted(self) -> Sequence[Output]:
        """The connection is gone; what is held back is written, so that viewers see all there is."""
        return (*self._stream(), *self._segmenter.flush())

    def feed(self, events: Iterable[rtmp.Event], elapsed: int, out: list[Output]) -> None:
        """Appends to `out`. `elapsed`: ms since the stream first went live, at the arrival of the events."""
        for event in events:
            if isinstance(event, (VideoMessage, AudioMessage)):
                if event.track == 0:
                    self._message(event, elapsed, out)
            elif isinstance(event, rtmp.VideoConfig):
                self._picture = event
            elif isinstance(event, rtmp.AudioConfig):
                self._sound = event
                if event.codec not in _AUDIO_WITH_HEADER:
                    out += self._heard(event, b"")
            elif isinstance(event, rtmp.Metadata):
                self._claims = dict(event.values)

    # --- tracks ------------------------------------------------------------------------------------------------

    def _message(self, message: _Frame, elapsed: int, out: list[Output]) -> None:
        if message.is_sequence_header:
            out += self._header(message)
        elif self._probing:
            out += self._hold(message, elapsed)
        else:
            self._sample(message, elapsed, out)

    def _header(self, message: _Frame) -> Sequence[Output]:
        record = message.payload[message.data_offset :]
        if isinstance(message, VideoMessage):
            return self._seen(message.codec, record)
        if self._sound is not None and self._sound.codec == message.codec:
            return self._heard(self._sound, record)
        return ()

    def _seen(self, codec: str, record: bytes) -> Sequence[Output]:
        if codec not in VIDEO_CODECS:
            raise PackagingStopped("video_codec_not_supported")
        found = self._picture if self._picture is not None and self._picture.codec == codec else None
        width = (found.width if found else None) or self._claimed("width")
        height = (found.height if found else None) or self._claimed("height")
        if not (width and height):
            raise PackagingStopped("picture_size_not_known")
        self._video = VideoTrack(codec, record, width, height)
        return self._configure()

    def _heard(self, sound: rtmp.AudioConfig, record: bytes) -> Sequence[Output]:
        if sound.codec not in AUDIO_CODECS or sound.sample_rate <= 0:
            return ()  # the picture is packaged without it
        # Opus is decoded at 48 kHz whatever was recorded (RFC 7845, section 4).
        rate = 48_000 if sound.codec == "opus" else sound.sample_rate
        self._audio = AudioTrack(sound.codec, record, rate, sound.channels or 2)
        return self._configure()

    def _configure(self) -> Sequence[Output]:
        if not self._probing:
            return self._segmenter.configure(self._video, self._audio)
        return self._stream() if self._video is not None and self._audio is not None else ()

    def _claimed(self, name: str) -> int:
        value = (self._claims or {}).get(name)
        return int(value) if isinstance(value, float) and 1 <= value <= _MAX_SIDE else 0

    # --- probing -----------------------------------------------------------------------------------------------

    def _hold(self, message: _Frame, elapsed: int) -> Sequence[Output]:
        self._held.append((message, elapsed))
        self._held_bytes += len(message.payload)
        full = len(self._held) > MAX_HELD_FRAMES or self._held_bytes > MAX_HELD_BYTES
        ends = full or elapsed - self._held[0][1] >= PROBE_MS or self._is_alone()
        return self._stream() if ends else ()

    def _is_alone(self) -> bool:
        """The metadata names one track only, and that one is known."""
        if self._claims is None:
            return False
        if self._video is not None:
            return "videocodecid" in self._claims and "audiocodecid" not in self._claims
        return self._audio is not None and "audiocodecid" in self._claims and "videocodecid" not in self._claims

    def _stream(self) -> Sequence[Output]:
        """Begin with what is known; frames that came before a header of theirs are lost."""
        if not self._probing:
            return ()
        held, self._held, self._held_bytes = self._held, [], 0
        if self._video is None and self._audio is None:
            return ()
        self._probing = False
        out = [*self._segmenter.configure(self._video, self._audio)]
        for message, elapsed in held:
            self._sample(message, elapsed, out)
        return out

    # --- samples -----------------------------------------------------------------------------------------------

    def _sample(self, message: _Frame, elapsed: int, out: list[Output]) -> None:
        if isinstance(message, VideoMessage):
            self._picture_sample(message, elapsed, out)
        else:
            self._sound_sample(message, elapsed, out)

    def _follow(self, timestamp: int, elapsed: int, out: list[Output]) -> None:
        """Of any message, whatever becomes of it."""
        if self._clock.follow(timestamp, elapsed) and self._began:
            out += self._segmenter.restart()
        self._began = True

    def _picture_sample(self, message: VideoMessage, elapsed: int, out: list[Output]) -> None:
        self._follow(message.timestamp, elapsed, out)
        payload, skip = message.payload, message.data_offset
        if self._video is None or message.codec != self._video.codec or len(payload) <= skip:
            return
        if skip > _MOST_SKIPPED:
            payload, skip = payload[skip:], 0
        if message.codec == "av1" and payload.startswith(_TEMPORAL_DELIMITER, skip):
            skip += len(_TEMPORAL_DELIMITER)
        made = self._segmenter.video(self._clock.now, message.composition_time, message.keyframe, payload, skip)
        if made:
            out += made

    def _sound_sample(self, message: AudioMessage, elapsed: int, out: list[Output]) -> None:
        self._follow(message.timestamp, elapsed, out)
        payload, skip = message.payload, message.data_offset
        if self._audio is None or message.codec != self._audio.codec or len(payload) <= skip:
            return
        if skip > _MOST_SKIPPED:
            payload, skip = payload[skip:], 0
        made = self._segmenter.audio(self._clock.now, payload, skip)
        if made:
            out += made
