"""Every metric of stream-sync: its name, unit and meaning, once. CloudWatch, Prometheus, alarms and docs come from it.

The only dimensions are the stage and the service (`ingest` or `control`), since each combination of a name and its
dimensions is billed. What a metric is split by (`label`) is a label in Prometheus and a property of the log line in
CloudWatch, where Logs Insights counts it. Never a channel, stream or key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

NAMESPACE = "StreamSync"
INTERVAL_S = 60  # a node writes its metrics once in so many seconds: CloudWatch's shortest period for them

# What CloudWatch gets of the times within an interval, by the suffix of the metric's name.
QUANTILES = {"P50": 0.5, "P99": 0.99}


class Service(StrEnum):
    INGEST = "ingest"
    CONTROL = "control"


class Kind(StrEnum):
    """`GAUGE`: as it is now. `COUNTER`: how often, or how much. `TIMES`: how long each took."""

    GAUGE = "gauge"
    COUNTER = "counter"
    TIMES = "times"


class Unit(StrEnum):
    """CloudWatch's own names."""

    COUNT = "Count"
    BYTES = "Bytes"
    MILLISECONDS = "Milliseconds"
    PERCENT = "Percent"


@dataclass(frozen=True, slots=True)
class Metric:
    """`services` publish it; `label` is what it is split by, if anything."""

    name: str
    kind: Kind
    unit: Unit
    meaning: str
    services: tuple[Service, ...] = (Service.INGEST,)
    label: str | None = None

    @property
    def cloudwatch_names(self) -> tuple[str, ...]:
        return tuple(self.name + suffix for suffix in QUANTILES) if self.kind is Kind.TIMES else (self.name,)

    @property
    def prometheus_name(self) -> str:
        """In Prometheus' base units: bytes, seconds, ratios. The client library adds `_total` to counters."""
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.name).lower()
        suffix = {Unit.BYTES: "_bytes", Unit.MILLISECONDS: "_seconds", Unit.PERCENT: "_ratio"}.get(self.unit, "")
        return f"stream_sync_{words.removesuffix(suffix)}{suffix}"


_CONTROL = (Service.CONTROL,)
_BOTH = (Service.INGEST, Service.CONTROL)

# --- places -------------------------------------------------------------------------------------------------------

NODES = Metric("Nodes", Kind.GAUGE, Unit.COUNT, "Nodes that report: 1 from each.")
PUBLISHERS = Metric(
    "Publishers", Kind.GAUGE, Unit.COUNT, "Streams that the node carries, with those that wait for their encoder."
)
PLACES = Metric("Places", Kind.GAUGE, Unit.COUNT, "Publishers that the node may carry at once; 0 while it drains.")
PLACES_FREE = Metric(
    "PlacesFree",
    Kind.GAUGE,
    Unit.COUNT,
    "More publishers that the node has room for.",
)
UTILIZATION = Metric(
    "Utilization",
    Kind.GAUGE,
    Unit.PERCENT,
    "What the node uses most of its places, its bandwidth or the lag that it may have; the fleet is scaled by it. "
    "A node that drains reports none.",
)
WAITING = Metric("Waiting", Kind.GAUGE, Unit.COUNT, "Publishers with a valid key that wait for a place.")
CONNECTIONS = Metric("Connections", Kind.GAUGE, Unit.COUNT, "Open RTMP connections, authenticated or not.")
RECEIVED = Metric("ReceivedBytes", Kind.COUNTER, Unit.BYTES, "Bytes received over RTMP.")

# --- admission ----------------------------------------------------------------------------------------------------

REFUSALS = Metric(
    "Refusals", Kind.COUNTER, Unit.COUNT, "Publishers refused, by the code they were given.", _BOTH, label="code"
)
REFUSALS_FULL = Metric(
    "RefusalsFull", Kind.COUNTER, Unit.COUNT, "Publishers with a valid key refused because no place was free."
)
CONNECTIONS_REJECTED = Metric(
    "ConnectionsRejected",
    Kind.COUNTER,
    Unit.COUNT,
    "Connections closed before authentication, because of a limit.",
    label="reason",
)
PUBLISHERS_MOVED = Metric(
    "PublishersMoved",
    Kind.COUNTER,
    Unit.COUNT,
    "Attempts of a full node to move a publisher to a peer, by their result.",
    label="result",
)
PUBLISH_TO_LIVE = Metric(
    "PublishToLive",
    Kind.TIMES,
    Unit.MILLISECONDS,
    "From the encoder's publish command until its stream is LIVE; its own time to the first frame included.",
)

# --- the node's health --------------------------------------------------------------------------------------------

LOOP_LAG = Metric(
    "LoopLagP99",
    Kind.GAUGE,
    Unit.MILLISECONDS,
    "How late the event loop runs what is due: the 99th percentile of the last minute.",
)
RENEWALS_FAILED = Metric(
    "RenewalsFailed", Kind.COUNTER, Unit.COUNT, "Renewals of a node's session that failed: the database was away."
)
LEASES_LOST = Metric(
    "LeasesLost", Kind.COUNTER, Unit.COUNT, "Streams ended on a node because another publisher holds their channel."
)
EVENTS_DROPPED = Metric(
    "EventsDropped", Kind.COUNTER, Unit.COUNT, "Events and records of streams lost because their queue was full."
)

HEALTH_FINDINGS = Metric(
    "HealthFindings",
    Kind.COUNTER,
    Unit.COUNT,
    "Findings about streams, by code: what broadcasters do wrong most.",
    label="code",
)

# --- viewers and recordings ---------------------------------------------------------------------------------------

VIEWERS = Metric("Viewers", Kind.GAUGE, Unit.COUNT, "Viewers of the node's streams, as far as they report.")
PARTS = Metric("Parts", Kind.COUNTER, Unit.COUNT, "HLS parts made.")
PARTS_LATE = Metric(
    "PartsLate",
    Kind.COUNTER,
    Unit.COUNT,
    "HLS parts that took a second longer to come than they last: the encoder, its network or the node stalled.",
)
PACKAGING_STOPPED = Metric(
    "PackagingStopped",
    Kind.COUNTER,
    Unit.COUNT,
    "Streams that could not be packaged any further: what follows is dropped for viewers, while ingest goes on.",
)
RECORDING_QUEUE = Metric(
    "RecordingQueueBytes", Kind.GAUGE, Unit.BYTES, "Segments that wait to be stored, in the node's memory."
)
RECORDING_FAILURES = Metric(
    "RecordingFailures", Kind.COUNTER, Unit.COUNT, "Attempts to store part of a recording that failed; each is retried."
)
RECORDINGS_INCOMPLETE = Metric(
    "RecordingsIncomplete", Kind.COUNTER, Unit.COUNT, "Recordings that began to lack something."
)

# --- control plane ------------------------------------------------------------------------------------------------

AUTH_REFUSALS = Metric(
    "AuthRefusals", Kind.COUNTER, Unit.COUNT, "API requests refused with 401 or 403, by code.", _CONTROL, label="code"
)
SERVER_ERRORS = Metric("ServerErrors", Kind.COUNTER, Unit.COUNT, "API requests answered with 5xx.", _CONTROL)
LEASE_CONFLICTS = Metric(
    "LeaseConflicts",
    Kind.COUNTER,
    Unit.COUNT,
    "Claims of a channel that had to be repeated because somebody else changed it meanwhile.",
    _BOTH,
)
EVENTS_FAILED = Metric(
    "EventsNotDelivered", Kind.COUNTER, Unit.COUNT, "Events that the event bus did not accept.", _BOTH
)
FANOUT_POSTS = Metric("FanoutPosts", Kind.COUNTER, Unit.COUNT, "Messages sent to open WebSockets.", _CONTROL)
FANOUT_FAILURES = Metric(
    "FanoutFailures",
    Kind.COUNTER,
    Unit.COUNT,
    "Messages to open WebSockets that failed; a closed one is no failure.",
    _CONTROL,
)
WEBHOOK_DELIVERIES = Metric(
    "WebhookDeliveries", Kind.COUNTER, Unit.COUNT, "Webhook events that their receiver accepted.", _CONTROL
)
WEBHOOK_FAILURES = Metric(
    "WebhookFailures", Kind.COUNTER, Unit.COUNT, "Attempts to deliver a webhook event that failed.", _CONTROL
)
WEBHOOKS_DEAD = Metric(
    "WebhooksDead", Kind.COUNTER, Unit.COUNT, "Webhook events given up after a day of attempts.", _CONTROL
)
SWEEPS = Metric("Sweeps", Kind.COUNTER, Unit.COUNT, "Scheduled sweeps that ran to their end.", _CONTROL, label="sweep")
STREAMS_SWEPT = Metric(
    "StreamsSwept", Kind.COUNTER, Unit.COUNT, "Streams of dead nodes that the scheduled sweep had to end.", _CONTROL
)

METRICS: tuple[Metric, ...] = tuple(value for value in dict(globals()).values() if isinstance(value, Metric))
BY_NAME = {metric.name: metric for metric in METRICS}


def of_service(service: Service) -> tuple[Metric, ...]:
    return tuple(metric for metric in METRICS if service in metric.services)
