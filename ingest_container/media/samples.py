"""RTMP video and audio messages as samples on one clock a stream id, across connections and across nodes.

An encoder's timestamps start anywhere, restart with every connection, and sometimes leap. The stream's own clock counts
milliseconds since the stream first went live; each connection, and each leap, is anchored to it anew. Within an anchor
the encoder's own spacing is kept, so picture and sound stay together.
"""

from dataclasses import dataclass

LEAP = 3_000  # ms forward at once that are no pause of an encoder (OvenMediaEngine takes the same)
BACKWARD = 1_000  # ms backward: interleaving of tracks explains less than this


@dataclass(slots=True)
class Sample:
    """One coded frame. Times in milliseconds of the stream's clock; `composition` is presentation minus decoding."""

    dts: int
    composition: int
    keyframe: bool
    payload: bytes | memoryview


class StreamClock:
    """Maps the timestamps of one stream's connections to the stream's clock, which never goes back."""

    def __init__(self) -> None:
        self._offset: int | None = None
        self._last: int | None = None  # timestamp, as the encoder gave it
        self._latest = 0  # on the stream's clock

    def connected(self) -> None:
        """A new connection carries the stream: its timestamps are anchored with the first of them."""
        self._offset = self._last = None

    def time_of(self, timestamp: int, elapsed: int) -> tuple[int, bool]:
        """A message's time on the stream's clock, and whether it begins a new anchor (a discontinuity).

        `timestamp`: of the message, unwrapped, ms. `elapsed`: ms since the stream first went live, by arrival.
        """
        anchored = self._offset is None or self._last is None
        if not anchored and self._last is not None and not -BACKWARD <= timestamp - self._last <= LEAP:
            anchored = True
        if anchored or self._offset is None:
            self._offset = max(elapsed, self._latest) - timestamp
        self._last = timestamp
        time = max(0, timestamp + self._offset)
        self._latest = max(self._latest, time)
        return time, anchored
