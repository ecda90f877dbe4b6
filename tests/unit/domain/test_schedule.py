"""Planned broadcasts: which are ahead, when they are reminded of, and what is a time zone."""

import pytest

from chalicelib.domain.schedule import HOUR, MINUTE, REMIND_BEFORE, Broadcast, ahead, check_zone, key_times, remind_at

pytestmark = pytest.mark.requirement("FX-5")

NOW = 1_795_165_200_000


def planned(starts_at: int, minutes: int = 60, name: str = "a") -> Broadcast:
    return Broadcast(name, "ch_1", "Title", starts_at, minutes, "Europe/Berlin", NOW)


@pytest.mark.parametrize(
    ("starts_in", "remind_in"),
    [
        (24 * HOUR, 24 * HOUR - REMIND_BEFORE),
        (REMIND_BEFORE, 0),
        (REMIND_BEFORE - 1, 0),
        (1, 0),
        (0, None),
        (-MINUTE, None),
    ],
)
def test_a_reminder_is_due_a_quarter_of_an_hour_before_or_at_once(starts_in: int, remind_in: int | None) -> None:
    assert remind_at(planned(NOW + starts_in), NOW) == (None if remind_in is None else NOW + remind_in)


def test_a_key_is_valid_from_a_quarter_of_an_hour_before_until_two_hours_after() -> None:
    assert key_times(planned(NOW, minutes=90)) == (NOW - 15 * MINUTE, NOW + 90 * MINUTE + 2 * HOUR)


def test_what_runs_is_still_ahead_and_what_has_ended_is_not() -> None:
    over, runs, next_ = (planned(NOW + start, name=name) for start, name in ((-HOUR, "o"), (-MINUTE, "r"), (1, "n")))
    assert ahead([next_, over, runs], NOW) == [runs, next_]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_an_iana_zone_is_one(zone: str) -> None:
    assert check_zone(zone) == zone


@pytest.mark.parametrize(
    "zone",
    ["", "Europe/Nowhere", "europe/berlin ", "../../etc/passwd", "/etc/localtime", "right/UTC", "Europe", "A" * 65],
)
def test_anything_else_is_none(zone: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        check_zone(zone)
