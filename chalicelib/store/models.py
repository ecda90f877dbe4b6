"""The tables. Times are epoch milliseconds, but `ttl`, which DynamoDB wants in seconds.

TTL is hygiene only: every read judges expiry itself. The CDK Data stack makes the same tables; a test compares.
"""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.store import runtime_models, schedule_models, timeline_models, webhook_models
from chalicelib.store.stream_models import Stream
from chalicelib.store.table import Table, named


class Directory(GlobalSecondaryIndex["Channel"]):
    """Every channel, newest last. Keys only, so that the lease's writes do not touch its one partition."""

    class Meta:
        index_name = "directory"
        projection = KeysOnlyProjection()

    directory = UnicodeAttribute(hash_key=True)
    listing = UnicodeAttribute(range_key=True)


class ChannelsByPerson(GlobalSecondaryIndex["Channel"]):
    """All channels of one verified e-mail address; keys only, so that the lease's writes do not touch it."""

    class Meta:
        index_name = "by_person"
        projection = KeysOnlyProjection()

    person = UnicodeAttribute(hash_key=True)


class Channel(Model):
    class Meta(Table):
        table_name = named("channels")

    channel_id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    description = UnicodeAttribute(default="")
    category = UnicodeAttribute(default="")
    tags = JSONAttribute(default=list)
    visibility = UnicodeAttribute(default="public")
    # Who broadcasts, for people; the account is `owner`.
    display_name = UnicodeAttribute(default="")
    contact = UnicodeAttribute(default="")
    # The account's verified address as its last token said it, and what is the same of all that its mailbox has.
    email = UnicodeAttribute(null=True)
    person = UnicodeAttribute(null=True)
    # While set, its owner may neither broadcast nor use the API.
    blocked_at = NumberAttribute(null=True)
    blocked_by = UnicodeAttribute(null=True)
    blocked_why = UnicodeAttribute(null=True)
    # While `closed_until` is ahead, publishers are refused: the stream was ended for this reason.
    closed_until = NumberAttribute(null=True)
    closed_why = UnicodeAttribute(null=True)
    # Grows with every edit of what is shown and every reset of the key: of two readings the higher one is newer.
    # Streams carry a copy of what viewers are shown, and the newest one wins.
    version = NumberAttribute(default=0, attr_name="edition")  # its name in rows since the first version
    # Whether its streams are recorded, where the stage records at all.
    recording = BooleanAttribute(default=True)
    region = UnicodeAttribute()
    created_at = NumberAttribute()
    directory = UnicodeAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    # The key that the dashboard shows; others of the channel are in `keys`.
    key_hash = UnicodeAttribute(null=True)
    # The stream that runs, or ran last, and whether it is a test.
    stream_id = UnicodeAttribute(null=True)
    test = BooleanAttribute(null=True)
    # The lease. The fence is never deleted; the holder's three attributes come and go together.
    fence = NumberAttribute(default=0)
    lease_node = UnicodeAttribute(null=True)
    lease_incarnation = UnicodeAttribute(null=True)
    lease_publisher = UnicodeAttribute(null=True)
    # While set, a claim continues `stream_id` instead of starting a new stream.
    resumable_until = NumberAttribute(null=True)
    # How often streams may begin: see `domain.starts`.
    starts_paid_until = NumberAttribute(null=True)
    # What becomes of a second publisher, and how often one took over: see `domain.takeovers`.
    second_publisher = UnicodeAttribute(default="refuse")
    takeovers_paid_until = NumberAttribute(null=True)
    in_order = Directory()
    by_person = ChannelsByPerson()


class KeysByChannel(GlobalSecondaryIndex["Key"]):
    class Meta:
        index_name = "by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute(range_key=True)


class KeysById(GlobalSecondaryIndex["Key"]):
    class Meta:
        index_name = "by_id"
        projection = KeysOnlyProjection()

    key_id = UnicodeAttribute(hash_key=True)


class KeysByStatus(GlobalSecondaryIndex["Key"]):
    """`listing` is until when the key is good, then its id: a range of it is exactly the active, or the expired ones.

    Keys only, so that the use of a key does not write to one of two partitions that all keys share.
    """

    class Meta:
        index_name = "by_status"
        projection = KeysOnlyProjection()

    status = UnicodeAttribute(hash_key=True)
    listing = UnicodeAttribute(range_key=True)


class KeysByHint(GlobalSecondaryIndex["Key"]):
    """For administrators who know no more of a key than its end; keys only: the use of a key does not touch it."""

    class Meta:
        index_name = "by_hint"
        projection = KeysOnlyProjection()

    hint = UnicodeAttribute(hash_key=True)


class Key(Model):
    class Meta(Table):
        table_name = named("keys")
        ttl_attribute = "ttl"

    key_hash = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute()
    channel_id = UnicodeAttribute()
    label = UnicodeAttribute(default="")
    hint = UnicodeAttribute()
    ciphertext = BinaryAttribute(legacy_encoding=False, null=True)
    status = UnicodeAttribute()
    created_at = NumberAttribute()
    not_before = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    listing = UnicodeAttribute(null=True)
    role = UnicodeAttribute(default="owner")
    # How many streams it is good for; None: any number. Older rows have `one_time` instead.
    max_uses = NumberAttribute(null=True)
    one_time = BooleanAttribute(null=True)
    # Networks (CIDR) that may publish with it; none means all.
    allow_list = JSONAttribute(default=list)
    test_only = BooleanAttribute(null=True)
    uses = NumberAttribute(default=0)
    # How often its terms were changed: a claim fails that has read older ones.
    edits = NumberAttribute(default=0)
    replaced_by = UnicodeAttribute(null=True)
    # The planned broadcast that its times follow.
    broadcast_id = UnicodeAttribute(null=True)
    last_used_at = NumberAttribute(null=True)
    last_stream_id = UnicodeAttribute(null=True)
    last_client_ip = UnicodeAttribute(null=True)
    last_flash_version = UnicodeAttribute(null=True)
    # Of keys that expire, and of those that a reset replaced: see `rows.key_ttl`.
    ttl = NumberAttribute(null=True)
    by_channel = KeysByChannel()
    by_id = KeysById()
    by_status = KeysByStatus()
    by_hint = KeysByHint()


TABLES: tuple[type[Model], ...] = (
    Channel,
    Key,
    Stream,
    timeline_models.Timeline,
    timeline_models.Samples,
    schedule_models.Broadcast,
    runtime_models.Node,
    runtime_models.Watch,
    runtime_models.Connection,
    runtime_models.Pulse,
    runtime_models.Limit,
    runtime_models.Idempotency,
    *webhook_models.TABLES,
)

__all__ = ["TABLES", "Channel", "Key", "Stream"]
