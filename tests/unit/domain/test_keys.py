"""Stream keys: their form, their strength, what is shown of them, and which refusal comes first."""

import dataclasses
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import keys
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.refusals import KeyExpired, KeyNotYetValid, KeyRevoked, KeyUnknown, PublishRefused

NOW = 1_700_000_000_000
KEY = StreamKey("hash", "key_1", "ch_1", "wxyz", KeyStatus.ACTIVE, NOW - 1_000)


@pytest.mark.requirement("SS-1.2")
@given(st.randoms(use_true_random=False))
def test_a_new_key_is_well_formed_and_alphanumeric(source: random.Random) -> None:
    key = keys.new_stream_key(source.choice)
    assert key.isascii()
    assert key.isalnum()
    assert keys.is_well_formed(key)


@pytest.mark.requirement("SS-1.2")
def test_a_key_has_more_than_160_bits() -> None:
    assert len(set(keys.KEY_ALPHABET)) == 62
    assert keys.KEY_LENGTH * math.log2(len(keys.KEY_ALPHABET)) >= 160


@pytest.mark.requirement("ST-9")
@pytest.mark.parametrize(
    "candidate",
    [
        "",
        "a" * 39,
        "a" * 41,
        "a" * 39 + " ",
        " " + "a" * 39,
        "a" * 40 + "\n",
        "a" * 39 + "-",
        "a" * 39 + "é",
        "a" * 39 + "\N{ARABIC-INDIC DIGIT ONE}",
        "a" * 39 + "\0",
        "' OR 1=1 --" + "a" * 29,
        "a" * 1_000_000,
    ],
)
def test_what_could_be_no_key(candidate: str) -> None:
    assert not keys.is_well_formed(candidate)


@given(st.text(alphabet=keys.KEY_ALPHABET, min_size=40, max_size=40))
def test_the_mask_shows_four_characters_and_no_more(key: str) -> None:
    shown = keys.masked(keys.hint_of(key))
    assert len(shown) == len(key)
    assert shown.endswith(key[-4:])
    assert set(shown[:-4]) == {"•"}


@pytest.mark.requirement("SS-6.2")
@given(st.text(alphabet=keys.KEY_ALPHABET, min_size=40, max_size=40))
def test_the_hash_does_not_hold_the_key(key: str) -> None:
    assert len(keys.hash_key(key)) == 64
    assert key not in keys.hash_key(key)


def test_a_good_key_is_not_refused() -> None:
    assert keys.refusal(KEY, NOW) is None


def test_a_missing_key_is_unknown_and_nobodys() -> None:
    refusal = keys.refusal(None, NOW)
    assert isinstance(refusal, KeyUnknown)
    assert (refusal.channel_id, refusal.key_id) == (None, None)


@pytest.mark.requirement("SS-2.2")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": KeyStatus.REVOKED}, KeyRevoked),
        ({"expires_at": NOW}, KeyExpired),
        ({"not_before": NOW + 1}, KeyNotYetValid),
        # Of several reasons the most final is told.
        ({"status": KeyStatus.REVOKED, "expires_at": NOW - 1}, KeyRevoked),
        ({"status": KeyStatus.REVOKED, "not_before": NOW + 1}, KeyRevoked),
    ],
)
def test_why_a_key_is_refused(change: dict[str, object], expected: type[PublishRefused]) -> None:
    refusal = keys.refusal(dataclasses.replace(KEY, **change), NOW)  # type: ignore[arg-type]
    assert type(refusal) is expected
    assert (refusal.channel_id, refusal.key_id) == ("ch_1", "key_1")


@pytest.mark.requirement("ST-6")
def test_a_key_is_good_up_to_its_last_millisecond() -> None:
    bounded = dataclasses.replace(KEY, not_before=NOW, expires_at=NOW + 1)
    assert keys.refusal(bounded, NOW) is None
    assert isinstance(keys.refusal(bounded, NOW - 1), KeyNotYetValid)
    assert isinstance(keys.refusal(bounded, NOW + 1), KeyExpired)
