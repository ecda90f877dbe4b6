"""Which nodes a deployment replaces: older ones, of another version than the newest that has proved itself."""

import pytest

from chalicelib.domain.nodes import PROVEN_AFTER, NodeInfo, NodeState, is_replaced

pytestmark = pytest.mark.requirement("FX-22")

NOW = 10_000_000
HERE = "eu-west-1"


def info(started: int, version: str, region: str = HERE) -> NodeInfo:
    """`started` so many ms ago."""
    return NodeInfo(f"node-{started}-{version}", "run", "", region, 10, NOW - started, version=version)


def serving(started: int, version: str, *, region: str = HERE, draining: bool = False) -> NodeState:
    return NodeState(info(started, version, region), NOW + 6_000, 0, draining)


OLD = info(3_600_000, "ingest:7")


@pytest.mark.parametrize(
    ("peers", "replaced"),
    [
        ([], False),
        ([serving(PROVEN_AFTER, "ingest:8")], True),
        ([serving(PROVEN_AFTER - 1, "ingest:8")], False),
        ([serving(120_000, "ingest:7")], False),
        ([serving(7_200_000, "ingest:6")], False),
        ([serving(120_000, "ingest:8", region="us-east-1")], False),
        ([serving(120_000, "ingest:8", draining=True)], False),
        ([serving(120_000, "")], False),
        ([serving(300_000, "ingest:8"), serving(120_000, "ingest:7")], False),
    ],
    ids=[
        "it is alone",
        "a newer version serves",
        "it has not proved itself",
        "one of the same version came",
        "an older version is still there",
        "another region has it",
        "it drains",
        "a node without a version came",
        "the newer version was rolled back",
    ],
)
def test_a_node_is_replaced_when(peers: list[NodeState], replaced: bool) -> None:
    assert is_replaced(OLD, peers, NOW) is replaced


def test_a_rolled_back_version_is_replaced_by_the_one_before() -> None:
    assert is_replaced(info(300_000, "ingest:8"), [serving(120_000, "ingest:7")], NOW)


def test_a_node_that_knows_no_version_is_left_alone() -> None:
    assert not is_replaced(info(3_600_000, ""), [serving(120_000, "ingest:8")], NOW)
