"""Which refusals are reported one by one, and the count of all. No clock, no I/O.

The rates are those of `chalicelib.domain.refusal_reports`: the refusals of each channel, which its owner sees, those of
all channels together, and audit records. Refusals beyond the limits are counted by reason and by channel, and reported
in a summary.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from chalicelib.domain.rates import Bucket
from chalicelib.domain.refusal_reports import EVENTS, OF_CHANNEL, RECORDS

CHANNELS_KEPT = 1_000  # whose rate is known
SUMMARISED_CHANNELS = 20  # in a summary; those with the most refusals


@dataclass
class _Counts:
    reasons: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    events_left_out: int = 0
    records_left_out: int = 0


class RefusalSampler:
    """Asked about each refusal and each audit record; `summary` is taken now and then. Times are ms, monotonic."""

    def __init__(self) -> None:
        self._events = Bucket(EVENTS)
        self._records = Bucket(RECORDS)
        self._channels: OrderedDict[str, Bucket] = OrderedDict()
        self._counts = _Counts()

    def refused(self, reason: str, channel_id: str | None, now: int) -> bool:
        """Counts a refusal; returns whether to report this one to the channel's owner."""
        counts = self._counts
        counts.reasons[reason] += 1
        if channel_id is None:
            return False
        if channel_id in counts.channels or len(counts.channels) < CHANNELS_KEPT:
            counts.channels[channel_id] += 1
        if self._of_channel(channel_id).take(now) and self._events.take(now):
            return True
        counts.events_left_out += 1
        return False

    def may_record(self, now: int) -> bool:
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
            "channels": dict(counts.channels.most_common(SUMMARISED_CHANNELS)),
            "records_left_out": counts.records_left_out,
            "events_left_out": counts.events_left_out,
        }

    def _of_channel(self, channel_id: str) -> Bucket:
        bucket = self._channels.pop(channel_id, None) or Bucket(OF_CHANNEL)
        self._channels[channel_id] = bucket
        if len(self._channels) > CHANNELS_KEPT:
            self._channels.popitem(last=False)
        return bucket
