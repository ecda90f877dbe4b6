"""Which characters free text may hold, as a table."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import texts

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
SEPARATORS = [0x2028, 0x2029]
CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]


@pytest.mark.requirement("SO-16")
@pytest.mark.parametrize("code", [*CONTROLS, *SEPARATORS, *BIDI], ids=lambda code: f"U+{code:04X}")
def test_a_line_holds_no_control_character_and_the_refusal_names_it(code: int) -> None:
    with pytest.raises(ValueError, match=rf"U\+{code:04X}$"):
        texts.line(f"a{chr(code)}b")


def test_only_line_feed_and_tab_may_stand_in_text_of_many_lines() -> None:
    allowed = []
    for code in [*CONTROLS, *SEPARATORS, *BIDI]:
        try:
            texts.lines(f"a{chr(code)}b")
        except ValueError:
            continue
        allowed.append(chr(code))
    assert allowed == ["\t", "\n"]


def test_line_ends_of_windows_become_line_feeds() -> None:
    assert texts.lines("one\r\ntwo\n") == "one\ntwo\n"


@pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u061c", "\ufeff"])
def test_marks_that_are_pasted_unseen_are_dropped(mark: str) -> None:
    assert texts.line(f"{mark}ab{mark}c") == texts.lines(f"a{mark}bc") == "abc"


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧\u200d👦 live",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "❤\ufe0f",
        "\u0646\u06cc\u0645\u200c\u0641",
        "שלום, עולם",
        "e\u0301",
    ],
)
def test_writing_systems_and_emoji_are_kept_as_they_are(text: str) -> None:
    assert texts.line(text) == texts.lines(text) == text


@given(st.text(max_size=50))
def test_what_is_kept_has_no_control_and_the_documented_pattern_agrees(text: str) -> None:
    try:
        kept = texts.line(text)
    except ValueError:
        assert re.search(texts.LINE_PATTERN.removesuffix("$") + r"\Z", text) is None
    else:
        assert re.search(texts.LINE_PATTERN.removesuffix("$") + r"\Z", text) is not None
        assert not {unicodedata.category(one) for one in kept} & {"Cc", "Zl", "Zp"}
        assert not {ord(one) for one in kept} & set(BIDI)
