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
MAX_USES = 1_000  # streams that a limited key may be good for
MAX_OVERLAP = 7 * 24 * 60  # minutes in which a key that is being replaced may still be used
FOREVER = 10**15 - 1  # ms: sorts behind every expiry
_KEY_FORM = re.compile(rf"[A-Za-z0-9]{{{KEY_LENGTH}}}")


class KeyStatus(StrEnum):
    """As stored: expiry and use are judged when the key is looked at."""

    ACTIVE = "active"
    REVOKED = "revoked"


class KeyRole(StrEnum):
    """Whom a key is for. It has a priority, which counts where a channel lets one publisher take over from another."""

    OWNER = "owner"
    BACKUP = "backup"
    GUEST = "guest"

    @property
    def priority(self) -> int:
        """The higher one takes over."""
        return _PRIORITIES[self]


_PRIORITIES = {KeyRole.OWNER: 3, KeyRole.BACKUP: 2, KeyRole.GUEST: 1}


class KeyReading(StrEnum):
    """The current status of a key. `expired` includes keys that have no uses left."""

    ACTIVE = "active"
    REVOKED = "revoked"
    EXPIRED = "expired"  # its time is over, or its last stream is
    IN_USE = "in-use"  # a stream runs on it right now


@dataclass(frozen=True, slots=True)
class StreamKey:
    """What is stored of a key; the key itself is not among it. `ciphertext` is encrypted under the KMS key.

    `test_only`: all that is published with it is a test stream. `uses` counts streams; `edits` how often its terms were
    changed.
    """

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
    role: KeyRole = KeyRole.OWNER
    max_uses: int | None = None
    allow_list: list[str] = field(default_factory=list)
    test_only: bool = False
    uses: int = 0
    edits: int = 0
    replaced_by: str | None = None  # the key that a rotation made of it
    broadcast_id: str | None = None  # the planned broadcast that its times follow
    last_used_at: int | None = None
    last_stream_id: str | None = None
    last_client_ip: str | None = None
    last_flash_version: str | None = None  # what the encoder called itself in RTMP's connect

    @property
    def uses_left(self) -> int | None:
        """None: any number."""
        return None if self.max_uses is None else max(0, self.max_uses - self.uses)

    @property
    def first_stream_id(self) -> str | None:
        """The id of the stream that a generated key is asked for, known before it begins; None for other keys."""
        return self.key_id.removeprefix(KEY_ID_PREFIX) if self.label == GENERATED else None


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """What a new key is good for. `max_uses`: for so many streams, with their interruptions. Times in ms.

    `broadcast_id`: only then, with the times that `services.keys.scheduled` gives it.
    """

    label: str = ""
    not_before: int | None = None
    expires_at: int | None = None
    role: KeyRole = KeyRole.OWNER
    max_uses: int | None = None
    allow_list: list[str] = field(default_factory=list)
    test_only: bool = False
    broadcast_id: str | None = None


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
    whose = {"channel_id": key.channel_id, "key_id": key.key_id, "key_label": key.label}
    if key.status is not KeyStatus.ACTIVE:
        return KeyRevoked(**whose)
    if key.not_before is not None and now < key.not_before:
        return KeyNotYetValid(**whose)
    if key.expires_at is not None and now >= key.expires_at:
        return KeyExpired(**whose)
    return None


def used_up(key: StreamKey, stream_id: str | None) -> bool:
    """Whether a key has no use left for `stream_id` (None: a new one). Its last stream may always be continued."""
    return key.uses_left == 0 and (stream_id is None or key.last_stream_id != stream_id)


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
    expired = key.expires_at is not None and now >= key.expires_at
    return KeyReading.EXPIRED if expired or key.uses_left == 0 else KeyReading.ACTIVE
