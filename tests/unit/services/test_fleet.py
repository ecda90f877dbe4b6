"""Whether the fleet accepts publishers, as monitoring and administrators are told."""

import pytest

from chalicelib.domain.nodes import NodeInfo, NodeState, Readiness
from chalicelib.services.streams.fleet import readiness_of

pytestmark = pytest.mark.requirement("SS-5.2")


def node(free: int, *, draining: bool = False, gone: bool = False) -> tuple[NodeState, bool]:
    info = NodeInfo("node", "run", "", "us-east-1", 10, 0)
    return NodeState(info, expires_at=0, active=0, draining=draining, free=free), gone


@pytest.mark.parametrize(
    ("fleet", "readiness"),
    [
        ([], Readiness.NONE),
        ([node(3, gone=True)], Readiness.NONE),
        ([node(3), node(0)], Readiness.SERVING),
        ([node(0), node(0)], Readiness.FULL),
        ([node(0), node(3, draining=True)], Readiness.FULL),
        ([node(0), node(3, gone=True)], Readiness.FULL),
        ([node(3, draining=True), node(0, draining=True)], Readiness.DRAINING),
        ([node(3, draining=True), node(3, gone=True)], Readiness.DRAINING),
    ],
)
def test_one_node_with_room_is_enough_and_full_differs_from_draining(
    fleet: list[tuple[NodeState, bool]], readiness: Readiness
) -> None:
    assert readiness_of(fleet) is readiness
