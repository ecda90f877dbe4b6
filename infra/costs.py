"""What a stage costs a month, all its regions together: `python -m infra.costs prod` prints the table of
docs/operations.md."""

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.metrics import METRICS, Service
from infra import actions, prices
from infra.actions import Traffic
from infra.alarm_shapes import Alarm
from infra.alarms import ALARMS, FUNCTIONS, NODE_ALARMS
from infra.prices import HOURS
from infra.stages import NODE_MEMORY_MIB, NODE_PLACES, REMOTE_REGIONS, STAGE_NAMES, STAGES, ZONES, Stage

SEGMENT_S = 2.0
PART_S = 0.5

# Parts of a stage that are there whether or not anybody streams.
SECRETS = 6  # of the data stack, and the first administrator's
REPLICATED_SECRETS = 1  # in each further region: what nodes sign playback tokens with
SCHEDULED_PER_MINUTE = 4
WEB_ACLS = 2
WEB_ACL_RULES = 9  # of both together

# Measured (docs/playback.md, "Cost"): what a node's work takes.
CPU_S_PER_GB_PACKAGED = 4.7
MIB_PER_PACKAGED_STREAM = 12.0
NODE_MIB_FREE = NODE_MEMORY_MIB - 248
NODE_CPU_USED = 0.6  # so much of its core before another node is started
# What a request to the tables of another region weighs beside its rows: headers of both directions.
KB_A_CALL = 2.0


@dataclass(frozen=True)
class Load:
    """An average hour of the month, spread evenly over the stage's regions.

    Args:
        streams: that run at the same time.
        mbit: of each.
        broadcast_hours: how long one lasts.
        dashboards: open WebSockets of each stream.
        recorded: share of the streams that are recorded, and kept for `recording_days`.
        viewers: of each stream, at `viewer_mbit`.
        cross_zone: whether the load balancer spreads connections over all zones; by default as the stage's does.
    """

    streams: int
    mbit: float = 6.0
    broadcast_hours: float = 2.0
    dashboards: float = 1.0
    recorded: float = 0.0
    recording_days: int = 30
    viewers: float = 0.0
    viewer_mbit: float = 4.0
    cross_zone: bool | None = None

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
    """Ingest nodes that such a load takes in all regions."""
    return _regions(stage) * _nodes_a_region(stage, load)


def monthly(stage: Stage, load: Load) -> list[Item]:
    """The bill of a month, item by item. Items that cost nothing under this load are left out."""
    count, regions = nodes(stage, load), _regions(stage)
    hourly = actions.hourly(_traffic(stage, load), actions.measured())
    billed = {name: dollars * HOURS for name, dollars in hourly.items()}
    by_traffic = prices.NLB_CAPACITY_UNIT_HOUR * load.gb_per_hour / prices.NLB_GB_PER_UNIT
    items = [
        Item("Load balancer, hours", regions * prices.NLB_HOUR * HOURS),
        Item("Load balancer, traffic", by_traffic * HOURS),
        Item("Traffic between zones", _between_zones(stage, load)),
        Item("Traffic between regions", _between_regions(stage, load)),
        Item(f"Fargate, {count} node{'s' if count > 1 else ''}", count * node_hour() * HOURS),
        Item("Public IPv4 addresses", (regions * ZONES + count) * prices.PUBLIC_IPV4_HOUR * HOURS),
        Item("DynamoDB", billed["DynamoDB writes"] + billed["DynamoDB reads"]),
        Item("EventBridge and Lambda", billed["EventBridge"] + billed["Lambda"] + _callers_and_schedules(load)),
        Item("WebSocket", billed["WebSocket"]),
        Item("CloudWatch", _observability(stage, count, load)),
        Item("Firewall", _firewall(load)),
        Item("Secrets, encryption key, hosted zone", _secrets_and_names(stage)),
        Item("Recordings", _recordings(load)),
        Item("Viewers (CloudFront)", _viewers(load)),
    ]
    return [item for item in items if item.dollars > 0]


def total(items: Iterable[Item]) -> float:
    return sum(item.dollars for item in items)


def node_hour() -> float:
    return prices.FARGATE_ARM_CPU_HOUR + prices.FARGATE_ARM_GB_HOUR * NODE_MEMORY_MIB / 1_024


def _regions(stage: Stage) -> int:
    return 1 + len(stage.remote)


def _nodes_a_region(stage: Stage, load: Load) -> int:
    """By CPU, memory and places, as if all of them packaged, and never fewer than the stage has in each region."""
    share = 1 / _regions(stage)
    by_cpu = load.gb_per_hour * share / 3_600 * CPU_S_PER_GB_PACKAGED / NODE_CPU_USED
    by_memory = load.streams * share * MIB_PER_PACKAGED_STREAM / NODE_MIB_FREE
    return max(stage.tasks, math.ceil(max(by_cpu, by_memory, load.streams * share / NODE_PLACES)))


def _traffic(stage: Stage, load: Load) -> Traffic:
    return Traffic(load.streams, nodes(stage, load), load.broadcast_hours, load.dashboards, load.viewers)


def _gb_per_hour(mbit: float) -> float:
    return mbit * 3_600 / 8 / 1_000


def _between_zones(stage: Stage, load: Load) -> float:
    """With cross-zone balancing a connection ends in another zone as often as there are others, and is billed twice."""
    if not (stage.crosses_zones if load.cross_zone is None else load.cross_zone):
        return 0.0
    return load.gb_per_hour * HOURS * (ZONES - 1) / ZONES * 2 * prices.BETWEEN_ZONES_GB


def _between_regions(stage: Stage, load: Load) -> float:
    """What nodes of further regions exchange with the tables and the bus at home, and the recordings that they store
    there. Viewers of their streams are not counted: they have none unless the networks are peered."""
    share = len(stage.remote) / _regions(stage)
    away = Traffic(load.streams * share, len(stage.remote) * _nodes_a_region(stage, load), load.broadcast_hours, 0)
    kb = sum(rate * _weight_kb(actions.measured()[name]) for name, rate in _of_nodes(away))
    gb = kb / 1e6 * prices.SECONDS + load.gb_per_hour * HOURS * share * load.recorded
    return gb * prices.BETWEEN_REGIONS_GB


def _of_nodes(traffic: Traffic) -> Iterable[tuple[str, float]]:
    return ((name, rate) for name, rate in actions.rates(traffic).items() if name in actions.ON_NODES)


def _weight_kb(one: actions.Measured) -> float:
    """What an action sends and gets; a write unit is 1 KB, a read unit 4 KB, at most."""
    return KB_A_CALL * one.calls + one.write_units + 4 * one.read_units + one.events


def _callers_and_schedules(load: Load) -> float:
    """The API's requests and the scheduled functions: 0.1 s of 0.5 GB each."""
    calls = SCHEDULED_PER_MINUTE * 60 * HOURS + _requests(load)
    each = prices.LAMBDA_REQUEST + 0.1 * actions.LAMBDA_GB * prices.LAMBDA_GB_SECOND
    return calls * each + _requests(load) * prices.REQUEST_REST_API


def _requests(load: Load) -> float:
    """Of the REST API: some twenty a broadcast, to sign in, read the channel and look at it afterwards."""
    return 20 * load.broadcasts


def _firewall(load: Load) -> float:
    standing = WEB_ACLS * prices.WEB_ACL + WEB_ACL_RULES * prices.WEB_ACL_RULE
    return standing + _requests(load) * prices.WEB_ACL_REQUEST


def _secrets_and_names(stage: Stage) -> float:
    secrets = SECRETS + len(stage.remote) * REPLICATED_SECRETS
    return secrets * prices.SECRET + prices.KMS_KEY + prices.HOSTED_ZONE


def _observability(stage: Stage, count: int, load: Load) -> float:
    """Some 20 KB of log lines a broadcast, and 1 MB an hour of a node and of the scheduled functions."""
    logs_gb = load.broadcasts * 20e-6 + (count + 1) * HOURS * 1e-3
    remote = len(stage.remote)
    metrics = _published(Service.CONTROL) + _regions(stage) * _published(Service.INGEST)
    watched = _watched(ALARMS) + remote * _watched(NODE_ALARMS)
    return metrics * prices.METRIC + watched * prices.ALARM + prices.DASHBOARD + logs_gb * prices.LOGS_GB


def _published(service: Service) -> int:
    return sum(len(metric.cloudwatch_names) for metric in METRICS if service in metric.services)


def _watched(alarms: Iterable[Alarm]) -> int:
    """An alarm is billed for each metric that it looks at."""
    return sum(len(FUNCTIONS.get(each.of, (each,))) for alarm in alarms for each in alarm.series.values())


def _recordings(load: Load) -> float:
    streams = load.streams * load.recorded
    puts = streams * prices.SECONDS / SEGMENT_S * prices.S3_PUT
    return puts + streams * _gb_per_hour(load.mbit) * 24 * load.recording_days * prices.S3_GB_MONTH


def _viewers(load: Load) -> float:
    """In low latency, a player asks for a part and for a playlist each half second."""
    hours = load.streams * load.viewers * HOURS
    an_hour = _gb_per_hour(load.viewer_mbit) * prices.CLOUDFRONT_GB + 2 / PART_S * 3_600 * prices.CLOUDFRONT_REQUEST
    return hours * an_hour


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


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.costs", description="What a stage costs a month.")
    parser.add_argument("stage", choices=STAGE_NAMES)
    parser.add_argument("--streams", type=int, nargs="+", default=LOADS, help="streams that run at the same time")
    parser.add_argument(
        "--remote", nargs="+", choices=REMOTE_REGIONS, metavar="region", help="further regions, not the stage's own"
    )
    return parser.parse_args(arguments)


def main(say: Callable[[str], None] = print) -> None:
    given = parsed()
    stage = STAGES[given.stage]
    stage = replace(stage, remote=tuple(given.remote)) if given.remote else stage
    say(table(stage, [Load(streams) for streams in given.streams]))


if __name__ == "__main__":
    main()
