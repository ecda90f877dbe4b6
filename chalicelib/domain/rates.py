"""How often something may happen: `burst` times at once, and once more each `every` ms. No clock: times are arguments.

A bucket is one number (the generic cell rate algorithm): the time at which it is full again. Each time that something
happens moves it by `every`; what would move it more than `burst` times ahead does not fit.

    full at      now       +every     +2 every          now + burst * every
                 |--once---|--once---|-- ... --|--once---|  does not fit until one is back

The number lies where the bucket is shared: in a channel's row (`domain.starts`), in a row of its own (`store.limits`),
or in memory (`Bucket`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`every` in ms."""

    every: int
    burst: int

    def full_at(self, before: int | None, now: int) -> int:
        """The number after it has happened once more at `now`; None: it has not happened yet."""
        return max(before or 0, now) + self.every

    def wait(self, full_at: int, now: int) -> int:
        """ms until that fits; 0 if it does now."""
        return max(0, full_at - now - self.burst * self.every)


class Bucket:
    """One in the memory of a process; it is full at first."""

    __slots__ = ("_full_at", "_rate")

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at: int | None = None

    def take(self, now: int) -> bool:
        """Whether it may happen once more at `now`, which then counts."""
        full_at = self._rate.full_at(self._full_at, now)
        if self._rate.wait(full_at, now):
            return False
        self._full_at = full_at
        return True
