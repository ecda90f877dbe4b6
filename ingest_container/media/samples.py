"""The times of RTMP video and audio messages on one clock a stream id, across connections and across nodes.

An encoder's timestamps start anywhere, restart with every connection, and sometimes leap. The stream's own clock counts
milliseconds since the stream first went live; each connection, and each leap, is anchored to it anew. Within an anchor
the encoder's own spacing is kept, so picture and sound stay together.
"""

LEAP = 3_000  # ms forward at once that are no pause of an encoder (OvenMediaEngine takes the same)
BACKWARD = 1_000  # ms backward: interleaving of tracks explains less than this
_LEAP, _BACKWARD = LEAP, BACKWARD  # own names: plain C numbers where this is compiled


class StreamClock:
    """Maps the timestamps of one stream's connections to the stream's clock, which never goes back."""

    __slots__ = ("_anchored", "_last", "_latest", "_offset", "now")

    def __init__(self) -> None:
        self._anchored = False
        self._offset = 0
        self._last = 0  # timestamp, as the encoder gave it
        self._latest = 0  # on the stream's clock
        self.now = 0  # of the message that came last

    def connected(self) -> None:
        """A new connection carries the stream: its timestamps are anchored with the first of them."""
        self._anchored = False

    def follow(self, timestamp: int, elapsed: int) -> bool:
        """A message came: `now` is its time. Whether it begins a new anchor (a discontinuity).

        `timestamp`: of the message, unwrapped, ms. `elapsed`: ms since the stream first went live, by arrival.
        """
        anchored = not self._anchored or not -_BACKWARD <= timestamp - self._last <= _LEAP
        if anchored:
            self._anchored = True
            self._offset = max(elapsed, self._latest) - timestamp
        self._last = timestamp
        self.now = max(0, timestamp + self._offset)
        self._latest = max(self._latest, self.now)
        return anchored
