"""From the measured cost of each action to a fleet of any size: how often each happens, and what that adds up to.

Everything here is arithmetic. Rates are of a steady hour in the evening; the storm is the moment at which a tenth of
all streams begin within a minute.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.leases import RENEW_INTERVAL
from chalicelib.domain.live_index import SHARDS
from chalicelib.services.fanout import METRICS_FOR
from infra import costs as prices
from infra.stages import STAGES

# A partition's limits, units a second: "Best practices for designing partition keys", DynamoDB Developer Guide.
PARTITION_WRITES, PARTITION_READS = 1_000, 3_000
ROUND_TRIP_S = 0.005  # of a request from a Lambda to DynamoDB or API Gateway
LAMBDA_GB = 0.5  # the functions' memory; it has 0.29 of a core
LAMBDA_CORES = 0.29
POSTS_AT_ONCE = 32  # `sockets.CONCURRENCY`


@dataclass(frozen=True, slots=True)
class Assumed:
    """Of the audience and the broadcasters; not measured."""

    stream_hours: float = 1.0
    dashboards: float = 0.2  # open, of each stream
    viewers: float = 10.0  # of each stream
    viewer_minutes: float = 20.0
    on_websockets: float = 1.0  # of the viewers: a watch page opens one
    api_lists_s: float = 1.0  # of each page of the public list: a CDN asks once a second
    storm_share: float = 0.1
    storm_s: float = 60.0
    mbit: float = 6.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One action: what it asks of AWS, and its own CPU in seconds."""

    calls: float = 0.0
    read_units: float = 0.0
    write_units: float = 0.0
    events: float = 0.0
    posts: float = 0.0
    cpu_s: float = 0.0
    # Units by place, of partitions that many streams share.
    written: Mapping[str, float] = field(default_factory=dict)
    read: Mapping[str, float] = field(default_factory=dict)


ON_NODES = frozenset(
    {"start and end", "measures of a stream", "samples of a stream", "renewal", "look at watches", "look at peers"}
)


def rates(streams: int, assumed: Assumed) -> dict[str, float]:
    """How often each action happens, a second."""
    nodes = nodes_of(streams, assumed)
    dashboards = streams * assumed.dashboards
    sockets = streams * assumed.viewers * assumed.on_websockets
    return {
        "start and end": streams / (assumed.stream_hours * 3_600),
        "measures of a stream": streams / 5,
        "samples of a stream": streams / 60,
        "renewal": nodes * 1_000 / RENEW_INTERVAL,
        "look at watches": float(nodes),
        "look at peers": nodes / 2,
        "dashboard opens": dashboards / (assumed.stream_hours * 3_600),
        "measures to a dashboard": dashboards,
        "viewer's page opens": sockets / (assumed.viewer_minutes * 60),
        "measures to a viewer": sockets / 5,
        "page of the public list": assumed.api_lists_s,
        "state change": 2 * streams / (assumed.stream_hours * 3_600),
        "sweep, a stream": streams / 60,
    }


def nodes_of(streams: int, assumed: Assumed) -> int:
    """By CPU with packaging, memory and places."""
    return prices.nodes(STAGES["prod"], prices.Load(streams, mbit=assumed.mbit))


@dataclass(frozen=True, slots=True)
class Hour:
    """A fleet in a steady hour. Units and calls a second; dollars an hour."""

    streams: int
    nodes: int
    viewers: int
    calls: float
    read_units: float
    write_units: float
    events: float
    lambda_seconds: float  # a second: how many run at once
    sweep_seconds: float  # of one run of the backstop
    hottest_write: tuple[str, float]
    hottest_read: tuple[str, float]
    # Viewers of one channel that one function can send measures to before they are left out.
    heard_of_one: float
    storm_write: float  # of a shard of the live index, while a tenth of all streams begin
    dollars: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.dollars.values())


def hour(streams: int, measured: Mapping[str, Measured], assumed: Assumed) -> Hour:
    per_second = rates(streams, assumed)
    nodes = nodes_of(streams, assumed)

    def together(name: str) -> float:
        return sum(rate * float(getattr(measured[action], name)) for action, rate in per_second.items())

    reads = together("read_units") + nodes / 6 * listed(nodes)
    busy = {name: rate * lambda_seconds(measured[name]) for name, rate in per_second.items() if name not in ON_NODES}
    calls_of_functions = sum(rate for name, rate in per_second.items() if name not in ON_NODES and name[:5] != "sweep")
    sockets = streams * (assumed.dashboards + assumed.viewers * assumed.on_websockets)
    gb = streams * assumed.mbit * 3_600 / 8 / 1_000
    dollars = {
        "DynamoDB writes": together("write_units") * 3_600 * prices.WRITE_UNIT,
        "DynamoDB reads": reads * 3_600 * prices.READ_UNIT,
        "EventBridge": together("events") * 3_600 * prices.EVENT,
        "Lambda": 3_600
        * (
            sum(busy.values()) * LAMBDA_GB * prices.LAMBDA_GB_SECOND
            + (calls_of_functions + together("events")) * prices.LAMBDA_REQUEST
        ),
        "WebSocket": together("posts") * 3_600 * prices.WEBSOCKET_MESSAGE + sockets * 60 * prices.WEBSOCKET_MINUTE,
        "Nodes (Fargate)": nodes * (prices.FARGATE_ARM_CPU_HOUR + 2 * prices.FARGATE_ARM_GB_HOUR),
        "Load balancer": prices.NLB_HOUR + gb / prices.NLB_GB_PER_UNIT * prices.NLB_CAPACITY_UNIT_HOUR,
    }
    return Hour(
        streams,
        nodes,
        round(streams * assumed.viewers),
        together("calls"),
        reads,
        together("write_units"),
        together("events"),
        sum(busy.values()),
        streams * lambda_seconds(measured["sweep, a stream"]),
        max(_heat(per_second, {name: one.written for name, one in measured.items()}, nodes).items(), key=_units),
        max(
            (
                _heat(per_second, {name: one.read for name, one in measured.items()}, nodes)
                | {"nodes/by_kind": nodes / 6 * listed(nodes)}
            ).items(),
            key=_units,
        ),
        METRICS_FOR * LAMBDA_CORES / measured["measures to a viewer"].cpu_s,
        streams * assumed.storm_share / assumed.storm_s * _live(measured["start and end"]) / SHARDS,
        dollars,
    )


def lambda_seconds(one: Measured) -> float:
    """Its own CPU on the core's share that it has, and the waits: posts go out together, other calls in turn."""
    return one.cpu_s / LAMBDA_CORES + (one.calls - one.posts + one.posts / POSTS_AT_ONCE) * ROUND_TRIP_S


def listed(nodes: int) -> float:
    """Read units of the list of all nodes: keys of some 60 bytes, eventually consistent, dead ones of a day as well."""
    return max(0.5, math.ceil(2 * nodes * 60 / 4_096) * 0.5)


def _live(start_and_end: Measured) -> float:
    return start_and_end.written.get("streams/live", 0.0)


def _heat(rate: Mapping[str, float], by_action: Mapping[str, Mapping[str, float]], nodes: int) -> dict[str, float]:
    """Units a second of the partitions that streams or nodes share; all others are of one stream or channel each."""
    partitions = {"streams/live": SHARDS, "watches": nodes}
    return {
        place: sum(rate[action] * units.get(place, 0.0) for action, units in by_action.items()) / number
        for place, number in partitions.items()
    }


def _units(found: tuple[str, float]) -> float:
    return found[1]
