"""The table of streams. The rules of `store.models` apply."""

import json
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.domain.measures import StreamFacts
from chalicelib.store.table import Table, named

_DESERIALIZE = TypeDeserializer().deserialize


class StreamsByChannel(GlobalSecondaryIndex["Stream"]):
    class Meta:
        index_name = "by_channel"
        projection = AllProjection()

    channel_id = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)  # a ULID: sorts by time


class LiveStreams(GlobalSecondaryIndex["Stream"]):
    """Sparse: only streams that have not ended carry `live`, the shard of their region: see `domain.live_index`."""

    class Meta:
        index_name = "live"
        projection = AllProjection()

    live = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)


class StreamsByNode(GlobalSecondaryIndex["Stream"]):
    """Sparse: only streams that have not ended carry `live_on`, the node that carries them, or carried them last."""

    class Meta:
        index_name = "by_node"
        projection = KeysOnlyProjection()

    live_on = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)


class StreamsByAddress(GlobalSecondaryIndex["Stream"]):
    """For administrators who know an address; keys only: written when a stream begins, or goes on from another one."""

    class Meta:
        index_name = "by_address"
        projection = KeysOnlyProjection()

    client_ip = UnicodeAttribute(hash_key=True)
    stream_id = UnicodeAttribute(range_key=True)


class RecordingsDue(GlobalSecondaryIndex["Stream"]):
    """Sparse: only streams whose recording waits for something carry `recording_queue`."""

    class Meta:
        index_name = "recordings_due"
        projection = KeysOnlyProjection()

    recording_queue = UnicodeAttribute(hash_key=True)
    recording_due = NumberAttribute(range_key=True)


class Stream(Model):
    class Meta(Table):
        table_name = named("streams")
        ttl_attribute = "ttl"

    stream_id = UnicodeAttribute(hash_key=True)
    channel_id = UnicodeAttribute()
    key_id = UnicodeAttribute()
    key_hash = UnicodeAttribute(null=True)
    # What viewers are shown of the channel, copied at the claim and with every edit: lists need no other row.
    metadata = JSONAttribute(attr_name="card", default=dict)
    version = NumberAttribute(default=0, attr_name="edition")  # its name in rows since the first version
    source = UnicodeAttribute()
    node_id = UnicodeAttribute()
    incarnation = UnicodeAttribute()
    client_ip = UnicodeAttribute(null=True)
    flash_version = UnicodeAttribute(null=True)
    test = BooleanAttribute(null=True)
    fence = NumberAttribute()
    seq = NumberAttribute(default=0)
    state = UnicodeAttribute()
    connected_at = NumberAttribute()
    started_at = NumberAttribute(null=True)
    resumable_until = NumberAttribute(null=True)
    interruption = JSONAttribute(null=True)  # `streams.Interruption`
    ended_at = NumberAttribute(null=True)
    end_reason = UnicodeAttribute(null=True)
    bytes_in = NumberAttribute(default=0)
    takeovers = NumberAttribute(default=0)
    # `measures.StreamFacts`, without what is not known.
    facts = JSONAttribute(default=dict)
    # The recording: its status, and what `rows.recording` reads beside it.
    recording = UnicodeAttribute(null=True)
    recording_reason = UnicodeAttribute(null=True)
    recording_duration = NumberAttribute(null=True)
    recording_size = NumberAttribute(null=True)
    recording_kept = BooleanAttribute(null=True)
    recording_expires_at = NumberAttribute(null=True)
    # What is to be done with it, and when: see `store.recordings`. Every stream that ends sets the time.
    recording_queue = UnicodeAttribute(null=True)
    recording_due = NumberAttribute(null=True)
    # `audience.Audience`, of a stream that has ended.
    audience = JSONAttribute(null=True)
    # `totals.StreamTotals`, of one that has ended.
    totals = JSONAttribute(null=True)
    live = UnicodeAttribute(null=True)
    live_on = UnicodeAttribute(null=True)
    # Only of a stream that never was LIVE.
    ttl = NumberAttribute(null=True)
    by_channel = StreamsByChannel()
    live_streams = LiveStreams()
    by_node = StreamsByNode()
    by_address = StreamsByAddress()
    recordings_due = RecordingsDue()

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "Stream":
        """Rows of versions before 0.2 have an attribute for each fact."""
        if "facts" not in data:
            found = {name: _DESERIALIZE(data[name]) for name in StreamFacts.model_fields if name in data}
            facts = {name: float(value) if isinstance(value, Decimal) else value for name, value in found.items()}
            data = data | {"facts": {"S": json.dumps(facts)}}
        return super().from_raw_data(data)
