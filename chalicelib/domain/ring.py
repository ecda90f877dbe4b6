"""Who watches whom: nodes form a ring, and each dead one is looked after by the next few living ones.

    ... A   B   C   D   E ...      with two watchers: D watches C and B; if C is dead, also A
            <---<---'

So a node reads a few rows, however large the fleet is. A node that dies together with all its watchers is found by
those behind them, because a walk goes on until it has met enough living ones.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator


def before(node_id: str, node_ids: Collection[str]) -> list[str]:
    """The others in the order of the walk: from the ring's nearest before `node_id` backwards, once around."""
    ring = sorted(map(_place, set(node_ids) - {node_id}))
    here = bisect_left(ring, _place(node_id))
    return [name for _, name in reversed(ring[here:] + ring[:here])]


def _place(node_id: str) -> tuple[bytes, str]:
    """Ids may sort by the time of their start, and nodes that start together may die together."""
    return hashlib.sha256(node_id.encode()).digest(), node_id


def watched(walk: Iterable[tuple[str, bool]], watchers: int) -> Iterator[str]:
    """Of a walk over (node id, whether it lives): the dead ones up to the `watchers`-th that lives."""
    living = 0
    for node_id, lives in walk:
        if not lives:
            yield node_id
            continue
        living += 1
        if living == watchers:
            return
