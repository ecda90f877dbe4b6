"""Writes docs/metrics.md, the list of all metrics: `make api-docs`. A test fails while it is stale."""

from pathlib import Path

from chalicelib.domain.metrics import METRICS, NAMESPACE, QUANTILES, Kind, Metric, Service, of_service

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "metrics.md"

HEAD = f"""# Metrics

Written by `make api-docs` from `chalicelib/domain/metrics.py`, where each metric is defined once. How to read them:
[operations](operations.md#metrics).

In CloudWatch the namespace is `{NAMESPACE}`, with the dimensions `stage` and `service`. A node writes its metrics once
a minute, a function at the end of an invocation that counted something. Times have two metrics, the median and the
99th percentile of each node's minute; their names end with {" and ".join(f"`{suffix}`" for suffix in QUANTILES)}.
What a counter is split by is a label in Prometheus, and in CloudWatch a property of the log line
(`Refusals_by_code`).
"""

TITLES = {
    Service.INGEST: ("Ingest nodes", "`service` is `ingest`. Prometheus scrapes them at `/metrics` on `HEALTH_PORT`."),
    Service.CONTROL: ("Control plane", "`service` is `control`."),
}
KINDS = {Kind.GAUGE: "gauge", Kind.COUNTER: "counter", Kind.TIMES: "times"}


def document() -> str:
    return HEAD + "".join(_section(service) for service in Service)


def _section(service: Service) -> str:
    title, about = TITLES[service]
    rows = "\n".join(_row(metric, service) for metric in METRICS if metric in of_service(service))
    columns = (
        "| CloudWatch | Prometheus | kind | unit | meaning |"
        if service is Service.INGEST
        else ("| CloudWatch | kind | unit | meaning |")
    )
    rule = "|---" * (columns.count("|") - 1) + "|"
    return f"\n## {title}\n\n{about}\n\n{columns}\n{rule}\n{rows}\n"


def _row(metric: Metric, service: Service) -> str:
    kind = KINDS[metric.kind] + (f", by {metric.label}" if metric.label else "")
    name = " ".join(f"`{each}`" for each in metric.cloudwatch_names)
    total = "_total" if metric.kind is Kind.COUNTER else ""
    prometheus = f" `{metric.prometheus_name}{total}` |" if service is Service.INGEST else ""
    return f"| {name} |{prometheus} {kind} | {metric.unit.value} | {metric.meaning} |"


def main() -> None:
    DOCUMENT.write_text(document())


if __name__ == "__main__":
    main()
