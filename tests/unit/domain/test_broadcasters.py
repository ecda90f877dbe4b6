"""What is the same of all addresses of one person."""

import pytest

from chalicelib.domain.broadcasters import is_email, person_of


@pytest.mark.parametrize("email", ["ada@example.com", "Ada@Example.COM", "ada+live@example.com", "ada+a+b@example.com"])
def test_case_and_sub_address_make_nobody_else(email: str) -> None:
    assert person_of(email) == "ada@example.com"


def test_other_mailboxes_are_other_people() -> None:
    people = {person_of(email) for email in ("ada@example.com", "ada@example.org", "a.da@example.com", "+ada@a.b")}
    assert len(people) == 4


@pytest.mark.parametrize("text", ["", "ada", "@example.com", "ada@", "a b@c", "a\n@b", "a" * 250 + "@b.cd"])
def test_what_is_no_address(text: str) -> None:
    assert not is_email(text)
