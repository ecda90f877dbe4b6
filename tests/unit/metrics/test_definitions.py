"""What `chalicelib.domain.metrics` says of each metric is complete, and fits CloudWatch and Prometheus."""

import re

import pytest

from chalicelib.domain import metrics
from chalicelib.domain.metrics import METRICS, Kind, Metric, Service
from local import metrics_docs

ids = [metric.name for metric in METRICS]


def test_names_are_unique_in_both_systems() -> None:
    assert len(METRICS) > 25
    for names in ([n for m in METRICS for n in m.cloudwatch_names], [m.prometheus_name for m in METRICS]):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("metric", METRICS, ids=ids)
def test_a_metric_has_a_name_that_both_systems_take_and_a_meaning(metric: Metric) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", metric.name)
    assert re.fullmatch(r"stream_sync(_[a-z0-9]+)+", metric.prometheus_name)
    assert metric.meaning.endswith(".")
    assert set(metric.services) <= set(Service)


def test_the_list_in_the_documents_is_current() -> None:
    assert metrics_docs.DOCUMENT.read_text() == metrics_docs.document(), "run `make api-docs`"


def test_units_are_in_the_names_that_prometheus_reads() -> None:
    names = {metric.name: metric.prometheus_name for metric in METRICS}
    assert names["PublishToLive"] == "stream_sync_publish_to_live_seconds"
    assert names["ReceivedBytes"] == "stream_sync_received_bytes"
    assert names["RecordingQueueBytes"] == "stream_sync_recording_queue_bytes"
    assert names["PlacesFree"] == "stream_sync_places_free"


def test_nothing_is_split_by_what_grows_with_the_number_of_streams() -> None:
    """A label has as many values as the code has codes; a dimension would cost 0.30 $ a month for each value."""
    assert {metric.label for metric in METRICS} == {None, "code", "reason", "result", "sweep"}
    assert all(metric.kind is Kind.COUNTER for metric in METRICS if metric.label)


def test_a_node_and_a_function_publish_what_is_theirs() -> None:
    assert metrics.PUBLISHERS in metrics.of_service(Service.INGEST)
    assert metrics.PUBLISHERS not in metrics.of_service(Service.CONTROL)
    assert metrics.LEASE_CONFLICTS in metrics.of_service(Service.INGEST)
    assert metrics.LEASE_CONFLICTS in metrics.of_service(Service.CONTROL)
