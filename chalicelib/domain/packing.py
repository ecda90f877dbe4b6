"""JSON made small, for what is written often: DynamoDB bills a write by the kilobyte."""

import json
import zlib
from typing import Any

MAX_UNPACKED = 64 * 1024  # bytes: ten times what the longest takes


def packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode())


def unpacked(stored: bytes) -> Any:
    """What was given to `packed`. Raises ValueError for anything else."""
    try:
        return json.loads(zlib.decompressobj().decompress(stored, MAX_UNPACKED))
    except zlib.error as error:
        raise ValueError(str(error)) from None
