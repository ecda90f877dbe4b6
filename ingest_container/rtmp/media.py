"""Audio, video and data messages of one published stream: counted, and turned into events."""

from .amf0 import decode
from .codecs.aac import parse_audio_specific_config
from .codecs.avc import parse_decoder_configuration
from .counting import MediaCounter
from .errors import AmfError, CodecError
from .events import AudioConfig, AudioMessage, Event, Metadata, VideoConfig, VideoMessage
from .limits import Limits
from .messages import AUDIO, DATA_AMF3, VIDEO, Message
from .tags import audio_frame_head, parse_audio, parse_video, video_frame_head


def configures(message: Message) -> bool:
    """Whether the message is one that encoders send once: a sequence header or metadata."""
    if message.type_id == VIDEO:
        video = parse_video(message.payload)
        return video is not None and video.is_sequence_header
    if message.type_id == AUDIO:
        audio = parse_audio(message.payload)
        return audio is not None and audio.is_sequence_header
    return True


class MediaReader:
    """What it cannot read never ends a stream: it only goes unreported."""

    def __init__(self, limits: Limits, counter: MediaCounter, *, frames: bool) -> None:
        """`frames`: whether the audio and video messages themselves are events, or only counted."""
        self._limits = limits
        self._counter = counter
        self._frames = frames

    def read(self, message: Message, events: list[Event]) -> None:
        """Append what the message says. Zero-length messages are legal and say nothing."""
        if message.type_id == VIDEO:
            self._read_video(message, events)
        elif message.type_id == AUDIO:
            self._read_audio(message, events)
        else:
            self._read_data(message, events)

    def _read_video(self, message: Message, events: list[Event]) -> None:
        payload = message.payload
        tag = parse_video(payload)
        if tag is None:
            return
        if tag.is_sequence_header and tag.codec == "h264" and tag.track == 0:
            try:
                sps = parse_decoder_configuration(payload[tag.data_offset :])
            except CodecError:
                pass  # unreadable here, perhaps not to a decoder: the metadata's size stands
            else:
                events.append(VideoConfig(tag.codec, sps.width, sps.height, sps.profile, sps.level, sps.fps))
        timestamp = self._counter.unwrap(message.timestamp)
        self._counter.count_video(len(payload), timestamp, tag.codec, is_frame=not tag.is_sequence_header)
        if not self._frames:
            if head := video_frame_head(payload):
                self._counter.expect_video(head)
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
            )
        )

    def _read_audio(self, message: Message, events: list[Event]) -> None:
        payload = message.payload
        tag = parse_audio(payload)
        if tag is None:
            return
        if tag.is_sequence_header and tag.codec == "aac" and tag.track == 0:
            try:
                config = parse_audio_specific_config(payload[tag.data_offset :])
            except CodecError:
                pass
            else:
                events.append(AudioConfig(tag.codec, config.sample_rate, config.channels))
        timestamp = self._counter.unwrap(message.timestamp)
        self._counter.count_audio(len(payload), tag.codec, is_frame=not tag.is_sequence_header)
        if not self._frames:
            if head := audio_frame_head(payload):
                self._counter.expect_audio(head)
            return
        events.append(
            AudioMessage(
                timestamp,
                payload,
                tag.codec,
                tag.is_sequence_header,
                tag.data_offset,
                tag.track,
            )
        )

    def _read_data(self, message: Message, events: list[Event]) -> None:
        """[@setDataFrame,] onMetaData, values."""
        payload = message.payload
        if len(payload) > self._limits.max_metadata_bytes:
            return
        try:
            values = decode(payload[1:] if message.type_id == DATA_AMF3 else payload, self._limits)
        except AmfError:
            return
        if values and values[0] == "@setDataFrame":
            del values[0]
        if len(values) >= 2 and values[0] == "onMetaData" and isinstance(values[1], dict):
            events.append(Metadata(values[1]))
