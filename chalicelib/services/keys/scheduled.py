"""Keys for one planned broadcast: their times are the broadcast's, with a margin, and follow it when it is moved.

The keys are found by an index, which may be a moment late: a key that was made while its broadcast was being moved
keeps the times of before. The owner sees a key's times beside the broadcast, and moving it again sets them.
"""

from dataclasses import replace

from chalicelib.domain import schedule as rules
from chalicelib.domain.channels import Channel
from chalicelib.domain.keys import KeyStatus, KeyTerms, StreamKey
from chalicelib.domain.schedule import Broadcast
from chalicelib.services import schedule
from chalicelib.services.keys import changes, keyring
from chalicelib.store import keys


def timed(channel: Channel, terms: KeyTerms, now: int) -> KeyTerms:
    """The terms of a new key; with the times of its broadcast if it is for one. Raises BroadcastNotFound."""
    if terms.broadcast_id is None:
        return terms
    not_before, expires_at = rules.key_times(schedule.find(channel, terms.broadcast_id, now))
    return replace(terms, not_before=not_before, expires_at=expires_at)


def move(channel: Channel, broadcast: Broadcast, by: str, now: int) -> None:
    """The broadcast was changed; may be repeated. A key that was revoked, used up or replaced stays as it is.

    Raises KeyChanged, StoreUnavailable.
    """
    not_before, expires_at = rules.key_times(broadcast)
    for key in _of(channel, broadcast.broadcast_id):
        if key.replaced_by is not None or not keyring.is_usable(key, now):
            continue
        if expires_at <= now:
            keyring.revoke(key, by, now)
        elif (key.not_before, key.expires_at) != (not_before, expires_at):
            changes.set_terms(channel, key, {"not_before": not_before, "expires_at": expires_at}, by, now)


def revoke(channel: Channel, broadcast_id: str, by: str, now: int) -> None:
    """The broadcast is removed: what runs on one of its keys ends. May be repeated. Raises StoreUnavailable."""
    for key in _of(channel, broadcast_id):
        keyring.revoke(key, by, now)


def _of(channel: Channel, broadcast_id: str) -> list[StreamKey]:
    indexed = keys.of_channel(channel.channel_id)
    found = keys.many(key.key_hash for key in indexed if key.broadcast_id == broadcast_id)
    return [key for key in found.values() if key.status is KeyStatus.ACTIVE]
