"""Whether a publisher takes a channel over from the one that holds it: the channel's policy, and the keys' roles.

    policy     holder    guest asks   backup asks   owner asks
    refuse     any       refused      refused       refused
    takeover   guest     refused      takes over    takes over
               backup    refused      refused       takes over
               owner     refused      refused       refused

Equal roles never take over from each other, so two encoders cannot take turns. What could still alternate, an owner who
comes and goes above a guest, is limited: the bucket of the rate is a number in the channel's row, like that of
`domain.starts`, and the count is one in the stream's row.
"""

from enum import StrEnum

from chalicelib.domain.keys import KeyRole
from chalicelib.domain.rates import Rate

MOST_OF_A_STREAM = 20
BURST = 3
EVERY = 20_000  # ms: three a minute
RATE = Rate(EVERY, BURST)


class SecondPublisher(StrEnum):
    """What becomes of a publisher on a channel that another one holds."""

    REFUSE = "refuse"
    TAKEOVER = "takeover"  # it takes over if its key has a higher priority


def may_take_over(policy: SecondPublisher, asking: KeyRole, holding: KeyRole) -> bool:
    return policy is SecondPublisher.TAKEOVER and asking.priority > holding.priority


def next_paid_until(paid_until: int | None, takeovers: int, now: int) -> int | None:
    """The bucket after one more takeover of a stream that has had so many; None: it is one too many."""
    after = RATE.full_at(paid_until, now)
    return None if takeovers >= MOST_OF_A_STREAM or RATE.wait(after, now) else after
