"""The tables. Times are epoch milliseconds, but `ttl`, which DynamoDB wants in seconds.

TTL is hygiene only: every read judges expiry itself. The CDK Data stack makes the same tables; a test compares.
"""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib import aws
from chalicelib.config import settings


class _Table:
    """What every table shares; the names carry the stage."""

    billing_mode = "PAY_PER_REQUEST"
    region = settings().region
    connect_timeout_seconds = aws.CONNECT_TIMEOUT_S
    read_timeout_seconds = aws.READ_TIMEOUT_S
    max_pool_connections = aws.POOL
    max_retry_attempts = 3


def _name(noun: str) -> str:
    return settings().table_prefix + noun


class Channel(Model):
    class Meta(_Table):
        table_name = _name("channels")

    channel_id = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    description = UnicodeAttribute(default="")
    category = UnicodeAttribute(default="")
    tags = JSONAttribute(default=list)
    visibility = UnicodeAttribute(default="public")
    region = UnicodeAttribute()
    created_at = NumberAttribute()
    # The key that the dashboard shows; others of the channel are in `keys`.
    key_hash = UnicodeAttribute(null=True)
    # The stream that runs, or ran last.
    stream_id = UnicodeAttribute(null=True)
    # The lease. The fence is never deleted; the holder's three attributes come and go together.
    fence = NumberAttribute(default=0)
    lease_node = UnicodeAttribute(null=True)
    lease_incarnation = UnicodeAttribute(null=True)
    lease_publisher = UnicodeAttribute(null=True)
    # While set, a claim continues `stream_id` instead of starting a new stream.
    resumable_until = NumberAttribute(null=True)
    grace_ms = NumberAttribute(null=True)


class KeysByChannel(GlobalSecondaryIndex["Key"]):
    class Meta:
        index_name = "by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    key_id = UnicodeAttribute(range_key=True)


class Key(Model):
    class Meta(_Table):
        table_name = _name("keys")

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
    by_channel = KeysByChannel()


class StreamsByChannel(GlobalSecondaryIndex["Stream"]):
    class Meta:
        index_name = "by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)  # a ULID: sorts by time


class LiveStreams(GlobalSecondaryIndex["Stream"]):
    """Sparse: only streams that have not ended carry `live`, the region they run in."""

    class Meta:
        index_name = "live"
        projection = AllProjection()

    live = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)


class Stream(Model):
    class Meta(_Table):
        table_name = _name("streams")

    stream_id = UnicodeAttribute(hash_key=True)
    channel_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    source = UnicodeAttribute()
    node_id = UnicodeAttribute()
    incarnation = UnicodeAttribute()
    client_ip = UnicodeAttribute(null=True)
    fence = NumberAttribute()
    seq = NumberAttribute(default=0)
    state = UnicodeAttribute()
    connected_at = NumberAttribute()
    started_at = NumberAttribute(null=True)
    ended_at = NumberAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    bytes_in = NumberAttribute(default=0)
    encoder = UnicodeAttribute(null=True)
    video_codec = UnicodeAttribute(null=True)
    audio_codec = UnicodeAttribute(null=True)
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    fps = NumberAttribute(null=True)
    recording = UnicodeAttribute(null=True)
    live = UnicodeAttribute(null=True)
    by_channel = StreamsByChannel()
    live_streams = LiveStreams()


class Timeline(Model):
    """What happened to a stream, and, under `refused#...`, to publishers that never became one."""

    class Meta(_Table):
        table_name = _name("timeline")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    seq = NumberAttribute(range_key=True)
    at = NumberAttribute()
    kind = UnicodeAttribute()
    facts = JSONAttribute(default=dict)
    ttl = NumberAttribute(null=True)


class Node(Model):
    class Meta(_Table):
        table_name = _name("nodes")
        ttl_attribute = "ttl"

    node_id = UnicodeAttribute(hash_key=True)
    incarnation = UnicodeAttribute()
    expires_at = NumberAttribute()
    started_at = NumberAttribute()
    address = UnicodeAttribute(default="")
    region = UnicodeAttribute()
    capacity = NumberAttribute()
    active = NumberAttribute(default=0)
    draining = BooleanAttribute(default=False)
    # Orders ride on the renewal: "<stream_id> <reason>".
    orders = UnicodeSetAttribute(null=True)
    # Channels with an open dashboard: their streams' metrics go onto the bus.
    watched = UnicodeSetAttribute(null=True)
    ttl = NumberAttribute(null=True)


class ConnectionsByTopic(GlobalSecondaryIndex["Connection"]):
    class Meta:
        index_name = "by_topic"
        projection = AllProjection()

    topic = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)


class Connection(Model):
    class Meta(_Table):
        table_name = _name("connections")
        ttl_attribute = "ttl"

    connection_id = UnicodeAttribute(hash_key=True)
    topic = UnicodeAttribute()
    channel_id = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    connected_at = NumberAttribute()
    greeted = BooleanAttribute(default=False)
    ttl = NumberAttribute()
    by_topic = ConnectionsByTopic()


class Pulse(Model):
    class Meta(_Table):
        table_name = _name("pulses")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute()
    pulse = JSONAttribute()
    ttl = NumberAttribute()


TABLES: tuple[type[Model], ...] = (Channel, Key, Stream, Timeline, Node, Connection, Pulse)

__all__ = ["TABLES", "Channel", "Connection", "Key", "Node", "Pulse", "Stream", "Timeline"]
