"""Keys that change: their terms are edited, or a new key takes their place.

edit     a running stream goes on; a new expiry applies to it, new networks and `test_only` to the next connection
rotate   at once:       the old key is revoked, and a stream that runs on it ends
         with overlap:  the old key expires at the overlap's end, and a stream that still runs on it ends then
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import KeyChanged, KeyNotActive
from chalicelib.domain.events import ChannelChanged
from chalicelib.domain.keys import FOREVER, KeyReading, KeyStatus, KeyTerms, StreamKey
from chalicelib.domain.streams import EndReason
from chalicelib.observability import logger
from chalicelib.services import bus
from chalicelib.services.keys import keyring
from chalicelib.services.keys.keyring import KeyView, RevealedKey
from chalicelib.services.streams import orders
from chalicelib.store import channels, keys


def edit(channel: Channel, key_id: str, changes: Mapping[str, Any], by: str, now: int) -> KeyView:
    """Changes the fields that `contract.KeyEdit` has. An expired key may be valid again.

    Raises KeyNotFound, KeyNotActive of a revoked key, InvalidInput, KeyChanged, TooManyKeys, StoreUnavailable.
    """
    key = keyring.get(key_id, channel.channel_id)
    if key.status is not KeyStatus.ACTIVE:
        raise KeyNotActive()
    return set_terms(channel, key, changes, by, now)


def set_terms(channel: Channel, key: StreamKey, changes: Mapping[str, Any], by: str, now: int) -> KeyView:
    """Of a key that was read a moment ago. Raises InvalidInput, KeyChanged, TooManyKeys, StoreUnavailable."""
    edited = replace(key, **changes)
    if changes.keys() & {"not_before", "expires_at"}:
        keyring.check_times(edited.not_before, edited.expires_at, now)
    if keyring.is_usable(edited, now) and not keyring.is_usable(key, now):
        keyring.check_room(channel, now)
    if edited != key:
        if not keys.edit(edited):
            raise KeyChanged()
        log = logger("control")
        log.info(
            "Stream key edited", event="stream_key_edited", key_id=key.key_id, channel_id=channel.channel_id, user=by
        )
        _announce(channel, key, now)
        orders.review_key(edited)
    return keyring.views([edited], now)[0]


def rotate(channel: Channel, key_id: str, overlap: int, by: str, now: int) -> RevealedKey:
    """A new key on the same terms; the old one is valid for `overlap` ms more. Answers the new one once.

    Raises KeyNotFound, KeyNotActive, KeyChanged, TooManyKeys where both are valid for a while, StoreUnavailable.
    """
    old = keyring.get(key_id, channel.channel_id)
    is_current = old.key_hash == channel.key_hash
    if keyring.views([old], now)[0].reading not in (KeyReading.ACTIVE, KeyReading.IN_USE):
        raise KeyNotActive()
    if overlap:
        keyring.check_room(channel, now)
    issued = keyring.issue(channel.channel_id, now, _same_terms(old))
    retired = replace(old, replaced_by=issued.key.key_id, status=KeyStatus.REVOKED)
    if overlap:
        until = min(old.expires_at or FOREVER, now + overlap)
        retired = replace(retired, status=KeyStatus.ACTIVE, expires_at=until)
    if is_current:
        channels.replace_key(channel, issued.key, retired)
    elif not keys.replace(retired, issued.key):
        raise KeyChanged()
    log = logger("control")
    log.info("Stream key rotated", event="stream_key_rotated", key_id=key_id, channel_id=channel.channel_id, user=by)
    _announce(channel, old, now)
    if overlap:
        orders.review_key(retired)
    else:
        orders.end_on_dead_key(channel.channel_id, EndReason.KEY_RESET, now)
    return issued


def _same_terms(key: StreamKey) -> KeyTerms:
    return KeyTerms(
        label=key.label,
        not_before=key.not_before,
        expires_at=key.expires_at,
        role=key.role,
        max_uses=None if key.uses_left is None else max(1, key.uses_left),
        allow_list=key.allow_list,
        test_only=key.test_only,
        broadcast_id=key.broadcast_id,
    )


def _announce(channel: Channel, key: StreamKey, now: int) -> None:
    """Open dashboards show the hint and the expiry of the channel's own key."""
    if key.key_hash == channel.key_hash:
        bus.publish([ChannelChanged(channel_id=channel.channel_id, at=now)])
