"""Shapes of picture and sound: what is known and what is measured of a running stream."""

from chalicelib.domain.measures import Measures, PublicFacts, StreamFacts
from chalicelib.domain.times import IsoTime


class PublicTechnical(PublicFacts, Measures):
    """Measured, or read from the codec's own headers; null until known."""


class Technical(PublicTechnical, StreamFacts):
    """The same, and the encoder's name, which only the owner and administrators see."""


class PublicLive(PublicTechnical):
    stream_id: str
    started_at: IsoTime


class Live(PublicLive, Technical):
    """The running stream as its owner sees it."""
