"""One event on its way to one endpoint.

    PENDING --2xx--> DELIVERED
       |  ^             |
       |  +---replay----+
       |  +---replay--+
       |              |
       +--given up--> DEAD     no 2xx in all attempts of a round, or a day old

Every pending delivery has a time at which it is due. Whoever attempts it first moves that time on, by a condition, for
as long as an attempt can last: two never send the same one at once, and one whose sender died is due again by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

MINUTE = 60_000
HOUR = 60 * MINUTE

# The longest pause after each failed attempt; 22 hours in all. The pause is drawn between nothing and this ("full
# jitter"), so that deliveries which failed together do not come back together.
RETRY_DELAYS = (
    MINUTE // 2,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    4 * HOUR,
    6 * HOUR,
    8 * HOUR,
)
GIVE_UP_AFTER = 24 * HOUR  # a round that waited this long, for instance for a disabled endpoint, is over
ATTEMPT_LEASE = MINUTE  # longer than an attempt can take
KEPT_ATTEMPTS = 30  # of one delivery: rounds may be many
KEPT_RESPONSE = 1_024  # bytes


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class Verdict(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"  # 410: the receiver wants no more


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one attempt: a status and the beginning of a body, or the reason why there is none."""

    status: int | None
    error: str | None
    body: str
    duration_ms: int

    @property
    def verdict(self) -> Verdict:
        """2xx and nothing else is a success; a redirect is an error, because following it could lead anywhere."""
        if self.status is None:
            return Verdict.FAILED
        if 200 <= self.status < 300:
            return Verdict.DELIVERED
        return Verdict.GONE if self.status == 410 else Verdict.FAILED


@dataclass(frozen=True, slots=True)
class Attempt:
    at: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Delivery:
    """`tried` counts the attempts of this round, `attempts` holds the latest of all rounds, oldest first.

    `due_at` is None unless pending; `round_at` is when the round began: at the event, or at the replay.
    """

    webhook_id: str
    event_id: str
    name: str
    body: str = field(repr=False)
    created_at: int
    round_at: int
    status: DeliveryStatus = DeliveryStatus.PENDING
    due_at: int | None = None
    tried: int = 0
    attempts: Sequence[Attempt] = ()


def is_too_old(delivery: Delivery, now: int) -> bool:
    return now - delivery.round_at > GIVE_UP_AFTER


def dead(delivery: Delivery) -> Delivery:
    return replace(delivery, status=DeliveryStatus.DEAD, due_at=None)


def after_attempt(delivery: Delivery, attempt: Attempt, chance: Callable[[], float]) -> Delivery:
    """The delivery as it stands after an attempt; `chance` is uniform over [0, 1), such as `random.random`."""
    attempts = [*delivery.attempts, attempt][-KEPT_ATTEMPTS:]
    tried = replace(delivery, attempts=attempts, tried=delivery.tried + 1)
    if attempt.answer.verdict is Verdict.DELIVERED:
        return replace(tried, status=DeliveryStatus.DELIVERED, due_at=None)
    if attempt.answer.verdict is Verdict.GONE or tried.tried > len(RETRY_DELAYS):
        return dead(tried)
    pause = int(RETRY_DELAYS[delivery.tried] * chance())
    return replace(tried, due_at=attempt.at + attempt.answer.duration_ms + pause)


def replayed(delivery: Delivery, now: int) -> Delivery:
    """A new round, due at once."""
    return replace(delivery, status=DeliveryStatus.PENDING, due_at=now, round_at=now, tried=0)
