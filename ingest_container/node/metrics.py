"""The node's metrics: read from its parts when they are asked for, and written once a minute.

counts, as things happen --+--> Reading --what a minute changed--> a line in CloudWatch's format (`chalicelib.emf`)
gauges, as they are now ---'           `--as it is--> /metrics in Prometheus' (`node.exposition`)
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chalicelib import counters, emf
from chalicelib.domain import metrics
from chalicelib.domain.metrics import BY_NAME, INTERVAL_S, QUANTILES, Metric, Service
from chalicelib.domain.refusals import AtCapacity
from ingest_container.base.clock import now_ms
from ingest_container.base.counts import NodeCounts
from ingest_container.base.histogram import Histogram, quantile, since
from ingest_container.live.publish import Connection
from ingest_container.node.admission import Admission
from ingest_container.node.load import NodeLoad
from ingest_container.node.playback import Playback


@dataclass(frozen=True, slots=True)
class Times:
    """How many took how long, in the buckets of `histogram.BOUNDS`, and ms of all together."""

    counts: list[int]
    total: float

    @classmethod
    def of(cls, histogram: Histogram) -> "Times":
        return cls(list(histogram.counts), histogram.total)


@dataclass(frozen=True, slots=True)
class Reading:
    """All metrics at one moment; counters and times since the node began. Counters are by label, "" without one."""

    gauges: Mapping[Metric, float]
    counters: Mapping[Metric, Mapping[str, int]]
    times: Mapping[Metric, Times]


def cloudwatch(now: Reading, before: Reading) -> tuple[dict[str, float], dict[str, object]]:
    """Values of what happened between the two, by CloudWatch name; and what they are split by, for Logs Insights."""
    values: dict[str, float] = {metric.name: value for metric, value in now.gauges.items()}
    properties: dict[str, object] = {}
    for metric, counts in now.counters.items():
        earlier = before.counters.get(metric, {})
        grown = {label: count - earlier.get(label, 0) for label, count in counts.items()}
        values[metric.name] = sum(grown.values())
        if metric.label is not None and (split := {label: count for label, count in grown.items() if count}):
            properties[f"{metric.name}_by_{metric.label}"] = split
    for metric, times in now.times.items():
        counted = since(times.counts, before.times[metric].counts)
        for suffix, q in QUANTILES.items():
            if (value := quantile(counted, q)) is not None:
                values[metric.name + suffix] = round(value, 2)
    return values, properties


class NodeMetrics:
    """Of one node: `read` at any time; `run` writes them until it is cancelled."""

    def __init__(
        self,
        counts: NodeCounts,
        admission: Admission,
        load: NodeLoad,
        connections: Collection[Connection],
        playback: Playback | None,
    ) -> None:
        """`connections` is a view of those that are open."""
        self._counts = counts
        self._admission = admission
        self._load = load
        self._connections = connections
        self._playback = playback

    def read(self) -> Reading:
        counts, shared = self._counts, counters.totals()
        counted: dict[Metric, dict[str, int]] = {
            metrics.RECEIVED: _plain(counts.bytes_of_closed + sum(each.bytes_received for each in self._connections)),
            metrics.REFUSALS: dict(counts.refusals),
            metrics.REFUSALS_FULL: _plain(counts.refusals[AtCapacity.code]),
            metrics.PUBLISHERS_MOVED: dict(counts.moves),
            metrics.CONNECTIONS_REJECTED: dict(counts.rejected),
            metrics.RENEWALS_FAILED: _plain(counts.renewals_failed),
            metrics.LEASES_LOST: _plain(counts.leases_lost),
            metrics.EVENTS_DROPPED: _plain(counts.events_dropped),
            metrics.HEALTH_FINDINGS: dict(counts.findings),
            metrics.PARTS: _plain(counts.parts),
            metrics.PARTS_LATE: _plain(counts.parts_late),
            metrics.PACKAGING_STOPPED: _plain(counts.packaging_stopped),
            metrics.RECORDING_FAILURES: _plain(counts.recording_failures),
            metrics.RECORDINGS_INCOMPLETE: _plain(counts.recordings_incomplete),
            metrics.LEASE_CONFLICTS: _plain(0),
            metrics.EVENTS_FAILED: _plain(0),
        }
        for (name, label), count in shared.items():  # of the services that run in this process
            counted.setdefault(BY_NAME[name], {})[label] = count
        return Reading(
            self._gauges(),
            counted,
            {metrics.PUBLISH_TO_LIVE: Times.of(counts.publish_to_live)},
        )

    def _gauges(self) -> dict[Metric, float]:
        admission, playback, load = self._admission, self._playback, self._load
        admits = not (admission.is_draining or admission.is_stopping)
        gauges: dict[Metric, float] = {
            metrics.NODES: 1,
            metrics.PUBLISHERS: len(admission.broadcasts),
            metrics.PLACES: load.capacity.limits.publishers if admits else 0,
            metrics.PLACES_FREE: load.capacity.free(admission.taken) if admits else 0,
            metrics.WAITING: admission.waiting,
            metrics.LOOP_LAG: round(load.lag.p99 * 1000, 2),
            metrics.CONNECTIONS: len(self._connections),
            metrics.VIEWERS: playback.viewers if playback is not None else 0,
            metrics.RECORDING_QUEUE: playback.waiting_bytes if playback is not None else 0,
        }
        if admits:  # a node that empties would make the others look less used
            gauges[metrics.UTILIZATION] = round(100 * load.capacity.utilization(admission.taken), 1)
        return gauges

    async def run(self) -> None:
        """Writes a line at each full minute, all nodes alike, so that CloudWatch's sums over a minute are the fleet's.

        What was counted since then is written when the node stops.
        """
        before = self.read()
        try:
            while True:
                await asyncio.sleep(INTERVAL_S - now_ms() / 1000 % INTERVAL_S)
                now = self.read()
                emf.write(Service.INGEST, *cloudwatch(now, before))
                before = now
        finally:
            last = self.read()
            emf.write(Service.INGEST, *cloudwatch(Reading({}, last.counters, last.times), before))


def _plain(count: int) -> dict[str, int]:
    return {"": count}
