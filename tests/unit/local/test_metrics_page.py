"""The page of metrics, from what a node exposes and what functions counted."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chalicelib.domain import metrics
from chalicelib.domain.metrics import Metric, Service, of_service
from ingest_container.base.histogram import Histogram
from ingest_container.node import exposition
from ingest_container.node.metrics import Reading, Times
from local.gateway.metrics_page import NODE_SILENT, Row, of_counts, of_family, page

pytestmark = pytest.mark.requirement("FX-19")

URL = "http://127.0.0.1:8081/metrics"


def scraped(reading: Reading) -> dict[str, Row]:
    families = {each.name: each for each in text_string_to_metric_families(exposition.text(reading).decode())}
    shown: list[Metric] = [*reading.gauges, *reading.counters, *reading.times]
    return {metric.name: of_family(metric, families[metric.prometheus_name]) for metric in shown}


def test_values_are_in_units_that_people_read() -> None:
    took = Histogram()
    for ms in (40, 45, 1_800):
        took.add(ms)
    rows = scraped(
        Reading(
            {metrics.PLACES: 12_000, metrics.LOOP_LAG: 12.5, metrics.UTILIZATION: 41.7},
            {metrics.RECEIVED: {"": 5_250_000}, metrics.REFUSALS: {"key_unknown": 2, "at_capacity": 5}},
            {metrics.PUBLISH_TO_LIVE: Times.of(took)},
        )
    )
    values = {name: row.value for name, row in rows.items()}
    assert values == {
        "Places": "12\u202f000",
        "LoopLagP99": "12.5 ms",
        "Utilization": "42 %",
        "ReceivedBytes": "5.25 MB",
        "Refusals": "7",
        "PublishToLive": "3",
    }
    assert rows["Refusals"].parts == ["at_capacity: 5", "key_unknown: 2"]
    assert [part.partition(":")[0] for part in rows["PublishToLive"].parts] == ["p50", "p99"]
    assert rows["PublishToLive"].parts[1].endswith(" s")


def test_every_metric_of_the_functions_has_its_row() -> None:
    rows = of_counts(of_service(Service.CONTROL), {("Sweeps", "webhooks"): 3, ("Sweeps", "recordings"): 4})
    assert [row.metric for row in rows] == [*of_service(Service.CONTROL)]
    (sweeps,) = [row for row in rows if row.metric is metrics.SWEEPS]
    assert (sweeps.value, sweeps.parts) == ("7", ["recordings: 4", "webhooks: 3"])


def test_the_page_says_what_each_number_means_and_runs_nothing() -> None:
    html = page([Row(metrics.WAITING, "0", ["<b>: 1"])], [], URL)
    assert metrics.WAITING.meaning in html
    assert "&lt;b&gt;: 1" in html
    assert "<script" not in html
    assert "prefers-color-scheme: dark" in html


def test_a_node_that_does_not_answer_is_said_so() -> None:
    assert NODE_SILENT in page(None, [], URL)
