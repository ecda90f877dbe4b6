"""Audio, video and data messages of one published stream: counted, and turned into events."""

from collections.abc import Callable

from . import work
from .amf0 import decode
from .codecs.access_units import begins_open_gop
from .codecs.facts import Sound
from .codecs.readers import PICTURE_HEADERS, PICTURE_KEY_FRAMES, SOUND_FRAMES, SOUND_HEADERS
from .counting import MediaCounter
from .errors import AmfError, CodecError
from .events import AudioConfig, Event, Metadata, VideoConfig
from .frames import AudioMessage, VideoMessage
from .limits import MAX_TRACKS, Limits
from .messages import AUDIO, DATA_AMF3, VIDEO, Message
from .tags import (
    AUDIO_MULTITRACK,
    VIDEO_MULTITRACK,
    AudioTag,
    VideoTag,
    audio_frame_head,
    parse_audio,
    parse_video,
    split_tracks,
    video_frame_head,
)

# Of a sequence header or frame that is looked into. x265 adds 2 KB of its settings to the parameter sets.
_HEADER_BYTES = 64 * 1024


# Told of work before it is done; raises ProtocolError when there was too much.
Spend = Callable[[int], None]


def configures(message: Message, spend: Spend) -> bool:
    """Whether the message is one that encoders send once: a sequence header or metadata."""
    if message.type_id == VIDEO:
        tracks = split_tracks(message.payload, VIDEO_MULTITRACK, MAX_TRACKS)
        spend(len(tracks) * work.TRACK)
        return any(tag is not None and tag.is_sequence_header for tag in map(parse_video, tracks))
    if message.type_id == AUDIO:
        tracks = split_tracks(message.payload, AUDIO_MULTITRACK, MAX_TRACKS)
        spend(len(tracks) * work.TRACK)
        return any(tag is not None and tag.is_sequence_header for tag in map(parse_audio, tracks))
    return True


class MediaReader:
    """What it cannot read never ends a stream: it only goes unreported."""

    def __init__(self, limits: Limits, counter: MediaCounter, spend: Spend, *, frames: bool) -> None:
        """`frames`: whether the audio and video messages themselves are events, or only counted."""
        self._limits = limits
        self._counter = counter
        self._spend = spend
        self._frames = frames
        self._picture: VideoConfig | None = None  # what key frames said last
        self._sound: AudioConfig | None = None  # what frames and headers said last
        # The codec that was read, and the rate and channels of its tag; None until a frame could be read.
        self._sound_read: tuple[str, int | None, int | None] | None = None

    def read(self, message: Message, events: list[Event]) -> None:
        """Append what the message says. Zero-length messages are legal and say nothing."""
        if message.type_id == VIDEO:
            self._read_video(message, events)
        elif message.type_id == AUDIO:
            self._read_audio(message, events)
        else:
            self._read_data(message, events)

    def _read_video(self, message: Message, events: list[Event]) -> None:
        for payload in split_tracks(message.payload, VIDEO_MULTITRACK, self._limits.max_tracks):
            self._read_video_track(payload, message.timestamp, events)

    def _read_audio(self, message: Message, events: list[Event]) -> None:
        for payload in split_tracks(message.payload, AUDIO_MULTITRACK, self._limits.max_tracks):
            self._read_audio_track(payload, message.timestamp, events)

    def _read_video_track(self, payload: bytes, wire_time: int, events: list[Event]) -> None:
        self._spend(work.TRACK)
        tag = parse_video(payload)
        if tag is None:
            return
        timestamp = self._counter.unwrap(wire_time)
        if tag.track:
            self._counter.count_other_track(VIDEO, len(payload))
        else:
            self._describe_picture(tag, payload, events)
            self._counter.count_video(
                len(payload),
                timestamp,
                tag.codec,
                is_frame=not tag.is_sequence_header,
                is_key=tag.keyframe,
                is_open=tag.keyframe and begins_open_gop(tag.codec, payload, tag.data_offset),
                composition=tag.composition_time,
            )
        if head := video_frame_head(payload):
            self._counter.expect_video(head, tag.codec, tag.data_offset)
        if not self._frames:
            return
        events.append(
            VideoMessage(
                timestamp,
                payload,
                tag.codec,
                tag.keyframe,
                tag.is_sequence_header,
                tag.data_offset,
                tag.composition_time,
                tag.track,
                tag.nanoseconds,
            )
        )

    def _read_audio_track(self, payload: bytes, wire_time: int, events: list[Event]) -> None:
        self._spend(work.TRACK)
        tag = parse_audio(payload)
        if tag is None:
            return
        timestamp = self._counter.unwrap(wire_time)
        if tag.track:
            self._counter.count_other_track(AUDIO, len(payload))
        else:
            self._describe_sound(tag, payload, events)
            self._counter.count_audio(len(payload), timestamp, tag.codec, is_frame=not tag.is_sequence_header)
        if head := audio_frame_head(payload):
            self._counter.expect_audio(head, tag.codec)
        if not self._frames:
            return
        events.append(
            AudioMessage(
                timestamp,
                payload,
                tag.codec,
                tag.is_sequence_header,
                tag.data_offset,
                tag.track,
                tag.nanoseconds,
            )
        )

    def _describe_picture(self, tag: VideoTag, payload: bytes, events: list[Event]) -> None:
        """Reads a sequence header, or a key frame if the codec describes the picture there.

        A key frame is reported only if it differs from the one before.

        One that cannot be parsed here may still be readable to a decoder: then the metadata's claims stand.
        """
        readers = PICTURE_HEADERS if tag.is_sequence_header else PICTURE_KEY_FRAMES if tag.keyframe else {}
        read = readers.get(tag.codec)
        if read is None:
            return
        self._charge_description(payload, is_header=tag.is_sequence_header)
        try:
            found = read(payload[tag.data_offset : tag.data_offset + _HEADER_BYTES])
        except CodecError:
            return
        event = VideoConfig(
            tag.codec, found.width, found.height, found.profile, found.level, found.fps, found.interlaced
        )
        if tag.is_sequence_header or event != self._picture:
            self._picture = None if tag.is_sequence_header else event
            events.append(event)

    def _describe_sound(self, tag: AudioTag, payload: bytes, events: list[Event]) -> None:
        """As `_describe_picture`; a codec without a sequence header is looked at until one frame was read.

        What the tag's own byte says stands in for a frame that says nothing of itself.
        """
        said: tuple[str, int | None, int | None] | None = (tag.codec, tag.sample_rate, tag.channels)
        if not tag.is_sequence_header and self._sound_read == said:
            return
        read = (SOUND_HEADERS if tag.is_sequence_header else SOUND_FRAMES).get(tag.codec)
        found = None if tag.sample_rate is None else Sound(tag.sample_rate, tag.channels)
        self._charge_description(payload, is_header=tag.is_sequence_header)
        if read is not None:
            try:
                found = read(payload[tag.data_offset : tag.data_offset + _HEADER_BYTES])
            except CodecError:
                said = None
        if found is None:
            return
        self._sound_read = said
        event = AudioConfig(tag.codec, found.sample_rate, found.channels)
        if tag.is_sequence_header or event != self._sound:
            self._sound = event
            events.append(event)

    def _charge_description(self, payload: bytes, *, is_header: bool) -> None:
        """Sequence headers are rare; key frames may be all there is, and are looked into a little only."""
        self._spend(
            work.BYTE_OF_CONFIGURATION * min(len(payload), work.MOST_OF_CONFIGURATION) if is_header else work.KEY_FRAME
        )

    def _read_data(self, message: Message, events: list[Event]) -> None:
        """[@setDataFrame,] onMetaData, values."""
        payload = message.payload
        if len(payload) > self._limits.max_metadata_bytes:
            return
        self._spend(work.of_values(len(payload), self._limits))
        try:
            values = decode(payload[1:] if message.type_id == DATA_AMF3 else payload, self._limits)
        except AmfError:
            return
        if values and values[0] == "@setDataFrame":
            del values[0]
        if len(values) >= 2 and values[0] == "onMetaData" and isinstance(values[1], dict):
            events.append(Metadata(values[1]))
