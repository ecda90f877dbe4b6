"""Tables of what lives as long as a process, a connection or a request: nodes, WebSockets, measures, limits.

As in `models`, times are epoch milliseconds, but `ttl` is in seconds.
"""

import json
from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.store.table import Table, named


class CompactJSON(JSONAttribute):
    """Without spaces: bytes are what is billed."""

    def serialize(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"))


class NodesByKind(GlobalSecondaryIndex["Node"]):
    """Keys only, so that renewals do not touch it."""

    class Meta:
        index_name = "by_kind"
        projection = KeysOnlyProjection()

    kind = UnicodeAttribute(hash_key=True)
    node_id = UnicodeAttribute(range_key=True)


class Node(Model):
    class Meta(Table):
        table_name = named("nodes")
        ttl_attribute = "ttl"

    node_id = UnicodeAttribute(hash_key=True)
    incarnation = UnicodeAttribute()
    expires_at = NumberAttribute()
    started_at = NumberAttribute()
    address = UnicodeAttribute(default="")
    origin = UnicodeAttribute(default="")
    peer = UnicodeAttribute(default="")
    public_url = UnicodeAttribute(default="")
    version = UnicodeAttribute(default="")
    region = UnicodeAttribute()
    capacity = NumberAttribute()
    active = NumberAttribute(default=0)
    free = NumberAttribute(default=0)
    incoming_kbps = NumberAttribute(default=0)
    lag_ms = NumberAttribute(default=0)
    draining = BooleanAttribute(default=False)
    drain_until = NumberAttribute(null=True)
    # `domain.orders`; they come with the answer to a renewal.
    orders = UnicodeSetAttribute(null=True)
    # `ingest` for our own nodes. A media server's publisher counts as a node of its own: see `publications`.
    kind = UnicodeAttribute(default="ingest")
    publication = JSONAttribute(null=True)
    source_type = UnicodeAttribute(null=True)
    source_id = UnicodeAttribute(null=True)
    seen_at = NumberAttribute(null=True)
    ttl = NumberAttribute(null=True)
    by_kind = NodesByKind()


class Heartbeat(Model):
    """What a node's renewals write and read of its row, through a client of their own.

    A renewal that hangs is given up and tried again, several times while the session lasts; it waits for no other call.
    """

    class Meta(Table):
        table_name = named("nodes")
        read_timeout_seconds = 2
        max_retry_attempts = 0
        max_pool_connections = 1

    node_id = UnicodeAttribute(hash_key=True)
    incarnation = UnicodeAttribute()
    expires_at = NumberAttribute()
    active = NumberAttribute(default=0)
    free = NumberAttribute(default=0)
    incoming_kbps = NumberAttribute(default=0)
    lag_ms = NumberAttribute(default=0)
    draining = BooleanAttribute(default=False)
    drain_until = NumberAttribute(null=True)
    orders = UnicodeSetAttribute(null=True)
    ttl = NumberAttribute(null=True)


class Watch(Model):
    """A channel that somebody looks at, in the partition of the node that carries its stream: see `watches`."""

    class Meta(Table):
        table_name = named("watches")
        ttl_attribute = "ttl"

    node_id = UnicodeAttribute(hash_key=True)
    channel_id = UnicodeAttribute(range_key=True)
    asked_at = NumberAttribute()
    until = NumberAttribute()
    ttl = NumberAttribute()


class ConnectionsByTopic(GlobalSecondaryIndex["Connection"]):
    class Meta:
        index_name = "by_topic"
        projection = AllProjection()

    topic = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)


class Connection(Model):
    class Meta(Table):
        table_name = named("connections")
        ttl_attribute = "ttl"

    connection_id = UnicodeAttribute(hash_key=True)
    topic = UnicodeAttribute()
    channel_id = UnicodeAttribute()
    user = UnicodeAttribute(null=True)
    connected_at = NumberAttribute()
    greeted = BooleanAttribute(default=False)
    # When the token that opened it expires; none for the public.
    expires_at = NumberAttribute(null=True)
    # The counts of open connections that it is in: see `limits`.
    places = JSONAttribute(default=list)
    ttl = NumberAttribute()
    by_topic = ConnectionsByTopic()


class Pulse(Model):
    class Meta(Table):
        table_name = named("pulses")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute()
    pulse = CompactJSON()
    # Packed: the samples that no row has yet, and `totals.StreamTotals`.
    history = BinaryAttribute(legacy_encoding=False, null=True)
    ttl = NumberAttribute()


class Limit(Model):
    """How often something was done: `bucket` names what, by whom and in which window of time."""

    class Meta(Table):
        table_name = named("limits")
        ttl_attribute = "ttl"

    bucket = UnicodeAttribute(hash_key=True)
    hits = NumberAttribute(default=0)
    until = NumberAttribute(null=True)
    members = UnicodeSetAttribute(null=True)
    ttl = NumberAttribute()


class Idempotency(Model):
    """Answers to requests with an `Idempotency-Key`; written by Powertools, see `store.idempotency`."""

    class Meta(Table):
        table_name = named("idempotency")
        ttl_attribute = "ttl"

    id = UnicodeAttribute(hash_key=True)
