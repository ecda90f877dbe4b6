"""The tables of what streams were: events, audit records and refusals; samples. The rules of `store.models` apply."""

from pynamodb.attributes import BinaryAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.store.table import Table, named


class RefusalsByChannel(GlobalSecondaryIndex["Timeline"]):
    """Sparse: only refusals carry `channel_id`, and only where the key was known."""

    class Meta:
        index_name = "refusals_by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute(range_key=True)


class RefusalsByDay(GlobalSecondaryIndex["Timeline"]):
    """Sparse: only refusals carry `day`, in UTC: `2026-11-26`."""

    class Meta:
        index_name = "refusals_by_day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
    at = NumberAttribute(range_key=True)


class Timeline(Model):
    """What happened to a stream, and, under `refused#...`, to publishers that never became one."""

    class Meta(Table):
        table_name = named("timeline")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    at = NumberAttribute()
    kind = UnicodeAttribute()
    facts = JSONAttribute(default=dict)
    channel_id = UnicodeAttribute(null=True)
    day = UnicodeAttribute(null=True)
    ttl = NumberAttribute(null=True)
    refusals_by_channel = RefusalsByChannel()
    refusals_by_day = RefusalsByDay()


class Samples(Model):
    """A minute of a stream's measures: see `domain.samples`."""

    class Meta(Table):
        table_name = named("samples")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute(range_key=True)
    samples = BinaryAttribute(legacy_encoding=False)
    ttl = NumberAttribute()
