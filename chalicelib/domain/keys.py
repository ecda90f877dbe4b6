"""Stream keys: form, hash, mask, and whether one may be used now."""

import hashlib
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain import addresses
from chalicelib.domain.refusals import (
    KeyExpired,
    KeyNotAllowedHere,
    KeyNotYetValid,
    KeyRevoked,
    KeyUnknown,
    KeyUsedUp,
    PublishRefused,
)

KEY_ALPHABET = string.ascii_letters + string.digits
KEY_LENGTH = 40  # 40 characters of 62 are 238 bits; 160 are asked for
HINT_LENGTH = 4  # enough to tell one's keys apart, 24 bits of 238
MAX_ACTIVE_KEYS = 20  # of one channel: bounds the list a person has to oversee
MAX_LABEL = 60
GENERATED = "generated"  # the label of keys that a client asks for before each broadcast
KEY_ID_PREFIX = "key_"  # before a ULID
MAX_NETWORKS = 20  # of one allow list
FOREVER = 10**15 - 1  # ms: sorts behind every expiry
_KEY_FORM = re.compile(rf"[A-Za-z0-9]{{{KEY_LENGTH}}}")


class KeyStatus(StrEnum):
    """As stored: expiry and use are judged when the key is looked at."""

    ACTIVE = "active"
    REVOKED = "revoked"


class KeyReading(StrEnum):
    """The current status of a key. `expired` includes one-time keys whose stream has ended."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"  # its time is over, or its one stream is
    IN_USE = "in-use"  # a stream runs on it right now


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
    one_time: bool = False
    allow_list: list[str] = field(default_factory=list)
    uses: int = 0
    last_used_at: int | None = None
    last_stream_id: str | None = None

    @property
    def first_stream_id(self) -> str | None:
        """The id of the stream that a generated key is asked for, known before it begins; None for other keys."""
        return self.key_id.removeprefix(KEY_ID_PREFIX) if self.label == GENERATED else None


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a new key is good for. `one_time`: for one stream, with its interruptions. Times in ms."""

    label: str = ""
    not_before: int | None = None
    expires_at: int | None = None
    one_time: bool = False
    allow_list: list[str] = field(default_factory=list)


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


def used_up(key: StreamKey, stream_id: str | None) -> bool:
    """Whether a one-time key was spent on another stream than `stream_id` (None: a new one)."""
    return key.one_time and key.last_stream_id is not None and key.last_stream_id != stream_id


def refusal_of_claim(key: StreamKey | None, stream_id: str | None, now: int) -> PublishRefused:
    """Why the key row's own condition failed in a claim for `stream_id` (None: a new stream)."""
    refused = refusal(key, now)
    if refused is None and key is not None and used_up(key, stream_id):
        refused = KeyUsedUp(channel_id=key.channel_id, key_id=key.key_id)
    return refused or KeyUnknown()


def check_place(key: StreamKey, client_ip: str | None) -> None:
    """Raises KeyNotAllowedHere if the key has an allow list and `client_ip` is not on it, or not known."""
    if not key.allow_list:
        return
    try:
        client = addresses.address(client_ip or "")
    except ValueError:
        client = None
    if client is None or not any(client in addresses.network(entry) for entry in key.allow_list):
        raise KeyNotAllowedHere(channel_id=key.channel_id, key_id=key.key_id)


def listing(good_until: int | None, key_id: str) -> str:
    """Sorts keys by the end of their use (`None`: never), then by age: what lists are cut by."""
    return f"{FOREVER if good_until is None else good_until:015d}#{key_id}"


def reading(key: StreamKey, *, in_use: bool, now: int) -> KeyReading:
    """`in_use`: the stream that was last started with it runs."""
    if key.status is KeyStatus.REVOKED:
        return KeyReading.REVOKED
    if in_use:
        return KeyReading.IN_USE
    spent = key.one_time and key.last_stream_id is not None
    expired = key.expires_at is not None and now >= key.expires_at
    return KeyReading.EXPIRED if spent or expired else KeyReading.ACTIVE
