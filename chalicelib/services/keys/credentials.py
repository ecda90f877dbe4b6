"""Channels and the key that their dashboard shows, as their owner handles them: made once, shown, revealed, reset."""

from collections.abc import Mapping
from typing import Any

from chalicelib.config import settings
from chalicelib.domain.broadcasters import is_deleted
from chalicelib.domain.channels import Channel, channel_id_of
from chalicelib.domain.errors import AccountDeleted, KeyIsCurrent
from chalicelib.domain.events import ChannelChanged
from chalicelib.domain.keys import GENERATED, KeyTerms, StreamKey
from chalicelib.domain.not_found import KeyNotFound
from chalicelib.domain.refusals import BroadcasterBlocked
from chalicelib.domain.streams import EndReason
from chalicelib.observability import logger
from chalicelib.services import broadcasters, bus
from chalicelib.services.keys import keyring
from chalicelib.services.keys.keyring import RevealedKey
from chalicelib.services.streams import orders
from chalicelib.store import channels, keys


def own_channel(owner: str, now: int, email: str | None = None) -> Channel:
    """The caller's channel; made, with its first key, when it is asked for the first time.

    `email` is their verified address, if their token has it: the channel keeps the last one. Raises BroadcasterBlocked,
    also for a new account of a person who is blocked, and AccountDeleted.
    """
    channel_id = channel_id_of(owner)
    channel = channels.find(channel_id)
    if channel is None:
        channel = Channel(
            channel_id=channel_id, owner=owner, region=settings().home_region, created_at=now, email=email
        )
        channels.create(channel, keyring.issue(channel_id, now, KeyTerms()).key)
        channel = broadcasters.as_person(channels.get(channel_id), now)
    elif is_deleted(channel.owner):
        raise AccountDeleted()
    elif email is not None and email != channel.email and channel.blocked is None:
        channel = broadcasters.as_person(channels.set_email(channel_id, email), now)
    if channel.blocked is not None:
        raise BroadcasterBlocked(channel_id=channel_id)
    return channel


def edit(channel: Channel, changes: Mapping[str, Any], now: int) -> Channel:
    """What the owner edits; open dashboards hear of it. Raises ChannelNotFound."""
    edited = channels.edit(channel.channel_id, changes)
    if changes:
        bus.publish([ChannelChanged(channel_id=channel.channel_id, at=now)])
    return edited


def current_key(channel: Channel) -> StreamKey:
    """The key that the dashboard shows. Raises KeyNotFound."""
    key = keys.find(channel.key_hash) if channel.key_hash else None
    if key is None:
        raise KeyNotFound()
    return key


def reveal(channel: Channel, user: str) -> RevealedKey:
    """The key in the clear, for its owner; leaves an audit line. Raises KeyNotFound, StoreUnavailable."""
    key = current_key(channel)
    issued = RevealedKey(key, keyring.unseal(key))
    logger("control").info(
        "Stream key revealed", event="stream_key_revealed", key_id=key.key_id, channel_id=channel.channel_id, user=user
    )
    return issued


def reset(channel: Channel, user: str, now: int) -> RevealedKey:
    """A new key at once; the old one is dead, and a broadcast that runs on it is ended.

    Two writes: the keys in one transaction, then the order to end. If the second fails, StoreUnavailable is raised, the
    old key is dead all the same, and the next reset also ends what still runs on it. Raises KeyChanged.
    """
    issued = keyring.issue(channel.channel_id, now, KeyTerms())
    channels.replace_key(channel, issued.key)
    bus.publish([ChannelChanged(channel_id=channel.channel_id, at=now)])
    logger("control").info(
        "Stream key reset", event="stream_key_reset", key_id=issued.key.key_id, channel_id=channel.channel_id, user=user
    )
    orders.end_on_dead_key(channel.channel_id, EndReason.KEY_RESET, now)
    return issued


def generate(channel: Channel, user: str, now: int) -> RevealedKey:
    """A further key for the channel that expires after `key_ttl_hours`. Raises TooManyKeys."""
    expires_at = now + settings().key_ttl_hours * 3_600_000
    return keyring.create(channel, KeyTerms(GENERATED, expires_at=expires_at), user, now)


def revoke(channel: Channel, key_id: str, user: str, now: int) -> StreamKey:
    """One of the channel's further keys. Raises KeyNotFound, KeyIsCurrent."""
    key = keyring.get(key_id, channel.channel_id)
    if key.key_hash == channel.key_hash:
        raise KeyIsCurrent()
    return keyring.revoke(key, user, now)
