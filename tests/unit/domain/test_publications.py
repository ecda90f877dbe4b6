"""Names of media servers, which are logged: nothing secret passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.keys import KEY_ALPHABET, KEY_LENGTH
from chalicelib.domain.publications import check_server_name

SHORTEST_SECRET = 24  # characters; `chalicelib.config` takes no shorter ones


@pytest.mark.parametrize("name", ["main", "a", "eu-1.media_2", "x" * 23])
def test_name_of_a_server_passes(name: str) -> None:
    assert check_server_name(name) == name


@pytest.mark.parametrize("name", ["", "two words", "a/b", "a:b", "naïve", "main\n", "٣", "x" * 24])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be 1 to 23"):
        check_server_name(name)


@given(st.text(KEY_ALPHABET, min_size=SHORTEST_SECRET, max_size=KEY_LENGTH + 5))
def test_no_key_and_no_secret_is_a_name_nor_repeated(pasted: str) -> None:
    with pytest.raises(ValueError, match="must be") as refused:
        check_server_name(pasted)
    assert pasted not in str(refused.value)
