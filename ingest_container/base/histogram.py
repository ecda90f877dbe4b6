"""Times in a bounded number of buckets. Adding one allocates nothing."""

from bisect import bisect_left
from collections.abc import Sequence

# Upper bounds in ms, each included; what is longer is in the last bucket.
BOUNDS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000)


class Histogram:
    """Times in ms. `counts` has a number for each of `BOUNDS`, and one for what is longer."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0  # ms, of all together

    def add(self, ms: float) -> None:
        self.counts[bisect_left(BOUNDS, ms)] += 1
        self.total += ms


def quantile(counts: Sequence[int], q: float) -> float | None:
    """An estimate in ms, linear within its bucket; None of nothing. What is past the last bound counts as that."""
    rank = q * sum(counts)
    if not rank:
        return None
    below = 0
    for index, count in enumerate(counts):
        if count and below + count >= rank:
            if index == len(BOUNDS):
                break
            lower = BOUNDS[index - 1] if index else 0.0
            return lower + (BOUNDS[index] - lower) * (rank - below) / count
        below += count
    return float(BOUNDS[-1])


def since(now: Sequence[int], before: Sequence[int]) -> list[int]:
    """What was added between two copies of `counts`."""
    return [later - earlier for later, earlier in zip(now, before, strict=True)]


__all__ = ["BOUNDS", "Histogram", "quantile", "since"]
