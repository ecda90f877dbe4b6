"""What an alarm is made of: whose metrics it compares with what, for how long, and what no data means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.metrics import NAMESPACE


class Of(StrEnum):
    """Whose metric it is, and so its dimensions."""

    INGEST = "ingest"  # ours: stage and service
    CONTROL = "control"
    BALANCER = "balancer"
    TARGETS = "targets"  # the load balancer's target group of RTMP
    ACCOUNT = "account"  # no dimension: all functions of the account in this region
    REQUESTS = "requests"  # the functions that a caller waits for, added up
    BACKGROUND = "background"  # those that events and schedules invoke
    WEBHOOK_EVENTS = "webhook-events"  # queues
    DEAD_EVENTS = "dead-events"
    DEAD_WEBHOOK_EVENTS = "dead-webhook-events"


class Missing(StrEnum):
    """What no data means: nothing bad, or the very failure."""

    GOOD = "notBreaching"
    BAD = "breaching"


class Comparison(StrEnum):
    BELOW = "LessThanThreshold"
    ABOVE = "GreaterThanThreshold"
    AT_LEAST = "GreaterThanOrEqualToThreshold"


@dataclass(frozen=True, slots=True)
class Series:
    """One metric, as it is added up over a period."""

    name: str
    of: Of
    statistic: str = "Sum"
    namespace: str = NAMESPACE


@dataclass(frozen=True, slots=True)
class Alarm:
    """`series` by name; with several of them `expression` is CloudWatch's metric math. `times` periods in a row."""

    name: str
    says: str
    series: Mapping[str, Series]
    comparison: Comparison
    threshold: float
    expression: str | None = None
    period_s: int = 60
    times: int = 1
    missing: Missing = Missing.GOOD
