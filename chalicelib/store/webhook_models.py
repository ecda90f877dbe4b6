"""The tables of webhooks: where they lead, and what was delivered. The rules of `store.models` hold."""

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.store.table import Table, named


class Webhook(Model):
    """A handful of rows, all under one hash key: they are read together, for each event."""

    class Meta(Table):
        table_name = named("webhooks")

    scope = UnicodeAttribute(hash_key=True)
    webhook_id = UnicodeAttribute(range_key=True)
    url = UnicodeAttribute()
    description = UnicodeAttribute(default="")
    events = JSONAttribute(default=list)
    enabled = BooleanAttribute(default=True)
    disabled_reason = UnicodeAttribute(null=True)
    created_at = NumberAttribute()
    secret = BinaryAttribute(legacy_encoding=False)
    secret_hint = UnicodeAttribute()
    previous_secret = BinaryAttribute(legacy_encoding=False, null=True)
    previous_until = NumberAttribute(null=True)
    failing_since = NumberAttribute(null=True)
    failures = NumberAttribute(default=0)
    slow = BooleanAttribute(default=False)


class DueDeliveries(GlobalSecondaryIndex["Delivery"]):
    """Sparse: only pending deliveries carry `due_at`."""

    class Meta:
        index_name = "due"
        projection = AllProjection()

    webhook_id = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class DeliveriesByStatus(GlobalSecondaryIndex["Delivery"]):
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    webhook_status = UnicodeAttribute(hash_key=True)  # "<webhook_id>#<status>"
    event_id = UnicodeAttribute(range_key=True)


class Delivery(Model):
    class Meta(Table):
        table_name = named("deliveries")
        ttl_attribute = "ttl"

    webhook_id = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)  # a ULID: sorts by time
    name = UnicodeAttribute()
    body = UnicodeAttribute()
    created_at = NumberAttribute()
    round_at = NumberAttribute()
    webhook_status = UnicodeAttribute()
    due_at = UnicodeAttribute(null=True)  # milliseconds as text of fixed length: indexes sort text
    tried = NumberAttribute(default=0)
    attempts = JSONAttribute(default=list)
    ttl = NumberAttribute()
    due = DueDeliveries()
    by_status = DeliveriesByStatus()


TABLES: tuple[type[Model], ...] = (Webhook, Delivery)
