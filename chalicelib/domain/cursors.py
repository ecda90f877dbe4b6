"""Where the next page of a list begins: opaque to callers, a few short texts to us."""

import base64
import binascii
import json

from chalicelib.domain.errors import InvalidInput

MAX_CURSOR = 600  # characters


def encode(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, count: int) -> list[str]:
    """The `count` texts that were encoded. Raises InvalidInput for whatever was not made by `encode`."""
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        parts = None
    if (
        not isinstance(parts, list)
        or len(parts) != count
        or not all(isinstance(part, str) and part.isprintable() for part in parts)
    ):
        raise bad_cursor()
    return parts


def bad_cursor() -> InvalidInput:
    problem = "is not a next_cursor of this list"
    return InvalidInput("The cursor is not valid", [{"field": "cursor", "problem": problem}])
