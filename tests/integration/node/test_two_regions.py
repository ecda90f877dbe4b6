"""Ingest in two regions, tables in one: a key is good everywhere, and one publisher holds the channel."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.streams import ChannelStatus, EndReason
from chalicelib.store import nodes
from tests.integration.node.conftest import Node, Publish, StartNode
from tests.support.publisher import STARTED, Publisher
from tests.support.slow_link import slow_link
from tests.support.stack import Emulator
from tests.support.studio import REGION, Studio
from tests.support.waiting import until

ELSEWHERE = "eu-west-1"
ROUND_TRIP_S = 0.07  # Ireland to Virginia


def far_node(start_node: StartNode, **settings: object) -> Node:
    urls = json.dumps({ELSEWHERE: f"rtmp://ingest-{ELSEWHERE}.example.com/live"})
    return start_node(region=ELSEWHERE, data_region=REGION, ingest_urls=urls, **settings)


@pytest.fixture
def here(start_node: StartNode) -> Node:
    return start_node()


@pytest.fixture
def there(start_node: StartNode) -> Node:
    return far_node(start_node)


@pytest.mark.requirement("SS-6.1")
def test_a_key_is_good_in_every_region_and_one_publisher_holds_the_channel(
    studio: Studio, here: Node, there: Node, on_air: Callable[[Node, Studio], Publisher], publish: Publish
) -> None:
    on_air(there, studio)
    state = nodes.state(there.node_id)
    assert state is not None
    assert state.info.region == ELSEWHERE
    assert studio.stream().node_id == there.node_id
    assert publish(here, studio.stream_key).publish() != STARTED
    assert studio.is_(ChannelStatus.LIVE)


@pytest.mark.requirement("SS-5.3")
def test_a_node_of_the_home_region_ends_what_a_dead_one_elsewhere_has_left(
    studio: Studio, here: Node, there: Node, on_air: Callable[[Node, Studio], Publisher], publish: Publish
) -> None:
    on_air(there, studio)
    stream_id = studio.stream().stream_id
    there.send(signal.SIGKILL)
    until(lambda: studio.is_(ChannelStatus.OFFLINE), "OFFLINE", 30)
    # By this node, or by another of its region that the session of tests has.
    until(lambda: studio.stream(stream_id).end_reason == EndReason.NODE_LOST, "a node of the home region ended it", 45)
    assert publish(here, studio.stream_key).publish() == STARTED


@pytest.fixture
def across_the_ocean(cloud: Emulator, start_node: StartNode) -> Iterator[Node]:
    """A node whose every call to the database takes another 70 ms."""
    port = urlsplit(cloud.env["AWS_ENDPOINT_URL"]).port
    assert port is not None
    with slow_link(port, ROUND_TRIP_S) as link:
        yield far_node(start_node, module="tests.support.far_node", link_port=link.port)


@pytest.mark.serial
def test_a_database_far_away_costs_a_publisher_a_few_round_trips(
    studio: Studio, across_the_ocean: Node, publish: Publish, record_property: Callable[[str, object], None]
) -> None:
    publisher = publish(across_the_ocean, studio.stream_key)
    began = time.monotonic()
    assert publisher.publish() == STARTED
    accepted = time.monotonic() - began
    publisher.go_on_air()
    until(lambda: studio.is_(ChannelStatus.LIVE), "LIVE")
    live = time.monotonic() - began
    record_property("accepted_s", accepted)
    record_property("live_s", live)
    assert 2 * ROUND_TRIP_S < accepted < 1.0, "reading the key, the channel; then the claim"
    assert live < 2.0
