"""The table of planned broadcasts. The rules of `store.models` hold."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.store.table import Table, named


class RemindersDue(GlobalSecondaryIndex["Broadcast"]):
    """Sparse: only broadcasts whose reminder was not sent carry `reminder_queue`, which is the same for all."""

    class Meta:
        index_name = "reminders_due"
        projection = KeysOnlyProjection()

    reminder_queue = UnicodeAttribute(hash_key=True)
    remind_at = NumberAttribute(range_key=True)


class Broadcast(Model):
    """`slot` is the start and the id: a range of it is a span of time."""

    class Meta(Table):
        table_name = named("schedule")
        ttl_attribute = "ttl"

    channel_id = UnicodeAttribute(hash_key=True)
    slot = UnicodeAttribute(range_key=True)
    broadcast_id = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    starts_at = NumberAttribute()
    minutes = NumberAttribute()
    time_zone = UnicodeAttribute()
    changed_at = NumberAttribute()
    sequence = NumberAttribute(default=0)
    reminder_queue = UnicodeAttribute(null=True)
    remind_at = NumberAttribute(null=True)
    ttl = NumberAttribute()
    reminders_due = RemindersDue()
