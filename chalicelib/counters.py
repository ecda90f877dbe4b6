"""What the services count, in a function or in a node: added up in the process, and taken when metrics are written.

A function writes them at the end of each invocation (`api.metering`), a node once a minute with its own.
"""

from collections import Counter
from threading import Lock

from chalicelib.domain.metrics import Metric

Key = tuple[str, str]  # the metric's name, and the value of its label or ""

_lock = Lock()  # services run in threads, and `Counter` updates are no single step
_pending: Counter[Key] = Counter()
_totals: Counter[Key] = Counter()


def count(metric: Metric, amount: int = 1, label: str = "") -> None:
    """`label` is one of few, stable values: a code, never an id."""
    if amount:
        with _lock:
            _pending[metric.name, label] += amount


def take() -> Counter[Key]:
    """What was counted since the last call."""
    global _pending
    with _lock:
        taken, _pending = _pending, Counter()
        _totals.update(taken)
    return taken


def totals() -> Counter[Key]:
    """What was counted since the process began."""
    with _lock:
        return _totals + _pending


def by_metric(counts: Counter[Key]) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
    """Each metric's sum, and of those with labels each label's share."""
    sums: Counter[str] = Counter()
    shares: dict[str, dict[str, int]] = {}
    for (name, label), amount in counts.items():
        sums[name] += amount
        if label:
            shares.setdefault(name, {})[label] = amount
    return {name: float(amount) for name, amount in sums.items()}, shares
