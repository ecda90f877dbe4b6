"""Waiting for a condition that can only be polled."""

import time
from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")

POLL_S = 0.03


def until(condition: Callable[[], T | Literal[False] | None], what: str, within: float = 60.0) -> T:
    """The first true result of `condition`. Fails if there is none within so many seconds.

    The default promises nothing: it is what a machine may take that runs other tests, too.
    """
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(POLL_S)
    return found
