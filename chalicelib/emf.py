"""Metrics as CloudWatch's embedded metric format: one JSON line on stdout, of which CloudWatch Logs makes metrics.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
Nothing is called for it, so it costs the writer a line; where nobody reads the format, it is a line of a log.
"""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from chalicelib.config import settings
from chalicelib.domain.metrics import BY_NAME, NAMESPACE, Service, Unit

_UNITS = {
    Unit.COUNT: MetricUnit.Count,
    Unit.BYTES: MetricUnit.Bytes,
    Unit.MILLISECONDS: MetricUnit.Milliseconds,
    Unit.PERCENT: MetricUnit.Percent,
}
_UNIT_OF = {name: _UNITS[metric.unit] for metric in BY_NAME.values() for name in metric.cloudwatch_names}


def write(service: Service, values: Mapping[str, float], properties: Mapping[str, object] | None = None) -> None:
    """One line with these values, by CloudWatch name; `properties` are for Logs Insights, and are no dimensions."""
    if not values:
        return
    line = EphemeralMetrics(namespace=NAMESPACE, service=service.value)
    line.add_dimension("stage", settings().stage)
    for name, value in values.items():
        line.add_metric(name, _UNIT_OF[name], value)
    for name, said in (properties or {}).items():
        line.add_metadata(name, said)
    line.flush_metrics()
