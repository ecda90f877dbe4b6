"""Stream keys: form, hash, mask, and whether one may be used now."""

import hashlib
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import KeyExpired, KeyNotYetValid, KeyRevoked, KeyUnknown, PublishRefused

KEY_ALPHABET = string.ascii_letters + string.digits
KEY_LENGTH = 40  # 40 characters of 62 are 238 bits; 160 are asked for
HINT_LENGTH = 4  # enough to tell one's keys apart, 24 bits of 238
MAX_ACTIVE_KEYS = 20  # of one channel: bounds the list a person has to oversee
_KEY_FORM = re.compile(rf"[A-Za-z0-9]{{{KEY_LENGTH}}}")


class KeyStatus(StrEnum):
    ACTIVE = "active"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class StreamKey:
    """What is stored of a key; the key itself is not among it. `ciphertext` is encrypted under the KMS key."""

    key_hash: str
    key_id: str
    channel_id: str
    hint: str
    status: KeyStatus
    created_at: int
    label: str = ""
    not_before: int | None = None
    expires_at: int | None = None
    ciphertext: bytes | None = None


def new_stream_key(choose: Callable[[str], str]) -> str:
    """A new key of `KEY_LENGTH` alphanumeric characters; `choose` is `secrets.choice`."""
    return "".join(choose(KEY_ALPHABET) for _ in range(KEY_LENGTH))


def is_well_formed(candidate: str) -> bool:
    """Whether `candidate` could be a key at all; asked before any database work (no case folding, no trimming)."""
    return _KEY_FORM.fullmatch(candidate) is not None


def hash_key(stream_key: str) -> str:
    """The SHA-256 of the key, hex. A key has 238 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(stream_key.encode("ascii")).hexdigest()


def hint_of(stream_key: str) -> str:
    return stream_key[-HINT_LENGTH:]


def masked(hint: str) -> str:
    """What stands for the key where it is not revealed."""
    return "•" * (KEY_LENGTH - HINT_LENGTH) + hint


def refusal(key: StreamKey | None, now: int) -> PublishRefused | None:
    """Why `key` may not be used at `now`, or None if it may. A missing key is `KeyUnknown`."""
    if key is None:
        return KeyUnknown()
    whose = {"channel_id": key.channel_id, "key_id": key.key_id}
    if key.status is not KeyStatus.ACTIVE:
        return KeyRevoked(**whose)
    if key.not_before is not None and now < key.not_before:
        return KeyNotYetValid(**whose)
    if key.expires_at is not None and now >= key.expires_at:
        return KeyExpired(**whose)
    return None
