"""The tables, written out: the Data stack makes them, the policies name them.

They are written once more as pynamodb models in `chalicelib/store/models.py`; a test compares the two. Twice on
purpose: a changed model must not silently rebuild an index of a table that holds data.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Index:
    """A global secondary index; its keys are strings, but for a `numeric_sort`.

    It carries all attributes, or only the table's own key.
    """

    name: str
    key: str
    sort: str | None = None
    keys_only: bool = False
    numeric_sort: bool = False


@dataclass(frozen=True)
class Table:
    """A table. Keys are strings, but for a `numeric_sort`. `expires`: rows carry `ttl`, in seconds."""

    name: str
    key: str
    sort: str | None = None
    numeric_sort: bool = False
    expires: bool = False
    indexes: tuple[Index, ...] = ()


TABLES = (
    Table(
        "channels",
        "channel_id",
        indexes=(
            Index("directory", "directory", "listing", keys_only=True),
            Index("by_person", "person", keys_only=True),
        ),
    ),
    Table(
        "keys",
        "key_hash",
        expires=True,
        indexes=(
            Index("by_channel", "channel_id", "key_id"),
            Index("by_id", "key_id", keys_only=True),
            Index("by_status", "status", "listing", keys_only=True),
            Index("by_hint", "hint", keys_only=True),
        ),
    ),
    Table(
        "streams",
        "stream_id",
        expires=True,
        # These are sparse: `live` and `by_node` have streams that have not ended, `recordings_due` those whose
        # recording waits for something.
        indexes=(
            Index("by_channel", "channel_id", "stream_id"),
            Index("live", "live", "stream_id"),
            Index("by_node", "live_on", "stream_id", keys_only=True),
            Index("by_address", "client_ip", "stream_id", keys_only=True),
            Index("recordings_due", "recording_queue", "recording_due", keys_only=True, numeric_sort=True),
        ),
    ),
    Table(
        "timeline",
        "stream_id",
        sort="seq",
        numeric_sort=True,
        expires=True,
        # Both are sparse: only refusals carry `channel_id` and `day`.
        indexes=(
            Index("refusals_by_channel", "channel_id", "at", numeric_sort=True),
            Index("refusals_by_day", "day", "at", numeric_sort=True),
        ),
    ),
    Table("samples", "stream_id", sort="at", numeric_sort=True, expires=True),
    Table(
        "schedule",
        "channel_id",
        sort="slot",
        expires=True,
        # Sparse: only broadcasts whose reminder was not sent.
        indexes=(Index("reminders_due", "reminder_queue", "remind_at", keys_only=True, numeric_sort=True),),
    ),
    Table("nodes", "node_id", expires=True, indexes=(Index("by_kind", "kind", "node_id", keys_only=True),)),
    Table("watches", "node_id", sort="channel_id", expires=True),
    Table("connections", "connection_id", expires=True, indexes=(Index("by_topic", "topic", "connection_id"),)),
    Table("pulses", "stream_id", expires=True),
    Table("webhooks", "scope", sort="webhook_id"),
    Table(
        "deliveries",
        "webhook_id",
        sort="event_id",
        expires=True,
        # `due` is sparse: only pending deliveries carry `due_at`.
        indexes=(Index("due", "webhook_id", "due_at"), Index("by_status", "webhook_status", "event_id")),
    ),
    Table("limits", "bucket", expires=True),
    Table("idempotency", "id", expires=True),
)

__all__ = ["TABLES", "Index", "Table"]
