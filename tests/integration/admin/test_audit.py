"""What administrators did is written down before it is done, and can be looked up."""

import secrets
from collections.abc import Callable

import pytest
from ulid import ULID

from chalicelib.domain.errors import InvalidInput
from chalicelib.services import audit
from chalicelib.services.audit import DAY, Action, Asked
from tests.integration.admin.conftest import House

pytestmark = [pytest.mark.needs("ministack"), pytest.mark.requirement("FX-18")]


def action(operator: str, target: str = "ch_1", operation: str = "admin_block_broadcaster") -> Action:
    return Action(operator, f"{operator}@example.com", operation, {"broadcaster_id": target}, "203.0.113.9", "spam")


def somebody() -> str:
    return f"user:{ULID()}"


def asked(house: House, **narrowed: str) -> Asked:
    return Asked(since=house.now - audit.LONGEST, until=house.now, **narrowed)


def test_an_action_is_told_with_who_what_when_on_what_from_where_and_how_it_ended(house: House) -> None:
    operator = somebody()
    audit.ended(audit.begun(action(operator), house.now), 200)
    (told,) = audit.page(asked(house, operator=operator), 10, None).actions
    assert (told.operator, told.email, told.action) == (operator, f"{operator}@example.com", "admin_block_broadcaster")
    assert (told.target, told.address, told.why, told.status) == (
        {"broadcaster_id": "ch_1"},
        "203.0.113.9",
        "spam",
        200,
    )


def test_an_action_that_never_ended_is_there_without_a_status(house: House) -> None:
    operator = somebody()
    audit.begun(action(operator), house.now)
    assert [one.status for one in audit.page(asked(house, operator=operator), 10, None).actions] == [None]


def test_every_action_is_listed_once_newest_first_over_the_days(house: House, pages: Callable[..., list[str]]) -> None:
    operator = somebody()
    times = sorted(house.now - secrets.randbelow(3 * DAY) for _ in range(12))
    for at in times:
        audit.begun(action(operator, f"ch_{at}"), at)

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        found = audit.page(asked(house, operator=operator), 5, cursor)
        return [one.target["broadcaster_id"] for one in found.actions], found.next_cursor

    assert pages(page) == [f"ch_{at}" for at in reversed(times)]


def test_actions_are_found_by_what_they_were_done_to_and_by_their_kind(house: House) -> None:
    operator, target = somebody(), f"ch_{ULID()}"
    audit.begun(action(operator, target), house.now)
    audit.begun(action(operator, "ch_other"), house.now)
    audit.begun(action(operator, target, "admin_unblock_broadcaster"), house.now)
    found = audit.page(asked(house, target=target, action="admin_block_broadcaster"), 10, None).actions
    assert [(one.action, one.target["broadcaster_id"]) for one in found] == [("admin_block_broadcaster", target)]


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyIxMjM0NTY3ODkwMTIzNDU2Nzg5MCJd"])
def test_a_cursor_that_is_none_of_ours_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        audit.page(asked(house), 10, cursor)
