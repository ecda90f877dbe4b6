"""Which refusals are reported one by one, and the count of all. No clock, no I/O.

Being refused costs a peer nothing, so reports are limited in rate and in number: the refusals of each channel, which
its owner sees, those of all channels together, and audit records. Refusals beyond the limits are counted by reason and
by channel, and reported in a summary.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

CHANNEL_RATE, CHANNEL_BURST = 1.0, 3  # refusals of one channel a second that its owner's dashboard shows
EVENT_RATE, EVENT_BURST = 20.0, 100  # of all channels
RECORD_RATE, RECORD_BURST = 10.0, 50  # audit records a second of connections without a stream
CHANNELS_KEPT = 1_000  # whose rate is known
CHANNELS_TOLD = 20  # in a summary; those with the most refusals


class TokenBucket:
    """`rate` a second, `burst` at once. Times are seconds, monotonic."""

    __slots__ = ("_burst", "_left", "_rate", "_since")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._since = float(burst), now

    def take(self, now: float) -> bool:
        self._left = min(self._burst, self._left + (now - self._since) * self._rate)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass
class _Counts:
    reasons: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    events_left_out: int = 0
    records_left_out: int = 0


class RefusalSampler:
    """Asked about each refusal and each audit record; `summary` is taken now and then."""

    def __init__(self, now: float) -> None:
        self._events = TokenBucket(EVENT_RATE, EVENT_BURST, now)
        self._records = TokenBucket(RECORD_RATE, RECORD_BURST, now)
        self._channels: OrderedDict[str, TokenBucket] = OrderedDict()
        self._counts = _Counts()

    def refused(self, reason: str, channel_id: str | None, now: float) -> bool:
        """Counts a refusal; returns whether to report this one to the channel's owner."""
        counts = self._counts
        counts.reasons[reason] += 1
        if channel_id is None:
            return False
        if channel_id in counts.channels or len(counts.channels) < CHANNELS_KEPT:
            counts.channels[channel_id] += 1
        if self._of_channel(channel_id, now).take(now) and self._events.take(now):
            return True
        counts.events_left_out += 1
        return False

    def may_record(self, now: float) -> bool:
        """Whether this connection has an audit record of its own."""
        return self._records.take(now) or self.record_left_out()

    def record_left_out(self) -> bool:
        self._counts.records_left_out += 1
        return False

    def summary(self) -> dict[str, object] | None:
        """Since the last summary; None if every refusal was reported and recorded individually."""
        counts = self._counts
        if not counts.events_left_out and not counts.records_left_out:
            self._counts = _Counts()
            return None
        self._counts = _Counts()
        return {
            "reasons": dict(counts.reasons),
            "channels": dict(counts.channels.most_common(CHANNELS_TOLD)),
            "records_left_out": counts.records_left_out,
            "events_left_out": counts.events_left_out,
        }

    def _of_channel(self, channel_id: str, now: float) -> TokenBucket:
        bucket = self._channels.pop(channel_id, None) or TokenBucket(CHANNEL_RATE, CHANNEL_BURST, now)
        self._channels[channel_id] = bucket
        if len(self._channels) > CHANNELS_KEPT:
            self._channels.popitem(last=False)
        return bucket
