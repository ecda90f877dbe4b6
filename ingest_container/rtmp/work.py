"""How much work a peer may cause, counted and not timed: the same bytes are refused on every machine.

Bytes are a poor measure of work: a chunk of one byte costs what one of 64 KB costs, an empty message as much as a
frame. So work is counted in units of about a microsecond: a chunk header that is read by itself is one, a message that
is looked at a few, a value of AMF0 about one. `ChunkReader` holds what is left and spends it; `WorkAllowance` is the
token bucket that fills it up with time and, for a publisher, with the bytes of its media.
"""

from .limits import Limits

MESSAGE = 3  # one that is handed over, be it empty; beside its chunk headers
ANSWER = 8  # a message that is written
TRACK = 4  # a tag of one track that is parsed, a part of an aggregate
FRAME = MESSAGE + TRACK  # one that is handed over; the like of the one before, too
BYTE_OF_CONFIGURATION = 2  # parameter sets are read bit by bit
KEY_FRAME = 16  # one that says what its picture is like
MOST_OF_CONFIGURATION = 2_048  # bytes, beyond which nobody reads (codecs.bits)


def of_values(size: int, limits: Limits) -> int:
    """Of decoding so many bytes of AMF0: a value has one byte at least and two or more usually."""
    return min(size // 2, 2 * limits.max_amf_entries)


class WorkAllowance:
    """What a connection may spend, as a function of the time and of its media."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._filled_at = now
        self._rate = limits.work_rate_before_publish
        self._most = limits.max_work_before_publish
        self._media_bytes = 0
        self.low = self._most // 2  # units; with more left there is no need to `refill`

    def open(self, now: float) -> int:
        """The key was accepted: from now on it is a publisher's. The units that it begins with."""
        self._filled_at = now
        self._rate = self._limits.publisher_work_rate
        self._most = self._limits.publisher_work_burst
        self.low = self._most // 2
        self._media_bytes = 0
        return self._most

    def refill(self, left: int, now: float, media_bytes: int) -> int:
        """What is left becomes this much. `media_bytes` is what came of media in all."""
        earned = int((now - self._filled_at) * self._rate)
        if earned > 0:
            self._filled_at = now
        paid = (media_bytes - self._media_bytes) // self._limits.media_bytes_a_unit
        if paid > 0:
            self._media_bytes = media_bytes
        return min(left + max(earned, 0) + max(paid, 0), self._most)
