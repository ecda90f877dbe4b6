"""What is known of a stream's picture and sound. The codec's own headers win over what the encoder claims."""

from dataclasses import dataclass

from chalicelib.domain.events import StreamFacts
from ingest_container import rtmp

MAX_ENCODER = 200  # characters of an encoder's name that are kept
MAX_SIDE = 16_384  # pixels; larger claims are not believed
MAX_FPS = 1_000


@dataclass
class FactFinder:
    """Fed with a session's events; `facts` is what to tell."""

    claimed: rtmp.Metadata | None = None
    video: rtmp.VideoConfig | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    encoder: str | None = None

    def learn(self, event: rtmp.Event) -> None:
        if isinstance(event, rtmp.Metadata):
            self.claimed = event
        elif isinstance(event, rtmp.VideoConfig):
            self.video = event
        elif isinstance(event, rtmp.VideoMessage):
            self.video_codec = event.codec
        elif isinstance(event, rtmp.AudioMessage):
            self.audio_codec = event.codec

    @property
    def facts(self) -> StreamFacts:
        video = self.video
        return StreamFacts(
            width=video.width if video else self._claimed_int("width", MAX_SIDE),
            height=video.height if video else self._claimed_int("height", MAX_SIDE),
            fps=(video.fps if video else None) or self._claimed_number("framerate", MAX_FPS),
            video_codec=self.video_codec,
            audio_codec=self.audio_codec,
            encoder=self._claimed_text("encoder") or self.encoder,
        )

    def _claimed_number(self, name: str, most: float) -> float | None:
        value = self.claimed.values.get(name) if self.claimed else None
        return value if isinstance(value, float) and 0 < value <= most else None

    def _claimed_int(self, name: str, most: int) -> int | None:
        value = self._claimed_number(name, most)
        return None if value is None else int(value)

    def _claimed_text(self, name: str) -> str | None:
        value = self.claimed.values.get(name) if self.claimed else None
        text = "".join(c for c in value if c.isprintable())[:MAX_ENCODER] if isinstance(value, str) else ""
        return text or None
