"""What all connections together hold of unfinished messages, and who goes when it is too much."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest_container.net.memory import ORDINARY_BEFORE_AUTHENTICATED, MemoryBudget

pytestmark = pytest.mark.requirement("HI-1")

LIMIT = 1_000_000


@dataclass(eq=False)
class Connection:
    """One that tells the budget when it is gone, as a real one does."""

    budget: MemoryBudget
    is_authenticated: bool = False
    closed_with: int | None = field(default=None)

    def out_of_memory(self, held: int) -> None:
        self.closed_with = held
        self.budget.holds(self, 0)


def closed(budget: MemoryBudget, *held: tuple[bool, int]) -> list[int]:
    """Connections, each with a recognised key or not, that hold so much: the places of those that had to go."""
    connections = [Connection(budget, is_authenticated) for is_authenticated, _ in held]
    for connection, (_, size) in zip(connections, held, strict=True):
        budget.holds(connection, size)
    return [place for place, connection in enumerate(connections) if connection.closed_with is not None]


ORDINARY = ORDINARY_BEFORE_AUTHENTICATED


@pytest.mark.parametrize(
    ("held", "gone"),
    [
        ([(True, 500_000), (True, 500_000)], []),
        ([(True, 500_000), (True, 500_001)], [1]),
        ([(True, 600_000), (True, 500_000)], [0]),
        # Those whose key has not been recognised go first,
        ([(True, 900_000), (False, 20_000), (False, 90_000)], [2]),
        ([(True, 900_000), (False, 60_000), (False, 50_000)], [1]),
        ([(True, 700_000), (False, 200_000), (True, 200_000)], [1]),
        # but none that holds what an encoder needs to show its key.
        ([(True, 500_000), (True, 490_000), (False, ORDINARY)], [0]),
        ([(True, 500_000), (True, 490_000), (False, ORDINARY + 1)], [2]),
        ([(False, LIMIT + 1)], [0]),
    ],
)
def test_who_holds_most_goes_and_unauthenticated_connections_first(
    held: list[tuple[bool, int]], gone: list[int]
) -> None:
    assert closed(MemoryBudget(LIMIT), *held) == gone


def test_it_is_told_how_much_it_held_and_how_many_were_closed() -> None:
    budget = MemoryBudget(LIMIT)
    connection = Connection(budget)
    budget.holds(connection, LIMIT)
    budget.holds(connection, LIMIT + 5)
    assert (connection.closed_with, budget.total) == (LIMIT + 5, 0)
    assert (budget.take_closed(), budget.take_closed()) == (1, 0)


def test_what_was_given_back_is_free_for_others() -> None:
    budget = MemoryBudget(LIMIT)
    first, second = Connection(budget, is_authenticated=True), Connection(budget, is_authenticated=True)
    for _ in range(3):
        for connection in (first, second):
            budget.holds(connection, LIMIT)
            budget.holds(connection, 0)
    assert (first.closed_with, second.closed_with, budget.total) == (None, None, 0)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, LIMIT)), max_size=40))
def test_the_total_is_what_those_hold_who_are_left_and_never_above_the_limit(
    steps: list[tuple[int, bool, int]],
) -> None:
    budget = MemoryBudget(LIMIT)
    connections = [Connection(budget) for _ in range(6)]
    holds = dict.fromkeys(connections, 0)
    for place, is_authenticated, size in steps:
        connection = connections[place]
        connection.is_authenticated, connection.closed_with = is_authenticated, None
        holds[connection] = size
        budget.holds(connection, size)
        for each in connections:
            if each.closed_with is not None:
                holds[each], each.closed_with = 0, None
        assert budget.total == sum(holds.values()) <= LIMIT
