"""What a fleet does, how often, and what each action asks of AWS and costs: for `infra.costs` and docs/scale.md alike.

What one action takes is measured (`make bench-scale`, `benchmarks/results/scale.json`); how often it happens is here.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from chalicelib.domain.leases import RENEW_INTERVAL
from infra import prices

RESULTS = Path(__file__).resolve().parent.parent / "benchmarks" / "results" / "scale.json"

ROUND_TRIP_S = 0.005  # of a request from a Lambda to DynamoDB or API Gateway
LAMBDA_GB = 0.5  # the functions' memory; it has 0.29 of a core
LAMBDA_CORES = 0.29
POSTS_AT_ONCE = 32  # `sockets.CONCURRENCY`


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


Actions = Mapping[str, Measured]

ON_NODES = frozenset(
    {"start and end", "measures of a stream", "samples of a stream", "renewal", "look at watches", "look at peers"}
)
# What functions do about an event, which is counted with the action that sends it.
BY_EVENT = frozenset({"measures to a dashboard", "measures to a viewer", "state change"})
SWEEP = "sweep, a stream"  # its function is invoked once for all streams


@dataclass(frozen=True, slots=True)
class Traffic:
    """A steady hour. `dashboards`, `viewers`: open WebSockets of each stream."""

    streams: float
    nodes: int
    stream_hours: float
    dashboards: float
    viewers: float = 0.0
    viewer_minutes: float = 20.0
    lists_s: float = 0.0  # pages of the public list, a second

    @property
    def sockets(self) -> float:
        return self.streams * (self.dashboards + self.viewers)


@cache
def measured() -> Actions:
    return {name: Measured(**row) for name, row in json.loads(RESULTS.read_text())["measured"].items()}


def rates(traffic: Traffic) -> dict[str, float]:
    """How often each action happens, a second."""
    streams, nodes = traffic.streams, traffic.nodes
    starts = streams / (traffic.stream_hours * 3_600)
    dashboards, viewers = streams * traffic.dashboards, streams * traffic.viewers
    return {
        "start and end": starts,
        "measures of a stream": streams / 5,
        "samples of a stream": streams / 60,
        "renewal": nodes * 1_000 / RENEW_INTERVAL,
        "look at watches": nodes if streams else 0.0,
        "look at peers": nodes / 2,
        "dashboard opens": starts * traffic.dashboards,
        "measures to a dashboard": dashboards,
        "viewer's page opens": viewers / (traffic.viewer_minutes * 60),
        "measures to a viewer": viewers / 5,
        "page of the public list": traffic.lists_s,
        "state change": 2 * starts,
        SWEEP: streams / 60,
    }


def together(traffic: Traffic, actions: Actions, name: str) -> float:
    """Of what `name` of `Measured` counts, a second."""
    return sum(rate * float(getattr(actions[action], name)) for action, rate in rates(traffic).items())


def read_units(traffic: Traffic, actions: Actions) -> float:
    """A second, with the list of the nodes, which each of them reads every six."""
    return together(traffic, actions, "read_units") + traffic.nodes / 6 * listed(traffic.nodes)


def listed(nodes: int) -> float:
    """Read units of the list of all nodes: keys of some 60 bytes, eventually consistent, dead ones of a day as well."""
    return max(0.5, math.ceil(2 * nodes * 60 / 4_096) * 0.5)


def lambda_seconds(one: Measured) -> float:
    """Its own CPU on the core's share that it has, and the waits: posts go out together, other calls in turn."""
    return one.cpu_s / LAMBDA_CORES + (one.calls - one.posts + one.posts / POSTS_AT_ONCE) * ROUND_TRIP_S


def functions_at_once(traffic: Traffic, actions: Actions) -> float:
    return sum(rate * lambda_seconds(actions[name]) for name, rate in rates(traffic).items() if name not in ON_NODES)


def hourly(traffic: Traffic, actions: Actions) -> dict[str, float]:
    """Dollars an hour for what actions are billed by."""
    of_callers = sum(rate for name, rate in rates(traffic).items() if name not in {*ON_NODES, *BY_EVENT, SWEEP})
    events = together(traffic, actions, "events")
    a_second = {
        "DynamoDB writes": together(traffic, actions, "write_units") * prices.WRITE_UNIT,
        "DynamoDB reads": read_units(traffic, actions) * prices.READ_UNIT,
        "EventBridge": events * prices.EVENT,
        "Lambda": functions_at_once(traffic, actions) * LAMBDA_GB * prices.LAMBDA_GB_SECOND
        + (of_callers + events) * prices.LAMBDA_REQUEST,
        "WebSocket": together(traffic, actions, "posts") * prices.WEBSOCKET_MESSAGE
        + traffic.sockets / 60 * prices.WEBSOCKET_MINUTE,
    }
    return {name: 3_600 * dollars for name, dollars in a_second.items()}
