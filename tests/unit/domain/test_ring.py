"""Who looks after whom: every dead node has its watchers, and nobody has much to read."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import ring

fleets = st.dictionaries(st.text("abcdef0123456789", min_size=1, max_size=6), st.booleans(), min_size=1, max_size=40)


def watched_by(node_id: str, fleet: dict[str, bool], watchers: int) -> list[str]:
    walk = ((other, fleet[other]) for other in ring.before(node_id, fleet))
    return list(ring.watched(walk, watchers))


@given(fleets, st.integers(1, 4))
def test_each_dead_node_is_watched_by_as_many_living_ones_as_it_should(fleet: dict[str, bool], watchers: int) -> None:
    living = [node_id for node_id, lives in fleet.items() if lives]
    for dead in fleet.keys() - living:
        looked_after_by = [node_id for node_id in living if dead in watched_by(node_id, fleet, watchers)]
        assert len(looked_after_by) == min(watchers, len(living))


@given(fleets, st.integers(1, 4))
def test_only_dead_nodes_are_looked_after(fleet: dict[str, bool], watchers: int) -> None:
    for node_id in fleet:
        assert not any(fleet[other] for other in watched_by(node_id, fleet, watchers))


@given(fleets)
def test_the_walk_meets_each_other_node_once(fleet: dict[str, bool]) -> None:
    for node_id in (*fleet, "nobody's"):
        walk = ring.before(node_id, fleet)
        assert len(walk) == len(set(walk))
        assert set(walk) == fleet.keys() - {node_id}


def test_all_nodes_agree_on_the_ring() -> None:
    fleet = [f"node-{number}" for number in range(20)]
    walk = ring.before(fleet[0], fleet)
    assert ring.before(walk[0], fleet) == [*walk[1:], fleet[0]]
