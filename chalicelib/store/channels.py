"""Channels: read, create once with their first key, edit. The lease on them belongs to `leases`."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.channels import Channel
from chalicelib.domain.errors import ChannelNotFound, KeyChanged
from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.store import models, rows
from chalicelib.store.guard import ConditionFailed, past_contention, store_errors, transaction

EDITABLE = frozenset({"title", "description", "category", "tags", "visibility"})


def find(channel_id: str) -> Channel | None:
    """The channel, read consistently."""
    try:
        with store_errors():
            return rows.channel(models.Channel.get(channel_id, consistent_read=True))
    except models.Channel.DoesNotExist:
        return None


def get(channel_id: str) -> Channel:
    """The channel; raises ChannelNotFound."""
    channel = find(channel_id)
    if channel is None:
        raise ChannelNotFound()
    return channel


def create(channel: Channel, key: StreamKey) -> bool:
    """Stores a new channel with its first key; False if somebody made the channel first (nothing is written)."""
    row = models.Channel(
        channel_id=channel.channel_id,
        owner=channel.owner,
        region=channel.region,
        created_at=channel.created_at,
        title=channel.title,
        key_hash=key.key_hash,
    )

    def save() -> None:
        with transaction() as write:
            write.save(row, condition=models.Channel.channel_id.does_not_exist())
            write.save(rows.key_row(key), condition=models.Key.key_hash.does_not_exist())

    try:
        past_contention(save)
    except ConditionFailed:
        return False
    return True


def edit(channel_id: str, changes: Mapping[str, Any]) -> Channel:
    """Sets some of `EDITABLE`; answers the channel as it is then. Raises ChannelNotFound."""
    actions = [getattr(models.Channel, name).set(changes[name]) for name in sorted(EDITABLE & changes.keys())]
    if not actions:
        return get(channel_id)
    row = models.Channel(channel_id)

    def update() -> None:
        with store_errors():
            row.update(actions, condition=models.Channel.channel_id.exists())

    try:
        past_contention(update)
    except ConditionFailed:
        raise ChannelNotFound() from None
    return rows.channel(row)


def replace_key(channel: Channel, new: StreamKey) -> None:
    """Revokes the channel's key and makes `new` its key, in one step. Raises KeyChanged if another reset was first."""
    row = models.Channel(channel.channel_id)

    def replace() -> None:
        with transaction() as write:
            write.save(rows.key_row(new), condition=models.Key.key_hash.does_not_exist())
            write.update(
                row,
                [models.Channel.key_hash.set(new.key_hash)],
                condition=models.Channel.key_hash == channel.key_hash,
            )
            if channel.key_hash is not None:
                write.update(
                    models.Key(channel.key_hash),
                    [models.Key.status.set(KeyStatus.REVOKED.value)],
                    condition=models.Key.key_hash.exists(),
                )

    try:
        past_contention(replace)
    except ConditionFailed:
        raise KeyChanged() from None
