"""Which characters free text may contain: text that people write and others read.

    refused   controls (Cc: NUL, ESC and its terminal sequences, C1), line and paragraph separators, and the bidi
              embeddings, overrides and isolates (U+202A-202E, U+2066-2069) that disguise text (UTR #36)
    dropped   invisible marks that keyboards and clipboards add: LRM, RLM, ALM, a byte order mark
    kept      everything else. Emoji need their zero-width joiners and tags, Persian and Indic scripts their non-joiners

Text of several lines may also contain line feeds and tabs; the line ends of Windows become line feeds.
"""

import re

_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_SEPARATORS = r"\u2028\u2029"
_BIDI = r"\u202a-\u202e\u2066-\u2069"
_CONTROLS_BESIDE_TAB_AND_LINE_FEED = r"\x00-\x08\x0b-\x1f\x7f-\x9f"

_REFUSED_IN_A_LINE = re.compile(f"[{_CONTROLS}{_SEPARATORS}{_BIDI}]")
_REFUSED_IN_LINES = re.compile(f"[{_CONTROLS_BESIDE_TAB_AND_LINE_FEED}{_SEPARATORS}{_BIDI}]")
_DROPPED = re.compile("[\u200e\u200f\u061c\ufeff]")

# The same for JSON Schema (ECMA 262), as in the documentation; characters that are dropped are allowed there.
LINE_PATTERN = f"^[^{_CONTROLS}{_SEPARATORS}{_BIDI}]*$"
LINES_PATTERN = f"^(?:[^{_CONTROLS_BESIDE_TAB_AND_LINE_FEED}{_SEPARATORS}{_BIDI}]|\\r\\n)*$"


def line(text: str) -> str:
    """A text of one line. Raises ValueError, which names the first character that is not allowed."""
    return _checked(text, _REFUSED_IN_A_LINE)


def lines(text: str) -> str:
    """A text of any number of lines. Raises ValueError."""
    return _checked(text.replace("\r\n", "\n"), _REFUSED_IN_LINES)


def _checked(text: str, refused: re.Pattern[str]) -> str:
    found = refused.search(text)
    if found is not None:
        raise ValueError(f"must not contain the control character U+{ord(found[0]):04X}")
    return _DROPPED.sub("", text)
