"""Shapes of video and audio: what is known about a running stream, and what is measured."""

from chalicelib.domain.measures import Measures, PublicFacts, StreamFacts
from chalicelib.domain.times import IsoTime

THUMBNAIL_URL = (
    "A JPEG of the running stream, at most a minute old; 404 until there is one. "
    "Null if the media server that carries the stream provides none"
)


class PublicTechnical(PublicFacts, Measures):
    """Measured, or read from the codec's headers; null until known."""


class Technical(PublicTechnical, StreamFacts):
    """Video and audio with the encoder's name, which only the owner and administrators can see."""


class PublicLive(PublicTechnical):
    stream_id: str
    started_at: IsoTime


class Live(PublicLive, Technical):
    """The running stream as its owner sees it."""
