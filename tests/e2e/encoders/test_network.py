"""OBS behind a network that breaks: what was sent is lost, and nobody is told."""

import time
from collections.abc import Iterator

import pytest

from tests.e2e.encoders.conftest import Evidence
from tests.e2e.encoders.promises import OFFLINE_WITHIN, SOON, Record, StartObs
from tests.support import tools
from tests.support.broadcaster import Broadcaster
from tests.support.network import BreakableNetwork
from tests.support.nodes import Node
from tests.support.stack import Stack

SHORT_CUT = 6.0
LONG_CUT = 20.0
# It gives up the dead connection 15 s after the cut and tries again 2 s later. That attempt's SYN is lost at 17, 18
# and 20 s, and repeated at 24 s.
BACK_WITHIN = 10.0

pytestmark = [
    pytest.mark.needs("obs", "Xvfb", "network namespaces"),
    pytest.mark.requirement("SS-3.3"),
    pytest.mark.serial,  # a silence of 4 s must be noticed within a cut of 6 s
]


def accepted(node: Node, broadcaster: Broadcaster) -> list[str]:
    """The stream ids of this broadcaster's accepted publishers."""
    return [entry["stream_id"] for entry in node.logged("publisher_accepted", key_id=broadcaster.key_id)]


@pytest.fixture(scope="module")
def network(request: pytest.FixtureRequest) -> Iterator[BreakableNetwork]:
    tools.need(request.node.nodeid, "network namespaces")
    with BreakableNetwork() as network:
        yield network


@pytest.fixture(scope="module")
def running_node(stack: Stack, network: BreakableNetwork, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A second ingest node of the stack, where the breakable network reaches it."""
    log = tmp_path_factory.mktemp("node") / "node.log"
    node = Node(stack.environment(), log, host=network.server_address, node_id="across-the-network").listening()
    yield node
    node.end()


@pytest.fixture
def node(running_node: Node, network: BreakableNetwork, evidence: Evidence) -> Iterator[Node]:
    evidence.add("second ingest node", running_node.tail)
    yield running_node
    network.mend()


@pytest.mark.requirement("SS-2.1")
def test_obs_whose_packets_are_lost_for_six_seconds_goes_on_with_the_same_connection_and_stream(
    broadcaster: Broadcaster, node: Node, network: BreakableNetwork, start_obs: StartObs, record_property: Record
) -> None:
    obs = start_obs(node.ingest_url, broadcaster.key, *network.inside)
    obs.until_on_air()
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    broadcaster.dashboard.until_metrics(live.at + 2, within=SOON)

    cut = network.cut_for(SHORT_CUT)
    _, waiting, again = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "LIVE", within=SOON)
    record_property("reconnecting_after_cut_s", round(waiting.at - cut, 3))
    record_property("live_again_after_cut_s", round(again.at - cut, 3))
    assert waiting.at - cut < SHORT_CUT
    assert again.stream_id == live.stream_id
    broadcaster.dashboard.until_metrics(again.at + 1, within=SOON)

    assert accepted(node, broadcaster) == [live.stream_id]
    assert len(obs.said("Connecting to RTMP URL")) == 1
    assert len(broadcaster.dashboard.statuses()) == 3


@pytest.mark.requirement("SS-2.3")
def test_obs_cut_off_for_twenty_seconds_is_offline_in_time_and_gets_in_at_its_first_retry(
    broadcaster: Broadcaster, node: Node, network: BreakableNetwork, start_obs: StartObs, record_property: Record
) -> None:
    obs = start_obs(node.ingest_url, broadcaster.key, *network.inside)
    obs.until_on_air()
    (live,) = broadcaster.dashboard.until_statuses("LIVE", within=SOON)
    broadcaster.dashboard.until_metrics(live.at + 2, within=SOON)

    cut = network.cut()
    *_, offline = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "OFFLINE", within=OFFLINE_WITHIN)
    record_property("offline_after_cut_s", round(offline.at - cut, 3))
    assert offline.at - cut < OFFLINE_WITHIN
    time.sleep(max(0.0, cut + LONG_CUT - time.time()))
    network.mend()

    obs.until_on_air(within=BACK_WITHIN, times=2)
    *_, back = broadcaster.dashboard.until_statuses("LIVE", "RECONNECTING", "OFFLINE", "LIVE", within=SOON)
    record_property("live_again_after_cut_s", round(back.at - cut, 3))
    assert back.stream_id != live.stream_id
    assert accepted(node, broadcaster) == [live.stream_id, back.stream_id]
    assert len(obs.said("Reconnecting in")) == 1
    assert broadcaster.dashboard.of_type("refused") == []
