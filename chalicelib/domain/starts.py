"""How often streams may begin on one channel, whatever its keys. The bucket is a number in the channel's row.

A claim reads the number and writes it in its own transaction, which fails if another claim came between. An encoder
that reconnects continues its stream, which is no start; and one that comes back every 2 s, as OBS does, would not be
limited even if each time were one.
"""

from chalicelib.domain.rates import Rate
from chalicelib.domain.refusals import StartsLimited

BURST = 30
EVERY = 2_000  # ms
RATE = Rate(EVERY, BURST)


def next_paid_until(paid_until: int | None, now: int, *, channel_id: str, key_id: str) -> int:
    """The number after one more start at `now` (ms). Raises StartsLimited, which says when the next one fits."""
    after = RATE.full_at(paid_until, now)
    if wait := RATE.wait(after, now):
        raise StartsLimited(-(-wait // 1000), channel_id=channel_id, key_id=key_id)
    return after
