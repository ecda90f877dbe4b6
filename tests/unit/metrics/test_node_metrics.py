"""What a node writes each minute for CloudWatch, and shows to Prometheus."""

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chalicelib import emf
from chalicelib.domain import metrics
from chalicelib.domain.metrics import METRICS, NAMESPACE, Metric, Service
from ingest_container.base.histogram import Histogram
from ingest_container.node import exposition
from ingest_container.node.metrics import Reading, Times, cloudwatch

GAUGES: dict[Metric, float] = {
    metrics.PUBLISHERS: 3,
    metrics.PLACES: 10,
    metrics.PLACES_FREE: 7,
    metrics.LOOP_LAG: 12.5,
}


def took(*ms: float) -> Times:
    histogram = Histogram()
    for one in ms:
        histogram.add(one)
    return Times.of(histogram)


def reading(refusals: dict[str, int], received: int, *times: float) -> Reading:
    counters: dict[Metric, dict[str, int]] = {metrics.REFUSALS: refusals, metrics.RECEIVED: {"": received}}
    return Reading(GAUGES, counters, {metrics.PUBLISH_TO_LIVE: took(*times)})


def test_a_line_has_what_is_now_and_what_happened_since_the_last_one() -> None:
    before = reading({"key_unknown": 5, "at_capacity": 1}, 1_000, 400.0)
    now = reading({"key_unknown": 7, "at_capacity": 1, "key_expired": 1}, 4_000, 400.0, 1.0, 1.0)
    values, properties = cloudwatch(now, before)
    assert values == {
        "Publishers": 3,
        "Places": 10,
        "PlacesFree": 7,
        "LoopLagP99": 12.5,
        "Refusals": 3,
        "ReceivedBytes": 3_000,
        "PublishToLiveP50": 0.75,  # estimated within 0.5 to 1 ms; the 400 ms were of an earlier minute
        "PublishToLiveP99": 0.99,
    }
    assert properties == {"Refusals_by_code": {"key_unknown": 2, "key_expired": 1}}


def test_times_are_left_out_of_a_minute_without_any() -> None:
    values, _ = cloudwatch(reading({}, 0), reading({}, 0))
    assert not [name for name in values if name.startswith("PublishToLive")]


@pytest.mark.requirement("FX-19")
def test_the_line_is_cloudwatchs_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    emf.write(Service.INGEST, {"Publishers": 3, "LoopLagP99": 1.5}, {"Refusals_by_code": {"key_unknown": 2}})
    (line,) = capsys.readouterr().out.splitlines()
    document = json.loads(line)
    (directive,) = document["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert [sorted(dimensions) for dimensions in directive["Dimensions"]] == [["service", "stage"]]
    assert {each["Name"]: each["Unit"] for each in directive["Metrics"]} == {
        "Publishers": "Count",
        "LoopLagP99": "Milliseconds",
    }
    assert (document["service"], document["stage"]) == ("ingest", "local")
    assert (document["Publishers"], document["LoopLagP99"]) == ([3], [1.5])
    assert document["Refusals_by_code"] == {"key_unknown": 2}  # a property: no dimension, nothing to pay


def test_nothing_is_written_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    emf.write(Service.CONTROL, {})
    assert capsys.readouterr().out == ""


@pytest.mark.requirement("FX-19")
def test_prometheus_reads_the_same() -> None:
    text = exposition.text(reading({"key_unknown": 7, "at_capacity": 1}, 4_000, 3.0, 70_000.0)).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["stream_sync_publishers"].type == "gauge"
    assert families["stream_sync_publishers"].documentation == metrics.PUBLISHERS.meaning
    (lag,) = families["stream_sync_loop_lag_p99_seconds"].samples
    assert lag.value == 0.0125
    refusals = {each.labels["code"]: each.value for each in families["stream_sync_refusals"].samples}
    assert refusals == {"key_unknown": 7, "at_capacity": 1}
    (received,) = families["stream_sync_received_bytes"].samples
    assert (received.name, received.value) == ("stream_sync_received_bytes_total", 4_000)
    live = families["stream_sync_publish_to_live_seconds"]
    assert live.type == "histogram"
    buckets = {each.labels["le"]: each.value for each in live.samples if each.name.endswith("_bucket")}
    assert (buckets["0.002"], buckets["0.005"], buckets["60.0"], buckets["+Inf"]) == (0, 1, 1, 2)
    assert [each.value for each in live.samples if each.name.endswith("_sum")] == [pytest.approx(70.003)]


def test_every_metric_of_a_node_can_be_shown() -> None:
    of_node = metrics.of_service(Service.INGEST)
    kinds = {kind: [metric for metric in of_node if metric.kind is kind] for kind in metrics.Kind}
    whole = Reading(
        dict.fromkeys(kinds[metrics.Kind.GAUGE], 1),
        {metric: {"some": 1} if metric.label else {"": 1} for metric in kinds[metrics.Kind.COUNTER]},
        {metric: took(1) for metric in kinds[metrics.Kind.TIMES]},
    )
    shown = {family.name for family in text_string_to_metric_families(exposition.text(whole).decode())}
    assert shown == {metric.prometheus_name for metric in METRICS if metric in of_node}
