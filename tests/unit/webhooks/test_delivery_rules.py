"""A delivery after each attempt: when it is tried again, and when it is given up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.webhook_deliveries import (
    GIVE_UP_AFTER,
    KEPT_ATTEMPTS,
    RETRY_DELAYS,
    Answer,
    Attempt,
    Delivery,
    DeliveryStatus,
    Verdict,
    after_attempt,
    is_too_old,
    replayed,
)
from chalicelib.domain.webhooks import DISABLE_AFTER, DISABLE_FAILURES, Webhook, is_hopeless

pytestmark = pytest.mark.requirement("FX-10")

NEW = Delivery("whk_1", "01EVENT", "Stream Start", "{}", created_at=0, round_at=0, due_at=0)


def answered(status: int | None, at: int = 0) -> Attempt:
    return Attempt(at, Answer(status, None if status else "no response in time", "", 100))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_delivered(status: int) -> None:
    after = after_attempt(NEW, answered(status), lambda: 0.5)
    assert (after.status, after.due_at) == (DeliveryStatus.DELIVERED, None)


@pytest.mark.parametrize("status", [None, 199, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    after = after_attempt(NEW, answered(status), lambda: 0.5)
    assert (after.status, after.due_at) == (DeliveryStatus.PENDING, 100 + RETRY_DELAYS[0] // 2)


def test_410_ends_it() -> None:
    assert answered(410).answer.verdict is Verdict.GONE
    assert after_attempt(NEW, answered(410), lambda: 0.5).status is DeliveryStatus.DEAD


@given(st.floats(0, 1, exclude_max=True), st.integers(0, len(RETRY_DELAYS) - 1))
def test_each_pause_is_drawn_between_nothing_and_its_longest(chance: float, tried: int) -> None:
    after = after_attempt(replace(NEW, tried=tried), answered(500), lambda: chance)
    assert after.due_at is not None
    assert 100 <= after.due_at <= 100 + RETRY_DELAYS[tried]


def test_pauses_grow_and_fit_into_a_day() -> None:
    assert list(RETRY_DELAYS) == sorted(RETRY_DELAYS)
    assert GIVE_UP_AFTER * 0.9 < sum(RETRY_DELAYS) < GIVE_UP_AFTER


def test_after_all_attempts_it_is_dead() -> None:
    delivery = NEW
    for _ in range(len(RETRY_DELAYS)):
        delivery = after_attempt(delivery, answered(500), lambda: 1.0)
        assert delivery.status is DeliveryStatus.PENDING
    assert after_attempt(delivery, answered(500), lambda: 1.0).status is DeliveryStatus.DEAD


def test_a_replay_begins_a_new_round_and_keeps_the_log() -> None:
    dead = after_attempt(replace(NEW, tried=len(RETRY_DELAYS)), answered(500), lambda: 1.0)
    again = replayed(dead, now=5_000)
    assert (again.status, again.due_at, again.tried, again.round_at) == (DeliveryStatus.PENDING, 5_000, 0, 5_000)
    assert len(again.attempts) == 1


def test_the_log_is_bounded() -> None:
    delivery = NEW
    for at in range(KEPT_ATTEMPTS + 5):
        delivery = after_attempt(replace(delivery, tried=0), answered(500, at), lambda: 0.0)
    assert len(delivery.attempts) == KEPT_ATTEMPTS
    assert delivery.attempts[-1].at == KEPT_ATTEMPTS + 4


def test_a_round_lasts_a_day() -> None:
    assert not is_too_old(NEW, GIVE_UP_AFTER)
    assert is_too_old(NEW, GIVE_UP_AFTER + 1)


@pytest.mark.parametrize(
    ("failing_since", "failures", "hopeless"),
    [
        (0, DISABLE_FAILURES, True),
        (0, DISABLE_FAILURES - 1, False),  # long ago, but hardly tried since
        (1, DISABLE_FAILURES, False),  # often, but not for long
        (None, 0, False),
    ],
)
def test_an_endpoint_is_given_up_after_long_and_many_failures(
    failing_since: int | None, failures: int, hopeless: bool
) -> None:
    webhook = Webhook("whk_1", "https://example.com", 0, b"", "hint", failing_since=failing_since, failures=failures)
    assert is_hopeless(webhook, DISABLE_AFTER) is hopeless


def test_two_secrets_sign_while_a_rotation_lasts() -> None:
    webhook = Webhook("whk_1", "u", 0, b"new", "hint", previous_secret=b"old", previous_until=100)
    assert webhook.secrets_at(99) == [b"new", b"old"]
    assert webhook.secrets_at(100) == [b"new"]


def test_secrets_are_not_in_what_is_printed() -> None:
    webhook = Webhook("whk_1", "u", 0, b"new", "hint", previous_secret=b"old", previous_until=100)
    assert "new" not in repr(webhook)
    assert "old" not in repr(webhook)
