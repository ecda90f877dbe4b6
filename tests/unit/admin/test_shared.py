"""Answers that are made once for all who ask at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from chalicelib.api.shared import KEPT_S, MOST, SharedAnswers
from chalicelib.domain.refusals import StoreUnavailable


class Kitchen:
    """Makes numbered answers under a clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0
        self.made = 0
        self.answers = SharedAnswers(lambda: self.now)

    def make(self) -> str:
        self.made += 1
        return f"answer {self.made}"

    def ask(self, asked: object = "list") -> str:
        return self.answers.get(asked, self.make)


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


@pytest.mark.requirement("SO-14")
def test_an_answer_is_told_again_for_a_moment_and_no_longer(kitchen: Kitchen) -> None:
    assert kitchen.ask() == "answer 1"
    kitchen.now += KEPT_S - 0.001
    assert kitchen.ask() == "answer 1"
    kitchen.now += 0.001
    assert kitchen.ask() == "answer 2"


def test_other_questions_have_answers_of_their_own(kitchen: Kitchen) -> None:
    assert kitchen.ask(("list", 50)) != kitchen.ask(("list", 51))


@pytest.mark.requirement("SO-13")
def test_a_hundred_who_ask_at_once_cost_one_answer(kitchen: Kitchen) -> None:
    go = Event()

    def slow() -> str:
        go.wait(20)
        return kitchen.make()

    with ThreadPoolExecutor(100) as pool:
        asking = [pool.submit(kitchen.answers.get, "list", slow) for _ in range(100)]
        go.set()
        assert {one.result(20) for one in asking} == {"answer 1"}


def test_a_failure_is_told_to_one_and_not_kept(kitchen: Kitchen) -> None:
    def fail() -> str:
        raise StoreUnavailable()

    with pytest.raises(StoreUnavailable):
        kitchen.answers.get("list", fail)
    assert kitchen.ask() == "answer 1"


def test_only_so_many_answers_are_kept(kitchen: Kitchen) -> None:
    for number in range(MOST + 1):
        kitchen.ask(number)
    kitchen.ask(MOST)
    assert kitchen.made == MOST + 1
    kitchen.ask(0)  # the oldest one had to go
    assert kitchen.made == MOST + 2
