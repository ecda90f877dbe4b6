"""An authenticator app: codes from a secret and the time (RFC 6238, with SHA-1, 30 s and six digits)."""

import base64
import hmac
import struct
import time

STEP_S = 30


def code(secret: str, now: float | None = None) -> str:
    counter = int((time.time() if now is None else now) // STEP_S)
    key = base64.b32decode(secret.replace(" ", "") + "=" * (-len(secret.replace(" ", "")) % 8))
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F  # RFC 4226, 5.3
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"
