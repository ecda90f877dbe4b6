"""Which texts could be ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from chalicelib.domain.ids import is_ulid


@given(raw=st.binary(min_size=16, max_size=16))
def test_every_ulid_has_the_form(raw: bytes) -> None:
    assert is_ulid(str(ULID.from_bytes(raw)))
    assert is_ulid(f"whk_{ULID.from_bytes(raw)}", "whk_")


@pytest.mark.parametrize(
    "text",
    ["", "01JDQ", "01jdq0000000000000000000ab", "01JDQ0000000000000000000AU", "8" + "0" * 25, "0" * 26 + "\n"],
    ids=["empty", "short", "lower case", "a letter that base 32 leaves out", "past 128 bits", "a line end"],
)
def test_other_texts_have_not(text: str) -> None:
    assert not is_ulid(text)
