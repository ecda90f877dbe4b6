"""A channel that its owner or an administrator has ended: publishers are refused until somebody allows them again.

Encoders reconnect by themselves, so an end that were not kept would last for two seconds. It is lifted by the owner, or
when no publisher has tried for a while: then nobody's encoder is left to reconnect.
"""

from dataclasses import dataclass

from chalicelib.domain.streams import EndReason

CLOSED_FOR = 20 * 60_000  # ms without an attempt; OBS waits for 15 minutes at most between two
RENEWED_AFTER = 60_000  # ms after which another attempt is written down; each would be a write


@dataclass(frozen=True, slots=True)
class Closure:
    """`until` in ms; `reason` is STOPPED or ADMIN_STOPPED."""

    until: int
    reason: EndReason

    @classmethod
    def at(cls, now: int, reason: EndReason) -> "Closure":
        return cls(now + CLOSED_FOR, reason)

    def after_attempt(self, now: int) -> "Closure":
        """The same while attempts come in quick succession."""
        renewed = Closure(now + CLOSED_FOR, self.reason)
        return renewed if renewed.until - self.until >= RENEWED_AFTER else self


def closure_at(closure: Closure | None, now: int) -> Closure | None:
    """The closure that is in force at `now`, if any."""
    return closure if closure is not None and now < closure.until else None
