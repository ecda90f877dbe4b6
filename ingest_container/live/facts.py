"""What is known of a stream's picture and sound. The codec's own headers win over what the encoder claims."""

import math
from dataclasses import dataclass, replace
from typing import TypeVar

from chalicelib.domain.measures import NOTHING_DECLARED, Declared, StreamFacts
from ingest_container import rtmp

MAX_ENCODER = 200  # characters of an encoder's name that are kept
MAX_READ = 1_000  # of which they are looked for
# Numbers outside these limits are ignored, whatever their source; DynamoDB would refuse the smallest floats.
MIN_SIDE, MAX_SIDE = 1, 16_384  # pixels
MIN_FPS, MAX_FPS = 0.01, 1_000
MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 1_000, 768_000  # Hz; some encoders claim kHz
MIN_CHANNELS, MAX_CHANNELS = 1, 64
MIN_KBPS, MAX_KBPS = 1, 100_000  # 0 is what encoders declare of a bitrate that they do not know
# How FFmpeg's muxer begins its name in the metadata. It declares bitrates in 1024 bit/s, others do in 1000 bit/s;
# GStreamer's divides by 1024 as well, but its x264enc has multiplied by it before.
IN_KIBIBITS = "Lavf"

N = TypeVar("N", int, float)
Config = TypeVar("Config", rtmp.VideoConfig, rtmp.AudioConfig)


@dataclass
class FactFinder:
    """Fed with a session's events; `facts` is what to tell."""

    claimed: rtmp.Metadata | None = None
    video: rtmp.VideoConfig | None = None
    audio: rtmp.AudioConfig | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    encoder: str | None = None
    _facts: StreamFacts | None = None

    def learn(self, event: rtmp.Event) -> None:
        if isinstance(event, rtmp.Metadata):
            self.claimed = event
        elif isinstance(event, rtmp.VideoConfig):
            self.video = _completed(event, self.video)
        elif isinstance(event, rtmp.AudioConfig):
            self.audio = event
        self._facts = None

    def heard(self, counter: rtmp.MediaCounter) -> None:
        """Whose codecs a stream's messages are. Called often, so what does not change must cost nothing."""
        video, audio = counter.video_codec, counter.audio_codec
        if (video is not None and video != self.video_codec) or (audio is not None and audio != self.audio_codec):
            self.video_codec = video or self.video_codec
            self.audio_codec = audio or self.audio_codec
            self._facts = None

    def introduced(self, flash_version: str) -> None:
        """The name an encoder gives itself in connect; all that is known of one that sends no metadata."""
        self.encoder = printable(flash_version)
        self._facts = None

    @property
    def facts(self) -> StreamFacts:
        """The same object for as long as nothing new is known."""
        if self._facts is None:
            self._facts = self._find()
        return self._facts

    def _find_declared(self) -> Declared:
        """What the metadata says, whatever the headers say."""
        muxer = self._claimed("encoder")
        unit = 1.024 if isinstance(muxer, str) and muxer.startswith(IN_KIBIBITS) else 1.0
        return Declared(
            width=_within(_whole(self._claimed("width")), MIN_SIDE, MAX_SIDE),
            height=_within(_whole(self._claimed("height")), MIN_SIDE, MAX_SIDE),
            fps=_within(_number(self._claimed("framerate")), MIN_FPS, MAX_FPS),
            video_bitrate_kbps=self._claimed_kbps("videodatarate", unit),
            audio_bitrate_kbps=self._claimed_kbps("audiodatarate", unit),
        )

    def _find(self) -> StreamFacts:
        video, audio = _of_codec(self.video, self.video_codec), _of_codec(self.audio, self.audio_codec)
        declared = self._find_declared()
        return StreamFacts(
            width=_within((video.width if video else None) or declared.width, MIN_SIDE, MAX_SIDE),
            height=_within((video.height if video else None) or declared.height, MIN_SIDE, MAX_SIDE),
            fps=_within((video.fps if video else None) or declared.fps, MIN_FPS, MAX_FPS),
            video_codec=self.video_codec,
            video_profile=video.profile if video else None,
            video_level=video.level if video else None,
            interlaced=video.interlaced if video else None,
            audio_codec=self.audio_codec,
            audio_sample_rate=_within(
                (audio.sample_rate if audio else None) or _whole(self._claimed("audiosamplerate")),
                MIN_SAMPLE_RATE,
                MAX_SAMPLE_RATE,
            ),
            audio_channels=_within(
                (audio.channels if audio else None) or self._claimed_channels(), MIN_CHANNELS, MAX_CHANNELS
            ),
            encoder=printable(self._claimed("encoder")) or self.encoder,
            declared=declared if declared != NOTHING_DECLARED else None,
        )

    def _claimed(self, name: str) -> rtmp.AmfValue:
        return self.claimed.values.get(name) if self.claimed else None

    def _claimed_kbps(self, name: str, unit: float) -> float | None:
        number = _number(self._claimed(name))
        return None if number is None else _within(round(number * unit, 1), MIN_KBPS, MAX_KBPS)

    def _claimed_channels(self) -> int | None:
        """Not everybody counts them; `stereo` is false of one channel and, where ffmpeg says it, of six as well."""
        return _whole(self._claimed("audiochannels")) or (2 if self._claimed("stereo") is True else None)


def _completed(found: rtmp.VideoConfig, before: rtmp.VideoConfig | None) -> rtmp.VideoConfig:
    """With what the same codec said before: VP9's sequence header has the level, its key frames the size."""
    if before is None or before.codec != found.codec:
        return found
    return replace(
        found,
        width=found.width or before.width,
        height=found.height or before.height,
        level=found.level or before.level,
        interlaced=before.interlaced if found.interlaced is None else found.interlaced,
    )


def _of_codec(config: Config | None, codec: str | None) -> Config | None:
    """Unless the stream's messages are of another codec by now, one without a header."""
    return config if config is not None and codec in (None, config.codec) else None


def _number(value: rtmp.AmfValue) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None


def _whole(value: rtmp.AmfValue) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _within(value: N | None, least: float, most: float) -> N | None:
    return value if value is not None and least <= value <= most else None


def printable(value: rtmp.AmfValue) -> str | None:
    """A name as it may be kept and shown; None if nothing is left of it."""
    text = value[:MAX_READ] if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:MAX_ENCODER] or None
