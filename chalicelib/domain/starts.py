"""How often streams may begin on one channel, whatever its keys: a token bucket of `BURST`, one more each `EVERY` ms.

The bucket is one number in the channel's row (the generic cell rate algorithm): the time at which it is full again.
Every start moves it by `EVERY`; a start that would move it more than `BURST` starts ahead is refused.

    paid until   now       +2 s      +4 s               now + BURST * EVERY
                 |--start--|--start--|-- ... --|--start--|  refused until one more fits

A claim reads the number and writes it in its own transaction, which fails if another claim came between. An encoder
that reconnects continues its stream, which is no start; and one that comes back every 2 s, as OBS does, would not be
limited even if each time were one.
"""

from chalicelib.domain.refusals import StartsLimited

BURST = 30
EVERY = 2_000  # ms


def next_paid_until(paid_until: int | None, now: int, *, channel_id: str, key_id: str) -> int:
    """The number after one more start at `now` (ms). Raises StartsLimited, which says when the next one fits."""
    after = max(paid_until or 0, now) + EVERY
    wait = after - now - BURST * EVERY
    if wait > 0:
        raise StartsLimited(-(-wait // 1000), channel_id=channel_id, key_id=key_id)
    return after
