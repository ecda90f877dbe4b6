"""What a node reads of its peers. The database is a dictionary: these are about how much is read, and of whom."""

from collections.abc import Iterable

import pytest

from chalicelib.domain.leases import NodeSession
from chalicelib.domain.nodes import NodeInfo
from chalicelib.domain.streams import Stream
from chalicelib.services.streams.reaping import RING_GOOD_FOR, WATCHERS, Reaper
from chalicelib.store import live, nodes

NOW = 1_800_000_000_000
ALIVE, GONE = NOW + 5_000, NOW - 60_000


class Fleet:
    """Nodes by id, and what was read of them."""

    def __init__(self, size: int) -> None:
        self.expiry = {f"node-{number:04}": ALIVE for number in range(size)}
        self.looks = 0
        self.lists = 0
        self.asked_for_streams: list[str] = []

    def ids(self) -> list[str]:
        self.lists += 1
        return list(self.expiry)

    def sessions_of(self, node_ids: Iterable[str], *, consistent: bool = True) -> dict[str, NodeSession]:
        wanted = list(node_ids)
        self.looks += len(wanted)
        return {who: NodeSession(who, "run", self.expiry[who]) for who in wanted if who in self.expiry}

    def left_on(self, node_id: str) -> list[Stream]:
        self.asked_for_streams.append(node_id)
        return []


def reaper(node_id: str) -> Reaper:
    return Reaper(NodeInfo(node_id, "run", "", "eu-west-1", 10, NOW))


@pytest.fixture
def fleet(monkeypatch: pytest.MonkeyPatch) -> Fleet:
    fleet = Fleet(400)
    monkeypatch.setattr(nodes, "ids", fleet.ids)
    monkeypatch.setattr(nodes, "sessions_of", fleet.sessions_of)
    monkeypatch.setattr(live, "left_on", fleet.left_on)
    return fleet


def test_a_look_reads_as_few_rows_as_a_node_has_peers_to_watch(fleet: Fleet) -> None:
    one = reaper("node-0000")
    for look in range(3):
        one.sweep(NOW + look)
    assert (fleet.looks, fleet.lists) == (3 * WATCHERS, 1)


def test_the_list_of_nodes_is_read_again_before_a_new_one_can_be_found_dead(fleet: Fleet) -> None:
    one = reaper("node-0000")
    one.sweep(NOW)
    one.sweep(NOW + RING_GOOD_FOR)
    assert fleet.lists == 2


def test_a_dead_node_is_asked_for_its_streams_by_its_watchers_only_and_once(fleet: Fleet) -> None:
    fleet.expiry["node-0123"] = GONE
    peers = [reaper(node_id) for node_id in fleet.expiry if node_id != "node-0123"]
    for look in range(3):
        for each in peers:
            each.sweep(NOW + look)
    assert fleet.asked_for_streams.count("node-0123") == WATCHERS


def test_a_node_whose_watchers_died_with_it_is_found_by_those_behind_them(fleet: Fleet) -> None:
    fleet.expiry |= dict.fromkeys(fleet.expiry, GONE) | {"node-0007": ALIVE}
    reaper("node-0007").sweep(NOW)
    assert set(fleet.asked_for_streams) == set(fleet.expiry)


def test_a_node_that_may_not_judge_looks_only_for_what_its_own_earlier_run_left(fleet: Fleet) -> None:
    fleet.expiry |= dict.fromkeys(fleet.expiry, GONE)
    one = reaper("node-0007")
    one.may_declare_dead = lambda now: False
    one.sweep(NOW)
    one.sweep(NOW + 1)
    assert fleet.asked_for_streams == ["node-0007"]
