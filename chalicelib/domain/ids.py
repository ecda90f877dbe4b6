"""The form of ids that are ULIDs, for a look before any database work."""

import re

# Crockford's base 32; the first character is at most 7, for a ULID has 128 bits.
ULID_PATTERN = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_ULID = re.compile(ULID_PATTERN)


def is_ulid(text: str, prefix: str = "") -> bool:
    return text.startswith(prefix) and _ULID.fullmatch(text.removeprefix(prefix)) is not None
