"""From the measured cost of each action (`infra.actions`) to a fleet of any size.

Everything here is arithmetic. Rates are of a steady hour in the evening; the storm is the moment at which a tenth of
all streams begin within a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.live_index import SHARDS
from chalicelib.services.fanout import METRICS_FOR
from infra import actions, costs, prices
from infra.actions import Actions, Measured, Traffic
from infra.stages import STAGES

# A partition's limits, units a second: "Best practices for designing partition keys", DynamoDB Developer Guide.
PARTITION_WRITES, PARTITION_READS = 1_000, 3_000


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


def traffic(streams: int, assumed: Assumed) -> Traffic:
    return Traffic(
        streams,
        nodes_of(streams, assumed),
        assumed.stream_hours,
        assumed.dashboards,
        assumed.viewers * assumed.on_websockets,
        assumed.viewer_minutes,
        assumed.api_lists_s,
    )


def nodes_of(streams: int, assumed: Assumed) -> int:
    """By CPU with packaging, memory and places."""
    return costs.nodes(STAGES["prod"], costs.Load(streams, mbit=assumed.mbit))


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


def hour(streams: int, measured: Actions, assumed: Assumed) -> Hour:
    fleet = traffic(streams, assumed)
    per_second, nodes = actions.rates(fleet), fleet.nodes
    gb = streams * assumed.mbit * 3_600 / 8 / 1_000
    dollars = actions.hourly(fleet, measured) | {
        "Nodes (Fargate)": nodes * costs.node_hour(),
        "Load balancer": prices.NLB_HOUR + gb / prices.NLB_GB_PER_UNIT * prices.NLB_CAPACITY_UNIT_HOUR,
    }
    return Hour(
        streams,
        nodes,
        round(streams * assumed.viewers),
        actions.together(fleet, measured, "calls"),
        actions.read_units(fleet, measured),
        actions.together(fleet, measured, "write_units"),
        actions.together(fleet, measured, "events"),
        actions.functions_at_once(fleet, measured),
        streams * actions.lambda_seconds(measured[actions.SWEEP]),
        max(_heat(per_second, {name: one.written for name, one in measured.items()}, nodes).items(), key=_units),
        max(
            (
                _heat(per_second, {name: one.read for name, one in measured.items()}, nodes)
                | {"nodes/by_kind": nodes / 6 * actions.listed(nodes)}
            ).items(),
            key=_units,
        ),
        METRICS_FOR * actions.LAMBDA_CORES / measured["measures to a viewer"].cpu_s,
        streams * assumed.storm_share / assumed.storm_s * _live(measured["start and end"]) / SHARDS,
        dollars,
    )


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
