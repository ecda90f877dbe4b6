"""A real node's metrics after real publishers: as Prometheus scrapes them, and in the node's own output."""

import json
import signal
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chalicelib.domain.metrics import Service, of_service
from local.settings import HOST
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.ports import free_ports
from tests.support.publisher import Publisher
from tests.support.studio import Studio
from tests.support.waiting import until

OnAir = Callable[[Node, Studio], Publisher]
pytestmark = pytest.mark.requirement("FX-19")


def scraped(port: int) -> dict[str, float]:
    """Each sample's value, by name; refusals by their code."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = list(text_string_to_metric_families(answer.read().decode()))
    assert {family.name for family in families} == {metric.prometheus_name for metric in of_service(Service.INGEST)}
    return {
        each.name + each.labels.get("code", ""): each.value
        for family in families
        for each in family.samples
        if not each.name.endswith("_bucket")
    }


def written(node: Node) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in node.text().splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line]


def test_a_node_shows_its_publishers_places_and_refusals(
    studio: Studio, on_air: OnAir, publish: Publish, start_node: StartNode
) -> None:
    (port,) = free_ports(1)
    node = start_node(health_port=port, capacity=2)
    assert scraped(port)["stream_sync_places_free"] == 2
    publisher = on_air(node, studio)
    assert publish(node, "B" * 40).publish() == "NetStream.Publish.Denied"
    until(lambda: scraped(port)["stream_sync_publish_to_live_seconds_count"], "the node knows that the channel is LIVE")
    seen = scraped(port)
    assert (seen["stream_sync_publishers"], seen["stream_sync_places_free"], seen["stream_sync_places"]) == (1, 1, 2)
    assert seen["stream_sync_refusals_totalkey_unknown"] == 1
    assert seen["stream_sync_received_bytes_total"] > 1536, "more than a handshake"
    assert seen["stream_sync_publish_to_live_seconds_count"] == 1
    assert 0 < seen["stream_sync_publish_to_live_seconds_sum"] < 10
    assert seen["stream_sync_loop_lag_p99_seconds"] > 0
    publisher.stop()
    until(lambda: scraped(port)["stream_sync_publishers"] == 0, "its stream has ended")
    node.send(signal.SIGTERM)
    node.process.wait(60)
    # Each full minute has a line; the last one has what came after.
    lines = written(node)
    assert all((line["service"], line["stage"]) == ("ingest", "local") for line in lines)
    assert sum(line["Refusals"][0] for line in lines) == 1
    assert [line["Refusals_by_code"] for line in lines if "Refusals_by_code" in line] == [{"key_unknown": 1}]
    assert sum(line["ReceivedBytes"][0] for line in lines) >= seen["stream_sync_received_bytes_total"]
