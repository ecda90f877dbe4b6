"""How many watch a stream, counted from the reports of their tabs. Pure: time is an argument.

A tab draws a random id when it is opened; the first 32 bits of it, as a number from 0 to 1, are its share. While it
plays it reports every REPORT_EVERY_S, but only if its share is below the channel's sample rate. So the rate decides how
many report, without a word to those that do not, and the count is scaled up by it:

    more than `most` reporters     the rate is halved, at once; who is above it is forgotten
    less than a quarter of them    the rate is doubled; until all of the new ones can have reported, the others count

One id counts once, and what comes from one address block is limited in proportion to the rate. MIN_RATE limits what a
single reporter can stand for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.domain.audience import Audience

REPORT_EVERY_S = 20.0
WINDOW_S = 45.0  # since the last report, for which a viewer counts: one report may be lost
MIN_RATE = 1 / 4096
SHARE_DIGITS = 8  # hexadecimal, of an id
NODE_REPORTERS = 16_000  # of all channels of a node: 800 reports a second
FEWEST = 10  # of a channel, however many channels have viewers


@dataclass(frozen=True, slots=True)
class ReportLimits:
    """`most`: reporters of one channel. `per_block`: viewers in one address block, while all report."""

    most: int = 1_000
    per_block: int = 256


def shared(limits: ReportLimits, reporters: Iterable[int]) -> ReportLimits:
    """The limits of each channel, given how many report on each: lower if together they are more than a node takes."""
    counts = [count for count in reporters if count]
    if sum(counts) <= NODE_REPORTERS:
        return limits
    return replace(limits, most=min(limits.most, max(FEWEST, NODE_REPORTERS // len(counts))))


@dataclass(frozen=True, slots=True)
class _Reporter:
    share: float
    block: bytes
    seen: float


def share_of(viewer_id: str) -> float:
    """`viewer_id` is hexadecimal."""
    return int(viewer_id[:SHARE_DIGITS], 16) / (1 << 4 * SHARE_DIGITS)


class AudienceCounter:
    """Of one stream. `tick` it once a second; times are seconds, monotonic."""

    def __init__(self, earlier: Audience | None = None) -> None:
        """`earlier`: what other nodes have counted of the same stream."""
        self.sample_rate = 1.0
        self._settled_rate = 1.0  # that all who are below it have had the time to report under
        self._changed_at = 0.0
        self._reporters: dict[str, _Reporter] = {}  # the longest unheard first
        self._blocks: Counter[bytes] = Counter()
        self._ticked_at: float | None = None
        totals = earlier or Audience()
        self._peak, self._watched, self._counted = totals.peak_viewers, totals.watched_s, totals.counted_s

    def report(self, viewer_id: str, block: bytes, now: float, limits: ReportLimits) -> bool:
        """A tab plays; `block` stands for its address block. Whether it is counted."""
        share = share_of(viewer_id)
        self.leave(viewer_id)
        if share >= self.sample_rate or self._blocks[block] >= self._allowed(limits):
            return False
        self._add(viewer_id, _Reporter(share, block, now))
        self._keep_within(now, limits)
        if len(self._reporters) > limits.most:
            self.leave(viewer_id)
        return viewer_id in self._reporters

    def leave(self, viewer_id: str) -> None:
        """It plays no more."""
        reporter = self._reporters.pop(viewer_id, None)
        if reporter is not None:
            self._blocks[reporter.block] -= 1
            if not self._blocks[reporter.block]:
                del self._blocks[reporter.block]

    def tick(self, now: float, limits: ReportLimits) -> None:
        """Forget who was not heard of, follow the rate, and add up."""
        while self._reporters:
            viewer_id, oldest = next(iter(self._reporters.items()))
            if now - oldest.seen < WINDOW_S:
                break
            self.leave(viewer_id)
        self._keep_within(now, limits)
        if now - self._changed_at >= WINDOW_S:
            self._settled_rate = self.sample_rate
            if self.sample_rate < 1 and 4 * len(self._reporters) < limits.most:
                self.sample_rate *= 2
                self._changed_at = now
        viewers = self.viewers
        self._peak = max(self._peak, viewers)
        if self._ticked_at is not None:
            elapsed = max(0.0, now - self._ticked_at)
            self._counted += elapsed
            self._watched += elapsed * viewers
        self._ticked_at = now

    @property
    def reporters(self) -> int:
        return len(self._reporters)

    @property
    def viewers(self) -> int:
        """An estimate where not all report."""
        rate = self._settled_rate
        if rate == self.sample_rate:
            return round(len(self._reporters) / rate)
        return round(sum(reporter.share < rate for reporter in self._reporters.values()) / rate)

    @property
    def totals(self) -> Audience:
        return Audience(
            viewers=self.viewers,
            peak_viewers=max(self._peak, self.viewers),
            watched_s=round(self._watched, 1),
            counted_s=round(self._counted, 1),
        )

    def _add(self, viewer_id: str, reporter: _Reporter) -> None:
        self._reporters[viewer_id] = reporter
        self._blocks[reporter.block] += 1

    def _allowed(self, limits: ReportLimits) -> int:
        """Reporters from one block."""
        return max(1, round(limits.per_block * self.sample_rate))

    def _keep_within(self, now: float, limits: ReportLimits) -> None:
        while len(self._reporters) > limits.most and self.sample_rate > MIN_RATE:
            self._halve(now, limits)

    def _halve(self, now: float, limits: ReportLimits) -> None:
        self.sample_rate /= 2
        self._settled_rate = min(self._settled_rate, self.sample_rate)
        self._changed_at = now
        present, allowed = self._reporters, self._allowed(limits)
        self._reporters, self._blocks = {}, Counter()
        for viewer_id, reporter in present.items():
            if reporter.share < self.sample_rate and self._blocks[reporter.block] < allowed:
                self._add(viewer_id, reporter)
