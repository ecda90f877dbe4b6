"""What a key is good for, as plain rules."""

import dataclasses
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.contract.requests.keys import KeyEdit, NewKey
from chalicelib.domain import cursors
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.keys import (
    KeyReading,
    KeyRole,
    KeyStatus,
    StreamKey,
    check_place,
    listing,
    reading,
    refusal_of_claim,
    used_up,
)
from chalicelib.domain.metadata import Metadata, Search
from chalicelib.domain.refusals import KeyNotAllowedHere, KeyRevoked, KeyUnknown, KeyUsedUp

NOW = 1_800_000_000_000
KEY = StreamKey("h" * 64, "key_1", "ch_1", "last", KeyStatus.ACTIVE, NOW - 1)
SPENT = dataclasses.replace(KEY, max_uses=1, uses=1, last_stream_id="stream 1")


@pytest.mark.parametrize(
    ("key", "in_use", "expected"),
    [
        (KEY, False, KeyReading.ACTIVE),
        (KEY, True, KeyReading.IN_USE),
        (dataclasses.replace(KEY, expires_at=NOW), False, KeyReading.EXPIRED),
        (dataclasses.replace(KEY, expires_at=NOW + 1), False, KeyReading.ACTIVE),
        (dataclasses.replace(KEY, last_stream_id="stream 1"), False, KeyReading.ACTIVE),
        (SPENT, True, KeyReading.IN_USE),
        (SPENT, False, KeyReading.EXPIRED),
        (dataclasses.replace(KEY, status=KeyStatus.REVOKED), True, KeyReading.REVOKED),
    ],
)
@pytest.mark.requirement("SO-6")
def test_the_status_of_a_key(key: StreamKey, in_use: bool, expected: KeyReading) -> None:
    assert reading(key, in_use=in_use, now=NOW) is expected


def test_a_key_for_one_time_is_used_up_by_its_first_stream_only() -> None:
    assert not used_up(dataclasses.replace(SPENT, uses=0, last_stream_id=None), None)
    assert used_up(SPENT, None)
    assert used_up(SPENT, "stream 2")
    assert not used_up(SPENT, "stream 1")
    assert not used_up(dataclasses.replace(SPENT, max_uses=None), None)


@pytest.mark.requirement("FX-17")
@pytest.mark.parametrize(
    ("max_uses", "uses", "left", "may_begin", "may_continue"),
    [
        (None, 0, None, True, True),
        (None, 99, None, True, True),
        (3, 0, 3, True, True),
        (3, 2, 1, True, True),
        (3, 3, 0, False, True),
        (1, 2, 0, False, True),  # uses were counted differently once
    ],
)
def test_a_key_is_good_for_so_many_streams(
    max_uses: int | None, uses: int, left: int | None, may_begin: bool, may_continue: bool
) -> None:
    key = dataclasses.replace(KEY, max_uses=max_uses, uses=uses, last_stream_id="stream 1")
    assert key.uses_left == left
    assert used_up(key, None) is not may_begin
    assert used_up(key, "stream 2") is not may_begin
    assert used_up(key, "stream 1") is not may_continue
    assert reading(key, in_use=False, now=NOW) is (KeyReading.ACTIVE if may_begin else KeyReading.EXPIRED)


@pytest.mark.requirement("FX-17")
def test_an_owner_comes_before_a_backup_and_a_backup_before_a_guest() -> None:
    assert sorted(KeyRole, key=lambda role: -role.priority) == [KeyRole.OWNER, KeyRole.BACKUP, KeyRole.GUEST]


def test_one_time_is_another_name_for_one_use() -> None:
    assert NewKey(one_time=True).terms().max_uses == NewKey(max_uses=1).terms().max_uses == 1
    with pytest.raises(ValidationError):
        NewKey(one_time=True, max_uses=2)


@pytest.mark.parametrize(
    ("sent", "changes"),
    [
        ({}, {}),
        ({"label": " Ann "}, {"label": "Ann"}),
        ({"expires_at": None}, {"expires_at": None}),
        ({"expires_at": "1970-01-01T00:00:01Z"}, {"expires_at": 1_000}),
        ({"not_before": None, "allow_list": []}, {"not_before": None, "allow_list": []}),
        ({"label": None, "allow_list": None, "test_only": None}, {}),
        ({"test_only": False}, {"test_only": False}),
    ],
)
def test_an_edit_changes_what_is_sent_and_null_removes_a_time(
    sent: dict[str, object], changes: dict[str, object]
) -> None:
    assert KeyEdit.model_validate_json(json.dumps(sent)).changes() == changes


def test_a_refused_claim_says_the_gravest_reason() -> None:
    assert isinstance(refusal_of_claim(None, None, NOW), KeyUnknown)
    assert isinstance(refusal_of_claim(SPENT, None, NOW), KeyUsedUp)
    assert isinstance(refusal_of_claim(dataclasses.replace(SPENT, status=KeyStatus.REVOKED), None, NOW), KeyRevoked)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_an_address_is_in_every_network_around_it(address: object, bits: int) -> None:
    from ipaddress import ip_network

    key = dataclasses.replace(KEY, allow_list=[str(ip_network(f"{address}/{bits}", strict=False))])
    check_place(key, str(address))
    check_place(key, f"::ffff:{address}")


def test_an_allow_list_of_the_other_family_lets_nobody_in() -> None:
    with pytest.raises(KeyNotAllowedHere):
        check_place(dataclasses.replace(KEY, allow_list=["0.0.0.0/0"]), "2001:db8::1")


@given(st.none() | st.integers(0, NOW * 2), st.none() | st.integers(0, NOW * 2))
def test_listings_sort_by_how_long_keys_are_good(first: int | None, second: int | None) -> None:
    forever = NOW * 100
    shorter, longer = sorted([first, second], key=lambda end: forever if end is None else end)
    assert listing(shorter, "key_1") <= listing(longer, "key_2")


@given(st.lists(st.text(st.characters(codec="ascii", categories=("L", "N", "P"))), min_size=1, max_size=4))
def test_a_cursor_comes_back_as_it_was_made(parts: list[str]) -> None:
    assert cursors.decode(cursors.encode(*parts), len(parts)) == parts


@given(st.text(max_size=50))
def test_whatever_is_sent_as_cursor_is_a_cursor_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert all(isinstance(part, str) for part in cursors.decode(text, 2))


@pytest.mark.requirement("FX-1")
def test_an_empty_search_finds_everything_and_case_does_not_count() -> None:
    metadata = Metadata(title="STRASSE", category="Music", tags=["Jazz"], display_name="Ann")
    for search in (Search(), Search("straße"), Search("ann"), Search(category="mUsic"), Search(tag="jazz")):
        assert search.finds(metadata)
    for search in (Search("jazzy"), Search(category="Mus"), Search(tag="jaz")):
        assert not search.finds(metadata)


def test_the_same_network_twice_is_one() -> None:
    assert NewKey(allow_list=["10.0.0.0/8", " 10.0.0.0/8"]).terms().allow_list == ["10.0.0.0/8"]


@pytest.mark.parametrize("network", ["", "10.0.0.1/8", "host", "10.0.0.0/33", "1" * 51])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(ValidationError):
        NewKey(allow_list=[network])
