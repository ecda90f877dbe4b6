"""What is known of a stream's picture and sound. The codec's own headers win over what the encoder claims."""

import math
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.events import StreamFacts
from ingest_container import rtmp

MAX_ENCODER = 200  # characters of an encoder's name that are kept
MAX_READ = 1_000  # of which they are looked for
# Numbers outside these are not believed, whoever claims them; DynamoDB would refuse the smallest floats.
MIN_SIDE, MAX_SIDE = 1, 16_384  # pixels
MIN_FPS, MAX_FPS = 0.01, 1_000

N = TypeVar("N", int, float)


@dataclass
class FactFinder:
    """Fed with a session's events; `facts` is what to tell."""

    claimed: rtmp.Metadata | None = None
    video: rtmp.VideoConfig | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    encoder: str | None = None
    _facts: StreamFacts | None = None

    def learn(self, event: rtmp.Event) -> None:
        if isinstance(event, rtmp.Metadata):
            self.claimed = event
        elif isinstance(event, rtmp.VideoConfig):
            self.video = event
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
        self.encoder = _printable(flash_version)
        self._facts = None

    @property
    def facts(self) -> StreamFacts:
        """The same object for as long as nothing new is known."""
        if self._facts is None:
            self._facts = self._find()
        return self._facts

    def _find(self) -> StreamFacts:
        video = self.video
        fps = (video.fps if video else None) or _number(self._claimed("framerate"))
        return StreamFacts(
            width=_within((video.width if video else None) or _whole(self._claimed("width")), MIN_SIDE, MAX_SIDE),
            height=_within((video.height if video else None) or _whole(self._claimed("height")), MIN_SIDE, MAX_SIDE),
            fps=_within(fps, MIN_FPS, MAX_FPS),
            video_codec=self.video_codec,
            audio_codec=self.audio_codec,
            encoder=_printable(self._claimed("encoder")) or self.encoder,
        )

    def _claimed(self, name: str) -> rtmp.AmfValue:
        return self.claimed.values.get(name) if self.claimed else None


def _number(value: rtmp.AmfValue) -> float | None:
    return value if isinstance(value, float) and math.isfinite(value) else None


def _whole(value: rtmp.AmfValue) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _within(value: N | None, least: float, most: float) -> N | None:
    return value if value is not None and least <= value <= most else None


def _printable(value: rtmp.AmfValue) -> str | None:
    text = value[:MAX_READ] if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:MAX_ENCODER] or None
