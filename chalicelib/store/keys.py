"""Stream keys, by their hash."""

from chalicelib.domain.keys import KeyStatus, StreamKey
from chalicelib.store import models, rows
from chalicelib.store.guard import ConditionFailed, store_errors


def find(key_hash: str) -> StreamKey | None:
    """The key, read consistently: a key that was revoked a moment ago must not be found active."""
    try:
        with store_errors():
            return rows.key(models.Key.get(key_hash, consistent_read=True))
    except models.Key.DoesNotExist:
        return None


def add(key: StreamKey) -> None:
    with store_errors():
        rows.key_row(key).save(condition=models.Key.key_hash.does_not_exist())


def of_channel(channel_id: str) -> list[StreamKey]:
    """All keys of a channel, oldest first (key ids sort by time); eventually consistent."""
    with store_errors():
        return [rows.key(row) for row in models.Key.by_channel.query(channel_id)]


def revoke(key: StreamKey) -> None:
    """From now on no claim with this key succeeds, wherever it is cached. Revoking twice is the same as once."""
    try:
        with store_errors():
            models.Key(key.key_hash).update(
                [models.Key.status.set(KeyStatus.REVOKED.value)], condition=models.Key.key_hash.exists()
            )
    except ConditionFailed:
        return
