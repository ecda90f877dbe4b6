"""The widgets of a stage's dashboard, row by row: users first, then nodes, then what is behind them."""

from collections.abc import Iterator, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from chalicelib.domain import metrics
from chalicelib.domain.metrics import NAMESPACE, Metric, Service, Unit
from infra.stages import Stage

WIDTH, HEIGHT = 8, 6
INGEST, CONTROL = Service.INGEST, Service.CONTROL

# A graph: its title, its metrics with the statistic over all nodes or invocations of a minute, and whose they are.
Graph = tuple[str, Sequence[tuple[Metric, str]], Service]

ROWS: Sequence[Sequence[Graph]] = (
    (
        (
            "Publishers and places",
            ((metrics.PUBLISHERS, "Sum"), (metrics.PLACES, "Sum"), (metrics.WAITING, "Sum")),
            INGEST,
        ),
        ("Viewers", ((metrics.VIEWERS, "Sum"),), INGEST),
        ("From publish to LIVE", ((metrics.PUBLISH_TO_LIVE, "Maximum"),), INGEST),
    ),
    (
        (
            "Refusals and moves",
            ((metrics.REFUSALS, "Sum"), (metrics.REFUSALS_FULL, "Sum"), (metrics.PUBLISHERS_MOVED, "Sum")),
            INGEST,
        ),
        ("Bytes a minute", ((metrics.RECEIVED, "Sum"),), INGEST),
        (
            "Connections",
            ((metrics.CONNECTIONS, "Sum"), (metrics.CONNECTIONS_REJECTED, "Sum")),
            INGEST,
        ),
    ),
    (
        ("Event loop, worst node", ((metrics.LOOP_LAG, "Maximum"),), INGEST),
        ("Use of the nodes, percent", ((metrics.UTILIZATION, "Average"), (metrics.UTILIZATION, "Maximum")), INGEST),
        (
            "Sessions and leases",
            ((metrics.RENEWALS_FAILED, "Sum"), (metrics.LEASES_LOST, "Sum"), (metrics.LEASE_CONFLICTS, "Sum")),
            INGEST,
        ),
    ),
    (
        (
            "Packaging and health",
            (
                (metrics.PARTS, "Sum"),
                (metrics.PARTS_LATE, "Sum"),
                (metrics.PACKAGING_STOPPED, "Sum"),
                (metrics.HEALTH_FINDINGS, "Sum"),
            ),
            INGEST,
        ),
        ("Recordings that wait", ((metrics.RECORDING_QUEUE, "Maximum"),), INGEST),
        (
            "Recordings",
            ((metrics.RECORDING_FAILURES, "Sum"), (metrics.RECORDINGS_INCOMPLETE, "Sum")),
            INGEST,
        ),
    ),
    (
        ("API", ((metrics.AUTH_REFUSALS, "Sum"), (metrics.SERVER_ERRORS, "Sum")), CONTROL),
        ("Messages to WebSockets", ((metrics.FANOUT_POSTS, "Sum"), (metrics.FANOUT_FAILURES, "Sum")), CONTROL),
        (
            "Webhooks",
            (
                (metrics.WEBHOOK_DELIVERIES, "Sum"),
                (metrics.WEBHOOK_FAILURES, "Sum"),
                (metrics.WEBHOOKS_DEAD, "Sum"),
            ),
            CONTROL,
        ),
    ),
    (
        ("Sweeps", ((metrics.SWEEPS, "Sum"), (metrics.STREAMS_SWEPT, "Sum")), CONTROL),
        ("Refusals by media servers", ((metrics.REFUSALS, "Sum"),), CONTROL),
        ("Events lost on nodes", ((metrics.EVENTS_FAILED, "Sum"), (metrics.EVENTS_DROPPED, "Sum")), INGEST),
    ),
)


def rows(stage: Stage) -> Iterator[list[cloudwatch.IWidget]]:
    for row in ROWS:
        yield [_graph(stage, *graph) for graph in row]


def _graph(stage: Stage, title: str, shown: Sequence[tuple[Metric, str]], service: Service) -> cloudwatch.GraphWidget:
    unit = shown[0][0].unit
    return cloudwatch.GraphWidget(
        title=title,
        width=WIDTH,
        height=HEIGHT,
        left=[
            cloudwatch.Metric(
                namespace=NAMESPACE,
                metric_name=name,
                dimensions_map={"stage": stage.name, "service": service.value},
                statistic=statistic,
                period=cdk.Duration.minutes(1),
                label=f"{name}, {statistic.lower()}",
            )
            for metric, statistic in shown
            for name in metric.cloudwatch_names
        ],
        left_y_axis=cloudwatch.YAxisProps(
            min=0, label={Unit.BYTES: "bytes", Unit.MILLISECONDS: "ms"}.get(unit), show_units=False
        ),
    )
