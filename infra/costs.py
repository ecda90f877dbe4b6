"""What a stage costs a month: `python -m infra.costs prod` prints the table of docs/operations.md.

List prices of us-east-1 on demand, of the month `PRICES_OF`, without the free tier, taxes or support plans. Prices of
other regions differ: check yours with the AWS Pricing Calculator.
"""

import argparse
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chalicelib.domain.metrics import METRICS
from infra.alarms import ALARMS, FUNCTIONS
from infra.stages import STAGE_NAMES, STAGES, Stage

PRICES_OF = "2026-11"

HOURS = 730.0  # in a month
SECONDS = HOURS * 3_600

# Dollars.
NLB_HOUR, NLB_CAPACITY_UNIT_HOUR = 0.0225, 0.006
FARGATE_ARM_CPU_HOUR, FARGATE_ARM_GB_HOUR = 0.03238, 0.00356
PUBLIC_IPV4_HOUR = 0.005
BETWEEN_ZONES_GB = 0.01  # in each direction
WRITE_UNIT, READ_UNIT = 0.625e-6, 0.125e-6
EVENT = 1e-6
REQUEST_REST_API = 3.5e-6
WEBSOCKET_MESSAGE, WEBSOCKET_MINUTE = 1e-6, 0.25e-6
LAMBDA_REQUEST, LAMBDA_GB_SECOND = 0.2e-6, 0.0000166667
METRIC, ALARM, LOGS_GB = 0.30, 0.10, 0.50
SECRET, KMS_KEY = 0.40, 1.00
WEB_ACL, WEB_ACL_RULE, WEB_ACL_REQUEST = 5.00, 1.00, 0.6e-6
HOSTED_ZONE = 0.50
S3_PUT, S3_GB_MONTH = 0.005e-3, 0.023
CLOUDFRONT_GB, CLOUDFRONT_REQUEST = 0.085, 1e-6

NLB_GB_PER_UNIT = 1.0  # an hour, for TCP and for TLS
SEGMENT_S = 2.0
PART_S = 0.5

# Parts of a stage that are there whether or not anybody streams.
SECRETS = 5
PUBLISHED = sum(len(metric.cloudwatch_names) * len(metric.services) for metric in METRICS)
# An alarm is billed for each metric that it looks at.
WATCHED = sum(len(FUNCTIONS.get(each.of, (each,))) for alarm in ALARMS for each in alarm.series.values())
DASHBOARD = 3.0
ZONES = 2
SCHEDULED_PER_MINUTE = 4
WEB_ACLS, WEB_ACL_RULES = 2, 3

# Measured (docs/playback.md, "Cost"; docs/decisions/0001): what a node's work takes.
CPU_S_PER_GB_PACKAGED = 4.7
MIB_PER_PACKAGED_STREAM = 12.0
NODE_MIB, NODE_MIB_FREE = 2_048, 1_800
NODE_CPU_USED = 0.6  # so much of its core before another node is started
NODE_PLACES = 1_000
WRITES_PER_NODE_S, READS_PER_NODE_S = 1 / 1.5, 2.0
WRITES_PER_STREAM_S = 1 / 5 + 1 / 60  # its pulse and its samples
WRITES_PER_BROADCAST, READS_PER_BROADCAST, EVENTS_PER_BROADCAST = 23, 2, 3


@dataclass(frozen=True)
class Load:
    """An average hour of the month.

    Args:
        streams: that run at the same time.
        mbit: of each.
        broadcast_hours: how long one lasts.
        dashboards: open WebSockets of each stream.
        recorded: share of the streams that are recorded, and kept for `recording_days`.
        viewers: of each stream, at `viewer_mbit`.
        cross_zone: whether the load balancer spreads connections over all zones (ours does not).
    """

    streams: int
    mbit: float = 6.0
    broadcast_hours: float = 2.0
    dashboards: float = 1.0
    recorded: float = 0.0
    recording_days: int = 30
    viewers: float = 0.0
    viewer_mbit: float = 4.0
    cross_zone: bool = False

    @property
    def gb_per_hour(self) -> float:
        """Of all streams together."""
        return self.streams * _gb_per_hour(self.mbit)

    @property
    def broadcasts(self) -> float:
        return self.streams * HOURS / self.broadcast_hours


@dataclass(frozen=True)
class Item:
    """`dollars` a month for `name`."""

    name: str
    dollars: float


def nodes(stage: Stage, load: Load) -> int:
    """Ingest nodes that such a load takes: by CPU, memory and places, and never fewer than the stage has."""
    by_cpu = load.gb_per_hour / 3_600 * CPU_S_PER_GB_PACKAGED / NODE_CPU_USED
    by_memory = load.streams * MIB_PER_PACKAGED_STREAM / NODE_MIB_FREE
    return max(stage.tasks, math.ceil(max(by_cpu, by_memory, load.streams / NODE_PLACES)))


def monthly(stage: Stage, load: Load) -> list[Item]:
    """The bill of a month, item by item. Items that cost nothing under this load are left out."""
    count = nodes(stage, load)
    items = [
        Item("Load balancer, hours", NLB_HOUR * HOURS),
        Item("Load balancer, traffic", NLB_CAPACITY_UNIT_HOUR * load.gb_per_hour / NLB_GB_PER_UNIT * HOURS),
        Item("Traffic between zones", _between_zones(load)),
        Item(f"Fargate, {count} node{'s' if count > 1 else ''}", count * _node_hour() * HOURS),
        Item("Public IPv4 addresses", (ZONES + count) * PUBLIC_IPV4_HOUR * HOURS),
        Item("DynamoDB", _database(count, load)),
        Item("EventBridge and Lambda", _functions(load)),
        Item("WebSocket", _dashboards(load)),
        Item("CloudWatch", _observability(count, load)),
        Item("Firewall", WEB_ACLS * (WEB_ACL + WEB_ACL_RULES * WEB_ACL_RULE) + _requests(load) * WEB_ACL_REQUEST),
        Item("Secrets, encryption key, hosted zone", SECRETS * SECRET + KMS_KEY + HOSTED_ZONE),
        Item("Recordings", _recordings(load)),
        Item("Viewers (CloudFront)", _viewers(load)),
    ]
    return [item for item in items if item.dollars > 0]


def total(items: Iterable[Item]) -> float:
    return sum(item.dollars for item in items)


def _gb_per_hour(mbit: float) -> float:
    return mbit * 3_600 / 8 / 1_000


def _node_hour() -> float:
    return FARGATE_ARM_CPU_HOUR + FARGATE_ARM_GB_HOUR * NODE_MIB / 1_024


def _between_zones(load: Load) -> float:
    """With cross-zone balancing a connection ends in another zone as often as there are others, and is billed twice."""
    if not load.cross_zone:
        return 0.0
    return load.gb_per_hour * HOURS * (ZONES - 1) / ZONES * 2 * BETWEEN_ZONES_GB


def _database(count: int, load: Load) -> float:
    per_second = (count * WRITES_PER_NODE_S + load.streams * WRITES_PER_STREAM_S) * WRITE_UNIT
    per_broadcast = WRITES_PER_BROADCAST * WRITE_UNIT + READS_PER_BROADCAST * READ_UNIT
    return (per_second + count * READS_PER_NODE_S * READ_UNIT) * SECONDS + load.broadcasts * per_broadcast


def _functions(load: Load) -> float:
    """Events, the functions that take them (0.1 s of 0.5 GB), the scheduled ones, and the API's requests."""
    events = load.broadcasts * EVENTS_PER_BROADCAST
    calls = 2 * events + SCHEDULED_PER_MINUTE * 60 * HOURS + _requests(load)
    return events * EVENT + calls * (LAMBDA_REQUEST + 0.1 * 0.5 * LAMBDA_GB_SECOND) + _requests(load) * REQUEST_REST_API


def _requests(load: Load) -> float:
    """Of the REST API: some twenty a broadcast, to sign in, read the channel and look at it afterwards."""
    return 20 * load.broadcasts


def _dashboards(load: Load) -> float:
    """A message of measurements every two seconds."""
    minutes = load.streams * load.dashboards * HOURS * 60
    return minutes * WEBSOCKET_MINUTE + minutes * 30 * WEBSOCKET_MESSAGE


def _observability(count: int, load: Load) -> float:
    """Some 20 KB of log lines a broadcast, and 1 MB an hour of a node and of the scheduled functions."""
    logs_gb = load.broadcasts * 20e-6 + (count + 1) * HOURS * 1e-3
    return PUBLISHED * METRIC + WATCHED * ALARM + DASHBOARD + logs_gb * LOGS_GB


def _recordings(load: Load) -> float:
    streams = load.streams * load.recorded
    puts = streams * SECONDS / SEGMENT_S * S3_PUT
    return puts + streams * _gb_per_hour(load.mbit) * 24 * load.recording_days * S3_GB_MONTH


def _viewers(load: Load) -> float:
    """In low latency, a player asks for a part and for a playlist each half second."""
    hours = load.streams * load.viewers * HOURS
    return hours * (_gb_per_hour(load.viewer_mbit) * CLOUDFRONT_GB + 2 / PART_S * 3_600 * CLOUDFRONT_REQUEST)


LOADS = (0, 10, 1_000, 10_000)


def table(stage: Stage, loads: Iterable[Load]) -> str:
    """Markdown: a row for each item, a column for each load."""
    given = list(loads)
    bills = [monthly(stage, load) for load in given]
    # The number of nodes differs from column to column; the row is one.
    rows = dict.fromkeys(_row(item) for bill in bills for item in bill)
    cells = [{_row(item): item.dollars for item in bill} for bill in bills]
    lines = [
        _line("dollars a month", [f"{load.streams:,} streams" for load in given]),
        _line("---", ["--:"] * len(given)),
        *(_line(name, [_dollars(bill.get(name, 0.0)) for bill in cells]) for name in rows),
        _line("**together**", [f"**{_dollars(total(bill))}**" for bill in bills]),
        _line("a stream and hour", [_each(total(bill), load) for bill, load in zip(bills, given, strict=True)]),
        _line("nodes", [f"{nodes(stage, load):,}" for load in given]),
    ]
    return "\n".join(lines)


def _row(item: Item) -> str:
    return item.name.partition(",")[0] if item.name.startswith("Fargate") else item.name


def _line(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _dollars(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:,.2f}"


def _each(amount: float, load: Load) -> str:
    return f"{amount / (load.streams * HOURS):.3f}" if load.streams else ""


def main(say: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.costs", description="What a stage costs a month.")
    parser.add_argument("stage", choices=STAGE_NAMES)
    parser.add_argument("--streams", type=int, nargs="+", default=LOADS, help="streams that run at the same time")
    given = parser.parse_args()
    say(table(STAGES[given.stage], [Load(streams) for streams in given.streams]))


if __name__ == "__main__":
    main()
