"""The node's metrics as Prometheus reads them, in its text format."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from chalicelib.domain.metrics import Metric, Unit
from ingest_container.base.histogram import BOUNDS
from ingest_container.node.metrics import Reading, Times

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def text(reading: Reading) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Read(reading))
    return generate_latest(registry)


class _Read(Collector):
    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def collect(self) -> Iterator[Family]:
        for metric, value in self._reading.gauges.items():
            yield GaugeMetricFamily(metric.prometheus_name, metric.meaning, value=_base(metric, value))
        for metric, counts in self._reading.counters.items():
            yield _counter(metric, counts)
        for metric, times in self._reading.times.items():
            yield _histogram(metric, times)


def _counter(metric: Metric, counts: Mapping[str, int]) -> Family:
    family = CounterMetricFamily(metric.prometheus_name, metric.meaning, labels=[metric.label] if metric.label else [])
    for label, count in counts.items():
        family.add_metric([label] if metric.label else [], count)
    return family


def _base(metric: Metric, value: float) -> float:
    """Seconds instead of milliseconds, and a ratio instead of percent."""
    return value / {Unit.MILLISECONDS: 1000, Unit.PERCENT: 100}.get(metric.unit, 1)


def _histogram(metric: Metric, times: Times) -> Family:
    """Buckets are cumulative, and in seconds."""
    assert metric.unit is Unit.MILLISECONDS  # noqa: S101
    buckets, so_far = list[tuple[str, float]](), 0
    for bound, count in zip((*(str(bound / 1000) for bound in BOUNDS), "+Inf"), times.counts, strict=True):
        so_far += count
        buckets.append((bound, so_far))
    return HistogramMetricFamily(metric.prometheus_name, metric.meaning, buckets=buckets, sum_value=times.total / 1000)
