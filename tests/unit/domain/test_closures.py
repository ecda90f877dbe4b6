"""How long a channel stays closed after its stream was ended."""

from chalicelib.domain.closures import CLOSED_FOR, RENEWED_AFTER, Closure, closure_at
from chalicelib.domain.streams import EndReason


def test_closure_ends_when_nobody_tries() -> None:
    closure = Closure.at(1_000, EndReason.STOPPED)
    assert closure_at(closure, 1_000 + CLOSED_FOR - 1) is closure
    assert closure_at(closure, 1_000 + CLOSED_FOR) is None
    assert closure_at(None, 1_000) is None


def test_attempts_extend_it_and_not_each_is_written_down() -> None:
    closure = Closure.at(0, EndReason.STOPPED)
    assert closure.after_attempt(RENEWED_AFTER - 1) is closure
    assert closure.after_attempt(RENEWED_AFTER) == Closure(RENEWED_AFTER + CLOSED_FOR, EndReason.STOPPED)
