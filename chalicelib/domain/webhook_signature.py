"""The signature that tells our deliveries from anybody else's. docs/webhooks.md shows how to check it."""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "Stream-Sync-Signature"


def signature(secrets: Sequence[str], at_s: int, body: bytes) -> str:
    """`t=<unix seconds>,v1=<hex>`, one `v1` a secret: HMAC-SHA256 of `<t>.<body>` keyed by the secret's own text.

    The time is part of what is signed, so that a recorded delivery cannot be sent again later as a new one.
    """
    signed = b"%d.%b" % (at_s, body)
    values = [hmac.new(secret.encode("ascii"), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at_s}", *(f"v1={value}" for value in values)])
