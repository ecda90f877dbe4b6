"""Whether a node has room: the first of three limits that is reached, with distance before there is room again."""

import pytest

from ingest_container.node.capacity import USUAL_RATE, Capacity, CapacityLimits, Full, Load

pytestmark = pytest.mark.requirement("SS-5.2")

MB = 1_000_000.0
LIMITS = CapacityLimits(publishers=100, bytes_per_second=50 * MB, lag=0.5)


@pytest.mark.parametrize(
    ("load", "full", "free"),
    [
        (Load(), None, 66),  # of the usual rate, so many fit into the bandwidth
        (Load(10, 0, 1 * MB, lag=0.01), None, 90),
        (Load(99, 0, 9.9 * MB), None, 1),
        (Load(100, 0, 10 * MB), Full.PUBLISHERS, 0),
        (Load(120, 0, 12 * MB), Full.PUBLISHERS, 0),
        (Load(10, 0, 50 * MB), Full.BANDWIDTH, 0),
        (Load(10, 0, 48 * MB), Full.BANDWIDTH, 0),  # one more would exceed it
        (Load(10, 0, 40 * MB), None, 2),
        (Load(20, 10, 20 * MB), None, 5),  # those that do not send yet will send as the others do
        (Load(20, 10, 25 * MB), Full.BANDWIDTH, 0),
        (Load(10, 0, 10 * MB, moved_bytes=35 * MB), None, 5),  # what goes on to peers is bandwidth too
        (Load(10, 0, 10 * MB, moved_bytes=40 * MB), Full.BANDWIDTH, 0),
        (Load(10, 0, 1 * MB, lag=0.5), Full.LAG, 0),
        (Load(100, 0, 60 * MB, lag=0.6), Full.PUBLISHERS, 0),
        (Load(10, 0, 60 * MB, lag=0.6), Full.LAG, 0),
    ],
)
def test_the_first_limit_that_is_reached_makes_the_node_full(load: Load, full: Full | None, free: int) -> None:
    capacity = Capacity(LIMITS)
    capacity.update(load)
    assert (capacity.full(load.publishers), capacity.free(load.publishers)) == (full, free)


def test_publishers_that_came_since_the_last_measurement_take_their_share() -> None:
    capacity = Capacity(LIMITS)
    capacity.update(Load(10, 0, 40 * MB))
    assert [capacity.free(publishers) for publishers in (10, 11, 12, 13)] == [2, 1, 0, 0]
    assert capacity.full(12) is Full.BANDWIDTH


@pytest.mark.parametrize(
    ("loads", "full"),
    [
        ([Load(10, 0, 50 * MB), Load(9, 0, 45 * MB)], Full.BANDWIDTH),
        ([Load(10, 0, 50 * MB), Load(9, 0, 44 * MB)], None),
        ([Load(10, 0, 44 * MB)], None),
        ([Load(1, lag=0.5), Load(1, lag=0.3)], Full.LAG),
        ([Load(1, lag=0.5), Load(1, lag=0.24)], None),
        ([Load(1, lag=0.3)], None),
        ([Load(1, lag=0.5), Load(1, lag=0.3), Load(1, lag=0.2), Load(1, lag=0.3)], None),
        ([Load(10, 0, 50 * MB), Load(1, 0, MB, lag=0.3)], None),  # each limit has its own distance
    ],
)
def test_what_is_measured_falls_well_below_its_limit_before_there_is_room_again(
    loads: list[Load], full: Full | None
) -> None:
    capacity = Capacity(LIMITS)
    for load in loads:
        capacity.update(load)
    assert capacity.full(loads[-1].publishers) is full


@pytest.mark.parametrize(
    ("publishers", "ready"),
    [([99], True), ([100], False), ([100, 99], False), ([100, 96], False), ([100, 95], True), ([100, 95, 99], True)],
)
def test_readiness_does_not_follow_every_publisher(publishers: list[int], ready: bool) -> None:
    capacity = Capacity(LIMITS)
    for count in publishers:
        capacity.update(Load(count, 0, count * 1_000.0))
    assert (capacity.not_ready(publishers[-1]) is None) is ready


def test_a_node_for_one_publisher_is_ready_as_soon_as_it_has_gone() -> None:
    capacity = Capacity(CapacityLimits(publishers=1, bytes_per_second=USUAL_RATE, lag=0.5))
    assert capacity.free(0) == 1
    capacity.update(Load(1, 0, USUAL_RATE * 2))
    assert capacity.not_ready(1) is Full.PUBLISHERS
    capacity.update(Load(0))
    assert capacity.not_ready(0) is None


def test_a_node_that_is_nearly_full_still_names_the_limit_that_it_reached() -> None:
    capacity = Capacity(LIMITS)
    capacity.update(Load(10, 0, 48 * MB))
    capacity.update(Load(10, 0, 44 * MB))
    assert capacity.full(10) is None
    assert capacity.not_ready(10) is Full.BANDWIDTH


def test_a_publisher_that_came_since_the_last_measurement_makes_the_node_not_ready() -> None:
    capacity = Capacity(LIMITS)
    capacity.update(Load(99, 0, 1 * MB))
    assert (capacity.not_ready(99), capacity.not_ready(100)) == (None, Full.PUBLISHERS)


def test_a_default_limit_never_keeps_out_who_has_a_place() -> None:
    """Bandwidth for each place at the usual rate: a node that starts takes as many as it has places."""
    capacity = Capacity(CapacityLimits(publishers=500, bytes_per_second=500 * USUAL_RATE, lag=0.5))
    assert capacity.free(0) == 500
    for count in (1, 250, 499):
        capacity.update(Load(count, count))
        assert capacity.full(count) is None


@pytest.mark.parametrize(
    ("load", "taken", "used"),
    [
        (Load(publishers=10), 60, 0.6),
        (Load(publishers=10, bytes_per_second=80_000_000), 10, 0.8),
        (Load(lag=0.45), 10, 0.9),
        (Load(lag=30.0), 10, 1.0),
    ],
    ids=["places", "bandwidth", "lag", "frozen"],
)
def test_utilization_is_of_what_is_used_most(load: Load, taken: int, used: float) -> None:
    capacity = Capacity(CapacityLimits(publishers=100, bytes_per_second=100_000_000, lag=0.5))
    capacity.update(load)
    assert capacity.utilization(taken) == pytest.approx(used, abs=0.01)


@pytest.mark.parametrize(
    ("load", "may_move"),
    [
        (Load(100, 100), True),  # full of publishers that do not send yet
        (Load(100, 0, 50 * MB), True),
        (Load(50, 0, 50 * MB, moved_bytes=12 * MB), True),
        (Load(50, 0, 50 * MB, moved_bytes=13 * MB), False),
        (Load(100, 0, 10 * MB, lag=0.5), False),
    ],
)
def test_a_full_node_moves_publishers_while_it_can_bear_their_bytes(load: Load, may_move: bool) -> None:
    capacity = Capacity(LIMITS)
    capacity.update(load)
    assert capacity.may_move is may_move
