"""Which peer a publisher is moved to."""

from collections import Counter

import pytest

from chalicelib.domain.nodes import NodeInfo, NodeState, roomiest


def node(name: str, free: int) -> NodeState:
    return NodeState(NodeInfo(name, "run", "", "us-east-1", 10, 0), expires_at=0, active=0, draining=False, free=free)


PEERS = [node("a", 6), node("full", 0), node("b", 3), node("c", 1)]


@pytest.mark.requirement("SS-5.2")
def test_each_peer_is_as_likely_as_it_has_places() -> None:
    chosen = Counter(roomiest(PEERS, point / 10) for point in range(10))
    assert {state.info.node_id: count for state, count in chosen.items() if state} == {"a": 6, "b": 3, "c": 1}


@pytest.mark.parametrize("peers", [[], [node("full", 0)], [node("over", -3)]])
def test_without_room_there_is_none(peers: list[NodeState]) -> None:
    assert roomiest(peers, 0.0) is None


def test_the_last_point_still_has_a_peer() -> None:
    assert roomiest(PEERS, 0.999999) == PEERS[-1]
