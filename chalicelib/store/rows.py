"""Rows <-> domain objects."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain import keys as key_rules
from chalicelib.domain.audience import Audience
from chalicelib.domain.broadcasters import Block
from chalicelib.domain.channels import Channel
from chalicelib.domain.closures import Closure
from chalicelib.domain.keys import KeyRole, KeyStatus, StreamKey
from chalicelib.domain.leases import Holder, Lease, NodeSession
from chalicelib.domain.live_index import region_of
from chalicelib.domain.measures import StreamFacts
from chalicelib.domain.metadata import SHOWN, Metadata, Visibility
from chalicelib.domain.nodes import NodeInfo, NodeMeasures, NodeState
from chalicelib.domain.recordings import Recording, RecordingReason, RecordingStatus
from chalicelib.domain.streams import EndReason, Interruption, Stream, StreamState
from chalicelib.domain.takeovers import SecondPublisher
from chalicelib.domain.totals import StreamTotals
from chalicelib.store import models, runtime_models

KEY_KEPT = 90 * 86_400  # seconds


def whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def texts(key: dict[str, str] | None) -> dict[str, dict[str, str]] | None:
    """A position in an index as DynamoDB wants it."""
    return None if key is None else {name: {"S": value} for name, value in key.items()}


def channel(row: models.Channel) -> Channel:
    holder = None
    if row.lease_node is not None:
        holder = Holder(row.lease_node, row.lease_incarnation or "", row.lease_publisher or "")
    return Channel(
        channel_id=row.channel_id,
        owner=row.owner,
        region=row.region,
        created_at=int(row.created_at),
        **_metadata({name: getattr(row, name) for name in SHOWN}),
        contact=row.contact,
        email=row.email,
        blocked=block(row),
        closed=closure(row),
        version=int(row.version),
        recording=bool(row.recording),
        key_hash=row.key_hash,
        stream_id=row.stream_id,
        test=bool(row.test),
        lease=Lease(holder, int(row.fence)),
        resumable_until=whole(row.resumable_until),
        starts_paid_until=whole(row.starts_paid_until),
        second_publisher=SecondPublisher(row.second_publisher),
        takeovers_paid_until=whole(row.takeovers_paid_until),
    )


def closure(row: models.Channel) -> Closure | None:
    if row.closed_until is None or row.closed_why is None:
        return None
    return Closure(int(row.closed_until), EndReason(row.closed_why))


def block(row: models.Channel) -> Block | None:
    if row.blocked_at is None:
        return None
    return Block(int(row.blocked_at), row.blocked_by or "", row.blocked_why or "")


def key(row: models.Key) -> StreamKey:
    return StreamKey(
        key_hash=row.key_hash,
        key_id=row.key_id,
        channel_id=row.channel_id,
        hint=row.hint,
        status=KeyStatus(row.status),
        created_at=int(row.created_at),
        label=row.label,
        not_before=whole(row.not_before),
        expires_at=whole(row.expires_at),
        ciphertext=row.ciphertext,
        role=KeyRole(row.role),
        max_uses=1 if row.one_time else whole(row.max_uses),
        allow_list=list(row.allow_list),
        test_only=bool(row.test_only),
        uses=int(row.uses),
        edits=int(row.edits),
        replaced_by=row.replaced_by,
        broadcast_id=row.broadcast_id,
        last_used_at=whole(row.last_used_at),
        last_stream_id=row.last_stream_id,
        last_client_ip=row.last_client_ip,
        last_flash_version=row.last_flash_version,
    )


def key_row(key: StreamKey) -> models.Key:
    return models.Key(
        key_hash=key.key_hash,
        key_id=key.key_id,
        channel_id=key.channel_id,
        hint=key.hint,
        status=key.status.value,
        created_at=key.created_at,
        label=key.label,
        not_before=key.not_before,
        expires_at=key.expires_at,
        ciphertext=key.ciphertext,
        listing=key_rules.listing(key.expires_at, key.key_id),
        role=key.role.value,
        max_uses=key.max_uses,
        allow_list=key.allow_list,
        test_only=key.test_only or None,
        broadcast_id=key.broadcast_id,
        ttl=key_ttl(key.expires_at) if key.expires_at is not None else None,
    )


def key_ttl(over_at: int) -> int:
    """Until when (s) a key is kept that was good until `over_at` (ms): as long as audit records name it."""
    return over_at // 1000 + KEY_KEPT


def metadata_row(metadata: Metadata) -> dict[str, Any]:
    """Without what is empty, as most of it often is, and without the version, which has an attribute of its own."""
    return {name: value for name in SHOWN if (value := getattr(metadata, name))}


def _metadata(known: Mapping[str, Any]) -> dict[str, Any]:
    """What a newer version added is left out."""
    shown = {name: value for name, value in known.items() if name in SHOWN}
    return shown | {"visibility": Visibility(shown.get("visibility", Visibility.PUBLIC))}


def stream(row: models.Stream) -> Stream:
    return Stream(
        stream_id=row.stream_id,
        channel_id=row.channel_id,
        key_id=row.key_id,
        source=row.source,
        node_id=row.node_id,
        incarnation=row.incarnation,
        client_ip=row.client_ip,
        flash_version=row.flash_version,
        fence=int(row.fence),
        seq=int(row.seq),
        state=StreamState(row.state),
        connected_at=int(row.connected_at),
        started_at=whole(row.started_at),
        ended_at=whole(row.ended_at),
        end_reason=row.end_reason,
        bytes_in=int(row.bytes_in),
        takeovers=int(row.takeovers),
        facts=StreamFacts.model_validate(row.facts),
        recording=recording(row),
        audience=Audience.model_validate(row.audience) if row.audience else None,
        totals=StreamTotals.model_validate(row.totals) if row.totals else None,
        resumable_until=whole(row.resumable_until),
        interruption=interruption(row),
        region=region_of(row.live) if row.live else "",
        key_hash=row.key_hash,
        metadata=Metadata(**_metadata(row.metadata), version=int(row.version)),
        test=bool(row.test),
    )


def interruption(row: models.Stream) -> Interruption | None:
    if not row.interruption:
        return None
    return Interruption(EndReason(row.interruption["reason"]), row.interruption["detail"])


def recording(row: models.Stream) -> Recording | None:
    if row.recording is None:
        return None
    return Recording(
        RecordingStatus(row.recording),
        RecordingReason(row.recording_reason) if row.recording_reason is not None else None,
        duration_ms=whole(row.recording_duration) or 0,
        size_bytes=whole(row.recording_size) or 0,
        expires_at=whole(row.recording_expires_at),
        kept=bool(row.recording_kept),
    )


def session(row: runtime_models.Node) -> NodeSession:
    return NodeSession(row.node_id, row.incarnation, int(row.expires_at))


def node(row: runtime_models.Node) -> NodeState:
    return NodeState(
        NodeInfo(
            row.node_id,
            row.incarnation,
            row.address,
            row.region,
            int(row.capacity),
            int(row.started_at),
            row.origin,
            row.peer,
            row.public_url,
            row.version,
        ),
        expires_at=int(row.expires_at),
        active=int(row.active),
        draining=bool(row.draining),
        drain_until=whole(row.drain_until),
        free=int(row.free),
        measures=NodeMeasures(int(row.incoming_kbps), int(row.lag_ms)),
    )
