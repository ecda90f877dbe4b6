"""Channels and their stream keys, as their owner handles them: made once, shown, revealed, reset.

At rest a key is its SHA-256 and a ciphertext under the KMS key. The encryption context binds the ciphertext to its
channel and key id: moved to another row it cannot be opened.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ulid import ULID

from chalicelib import aws
from chalicelib.config import settings
from chalicelib.domain import keys as rules
from chalicelib.domain.channels import Channel, channel_id_of
from chalicelib.domain.errors import KeyNotFound, StoreUnavailable, TooManyKeys
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.domain.streams import EndReason
from chalicelib.observability import logger
from chalicelib.services import lifecycle
from chalicelib.store import channels, keys


@dataclass(frozen=True, slots=True)
class Issued:
    """A key's record, and the key itself, which exists in the clear only here and in the answer."""

    key: StreamKey
    stream_key: str

    def __repr__(self) -> str:
        return f"Issued({self.key.key_id})"


def own_channel(owner: str, now: int) -> Channel:
    """The caller's channel; made, with its first key, when it is asked for the first time."""
    channel_id = channel_id_of(owner)
    channel = channels.find(channel_id)
    if channel is None:
        channel = Channel(channel_id, owner, settings().home_region, now)
        channels.create(channel, _issue(channel_id, now).key)
        channel = channels.get(channel_id)
    return channel


def edit(channel: Channel, changes: Mapping[str, Any]) -> Channel:
    """Title, description, category, tags, visibility. Raises ChannelNotFound."""
    return channels.edit(channel.channel_id, changes)


def current_key(channel: Channel) -> StreamKey:
    """The key that the dashboard shows. Raises KeyNotFound."""
    key = keys.find(channel.key_hash) if channel.key_hash else None
    if key is None:
        raise KeyNotFound()
    return key


def reveal(channel: Channel, user: str) -> Issued:
    """The key in the clear, for its owner; leaves an audit line. Raises KeyNotFound, StoreUnavailable."""
    key = current_key(channel)
    if key.ciphertext is None:
        raise KeyNotFound("This key was made without a copy that can be shown: reset it to get a new one")
    try:
        answer = aws.client("kms").decrypt(CiphertextBlob=key.ciphertext, EncryptionContext=_context(key))
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable("The stream key cannot be decrypted just now") from error
    logger("control").info("stream key revealed", key_id=key.key_id, channel_id=channel.channel_id, user=user)
    return Issued(key, answer["Plaintext"].decode("ascii"))


def reset(channel: Channel, user: str, now: int) -> Issued:
    """A new key at once; the old one is dead, and a broadcast that runs on it is ended. Raises KeyChanged."""
    issued = _issue(channel.channel_id, now)
    old = current_key(channel) if channel.key_hash else None
    channels.replace_key(channel, issued.key)
    logger("control").info("stream key reset", key_id=issued.key.key_id, channel_id=channel.channel_id, user=user)
    if old is not None:
        _end_broadcast_on(channel.channel_id, old.key_id, EndReason.KEY_RESET, now)
    return issued


def generate(channel: Channel, now: int) -> Issued:
    """A further key for the channel that expires after `key_ttl_hours`. Raises TooManyKeys."""
    live = [key for key in keys.of_channel(channel.channel_id) if rules.refusal(key, now) is None]
    if len(live) >= rules.MAX_ACTIVE_KEYS:
        raise TooManyKeys()
    issued = _issue(channel.channel_id, now, label="generated", expires_at=now + settings().key_ttl_hours * 3_600_000)
    keys.add(issued.key)
    return issued


def _end_broadcast_on(channel_id: str, key_id: str, reason: EndReason, now: int) -> None:
    stream = lifecycle.running_stream(channel_id)
    if stream is not None and stream.key_id == key_id:
        lifecycle.order_end(stream.stream_id, reason, now)


def _issue(channel_id: str, now: int, label: str = "", expires_at: int | None = None) -> Issued:
    stream_key = rules.new_stream_key(secrets.choice)
    key = StreamKey(
        key_hash=rules.hash_key(stream_key),
        key_id=f"key_{ULID()}",
        channel_id=channel_id,
        hint=rules.hint_of(stream_key),
        status=KeyStatus.ACTIVE,
        created_at=now,
        label=label,
        expires_at=expires_at,
    )
    return Issued(_with_ciphertext(key, stream_key), stream_key)


def _with_ciphertext(key: StreamKey, stream_key: str) -> StreamKey:
    try:
        answer = aws.client("kms").encrypt(
            KeyId=settings().kms_key_id, Plaintext=stream_key.encode("ascii"), EncryptionContext=_context(key)
        )
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable("A new stream key cannot be encrypted just now") from error
    return replace(key, ciphertext=answer["CiphertextBlob"])


def _context(key: StreamKey) -> dict[str, str]:
    return {"channel_id": key.channel_id, "key_id": key.key_id}
