"""Answers to requests with an `Idempotency-Key`, kept for a day. They may hold a fresh stream key: at rest they are
encrypted, as the key itself is.
"""

import base64
from collections.abc import Callable

from chalicelib.services import sealing
from chalicelib.store import idempotency
from chalicelib.store.idempotency import Once

# Binds the ciphertext to its use: it opens as no stream key, and no stream key's opens as an answer.
_CONTEXT = {"purpose": "idempotent answer"}


def once(asker: str, route: str, key: str, content: str, work: Callable[[], str], remaining_ms: int) -> str:
    """The answer (4 KB at most) of `work`, which is done once for an asker, a route and a key within a day.

    Raises IdempotencyKeyReused if the key came with other content, StillInProgress, StoreUnavailable, and what `work`
    raises; a request that failed may be sent again.
    """
    return idempotency.once(Once("\n".join((asker, route, key)), content), work, _seal, _unseal, remaining_ms)


def _seal(answer: str) -> str:
    return base64.b64encode(sealing.seal(answer, _CONTEXT, "The answer")).decode()


def _unseal(sealed: str) -> str:
    return sealing.unseal(base64.b64decode(sealed), _CONTEXT, "The answer")
